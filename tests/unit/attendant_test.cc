// SPDX-License-Identifier: GPL-3.0-or-later
// Who gets work, and what the clock does to it.
#include "server/desk/attendant.h"

#include "server/desk/people_desk.h"
#include "server/desk/search_desk.h"
#include "server/desk/team.h"
#include "tests/support/support.h"

namespace tidings {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

// A house with technicians who work queue "pumps".
struct Shop : House {
  explicit Shop(const json& queue = json::object(), std::vector<std::string> technicians = {"tech-1", "tech-2"}) {
    ledger.write([&](Session& session) {
      for (const std::string& name : technicians)
        People(session).create({.name = name, .role = Role::technician}, "", kAdmin);
      People(session).create({.name = "rep-1", .role = Role::rep}, "", kAdmin);
      People(session).create({.name = "lead-1", .role = Role::lead}, "", kAdmin);
      json body = {{"name", "pumps"}};
      body.update(queue);
      QueueDesk(session, kLead).create_queue({{"name", "seniors"}});
      QueueDesk(session, kLead).create_queue(body);
      QueueDesk(session, kLead).create_rule({{"name", "all"}, {"query", "pump"}, {"queue", "pumps"}});
    });
  }

  WorkId log(json draft = json::object()) {
    json whole = {{"client", "Acme"}, {"body", "pump"}, {"author", "rep-1"}};
    whole.update(draft);
    const InsightId id = keep(whole);
    route();
    return work_of(id).id;
  }
  Work work(WorkId id) const {
    return ledger.read([&](Session& session) { return Works(session).find(id); });
  }
  json show(WorkId id) const {
    return ledger.read([&](Session& session) { return QueueDesk(session, kTech).show(id); });
  }
  void set(const std::string& user, const json& patch, const Actor& by = kAdmin) {
    ledger.write([&](Session& session) { PeopleDesk(session, by).change_user(user, patch, {}); });
  }
  std::optional<WorkId> take(const std::string& who) {
    const auto taken = ledger.write([&](Session& session) {
      return QueueDesk(session, {who, Role::technician}).claim_next("pumps", json::object());
    });
    return taken ? std::optional((*taken)["id"].get<WorkId>()) : std::nullopt;
  }
  // The kinds of what somebody was told, oldest first.
  std::vector<std::string> told(const std::string& who) const {
    const json items = ledger.read([&](Session& session) {
      return SearchDesk(session, {who, Role::rep}).notifications(false, 0, 100)["items"];
    });
    std::vector<std::string> kinds;
    for (const json& item : items) kinds.insert(kinds.begin(), item["kind"].get<std::string>());
    return kinds;
  }
};

using Kinds = std::vector<std::string>;

}  // namespace

TEST_CASE("the end of a lease is told before and after, once") {
  Shop shop;
  const WorkId id = shop.log();
  shop.act(id, WorkAct::claim, kTech, {{"lease_seconds", 1800}});
  shop.attendant.watch_leases();
  CHECK(shop.told("tech-1").empty());
  shop.clock.advance(minutes(26));
  for (int i = 0; i < 3; ++i) CHECK(shop.attendant.watch_leases() == 0);
  CHECK(shop.told("tech-1") == Kinds{"lease_ending"});
  // Kept alive, the next end is another one.
  shop.act(id, WorkAct::heartbeat, kTech, {{"lease_seconds", 1800}});
  shop.attendant.watch_leases();
  CHECK(shop.told("tech-1").size() == 1);
  shop.clock.advance(minutes(31));
  CHECK(shop.attendant.watch_leases() == 1);
  CHECK(shop.attendant.watch_leases() == 0);
  CHECK(shop.told("tech-1") == Kinds{"lease_ending", "lease_ended"});
  CHECK(shop.work(id).last_holder == "tech-1");
}

TEST_CASE("who held work learns that the lease has ended, also when another takes it before anybody looked") {
  Shop shop;
  const WorkId id = shop.log();
  shop.act(id, WorkAct::claim, kTech, {{"lease_seconds", 60}});
  shop.clock.advance(minutes(2));
  CHECK(shop.take("tech-2") == id);
  CHECK(shop.told("tech-1") == Kinds{"lease_ended"});
}

TEST_CASE("any act of the holder keeps the lease") {
  Shop shop;
  const WorkId id = shop.log();
  shop.act(id, WorkAct::claim, kTech, {{"lease_seconds", 60}});
  shop.clock.advance(std::chrono::seconds(50));
  shop.act(id, WorkAct::ask, kTech, {{"text", "Since when?"}});
  shop.clock.advance(std::chrono::seconds(50));
  CHECK(shop.attendant.watch_leases() == 0);
  CHECK(shop.work(id).holder == "tech-1");
  CHECK(shop.work(id).lease_until == shop.clock.now() - std::chrono::seconds(50) + std::chrono::seconds(kLeaseSeconds));
}

TEST_CASE(
    "who frees up gets the most urgent work that fits their skills, and nothing is stranded for want of a skill") {
  Shop shop;
  shop.set("tech-2", {{"skills", {"vacuum"}}});
  const WorkId special = shop.log({{"tags", {"vacuum"}}, {"kind", "problem"}});
  const WorkId plain = shop.log();
  CHECK(shop.take("tech-1") == plain);  // though the other is more urgent
  CHECK(shop.take("tech-2") == special);
  // With nothing else to do, work that another could do better is still done;
  const WorkId again = shop.log({{"tags", {"vacuum"}}});
  CHECK(shop.take("tech-1") == again);
  // and while nobody who has the skill is there, it is not asked for.
  shop.set("tech-2", {{"away_until", "2026-12-01"}});
  const WorkId urgent = shop.log({{"tags", {"vacuum"}}, {"kind", "problem"}});
  shop.log();
  CHECK(shop.take("tech-1") == urgent);
}

TEST_CASE("nobody holds more than their limit; what waits for a client does not count") {
  Shop shop;
  shop.set("tech-1", {{"open_limit", 1}});
  const WorkId first = shop.log(), second = shop.log();
  shop.act(first, WorkAct::claim, kTech);
  CHECK_REFUSED(shop.act(second, WorkAct::claim, kTech), Code::conflict);
  CHECK_REFUSED(shop.take("tech-1"), Code::conflict);
  CHECK_REFUSED(shop.act(second, WorkAct::assign, kLead, {{"to", "tech-1"}}), Code::conflict);
  shop.act(first, WorkAct::ask, kTech, {{"text", "Which size?"}});
  CHECK(shop.take("tech-1") == second);
}

TEST_CASE("work is given to who holds least, then to who was given work longest ago; not to the absent") {
  Shop shop(json::object(), {"tech-1", "tech-2", "tech-3"});
  shop.set("tech-3", {{"away_until", "2026-11-24"}});
  std::vector<std::string> given;
  const auto give = [&] {
    shop.clock.advance(minutes(1));
    const json work = shop.act(shop.log(), WorkAct::assign, kLead);
    given.push_back(work["holder"]);
    return work["id"].get<WorkId>();
  };
  const WorkId first = give();
  const WorkId second = give();
  CHECK(given == std::vector<std::string>{"tech-1", "tech-2"});
  shop.act(second, WorkAct::answer, kOtherTech, {{"body", "So."}});
  give();  // tech-2 holds nothing
  CHECK(given.back() == "tech-2");
  shop.act(first, WorkAct::answer, kTech, {{"body", "So."}});
  shop.clock.advance(hours(24));
  shop.attendant.watch_leases();
  give();  // all hold nothing now, and tech-3 is back and was never given any
  CHECK(given.back() == "tech-3");
  CHECK(shop.told("tech-3") == Kinds{"assigned"});
}

TEST_CASE("who may give work, and to whom") {
  Shop shop;
  const WorkId id = shop.log();
  CHECK_REFUSED(shop.act(id, WorkAct::assign, kTech, {{"to", "tech-2"}}), Code::forbidden);
  CHECK_REFUSED(shop.act(id, WorkAct::assign, kRep, {{"to", "tech-2"}}), Code::forbidden);
  CHECK_REFUSED(shop.act(id, WorkAct::assign, kLead, {{"to", "rep-1"}}), Code::invalid);
  CHECK_REFUSED(shop.act(id, WorkAct::assign, kLead, {{"to", "nobody"}}), Code::invalid);
  shop.act(id, WorkAct::claim, kTech);
  CHECK(shop.act(id, WorkAct::assign, kTech, {{"to", "tech-2"}})["holder"] == "tech-2");  // handed over
  CHECK_REFUSED(shop.act(id, WorkAct::answer, kTech, {{"body", "x"}}), Code::conflict);
}

TEST_CASE("a queue that hands out forgets nothing when somebody frees up") {
  Shop shop(json{{"hands_out", true}}, {"tech-1"});
  shop.set("tech-1", {{"open_limit", 1}});
  const WorkId chat = shop.log(), problem = shop.log({{"kind", "problem"}});
  CHECK(shop.attendant.hand_out() == 1);
  CHECK(shop.work(problem).holder == "tech-1");
  CHECK(shop.attendant.hand_out() == 0);
  shop.act(problem, WorkAct::answer, kTech, {{"body", "So."}});
  CHECK(shop.attendant.hand_out() == 1);
  CHECK(shop.work(chat).holder == "tech-1");
  CHECK(shop.told("tech-1") == Kinds{"assigned", "assigned"});
}

TEST_CASE("work that was not taken up goes to somebody else") {
  Shop shop(json{{"hands_out", true}});
  const WorkId id = shop.log();
  shop.attendant.hand_out();
  const std::string first = shop.work(id).holder;
  shop.clock.advance(hours(9));
  shop.attendant.watch_leases();
  shop.attendant.hand_out();
  CHECK(shop.work(id).holder != first);
  CHECK(!shop.work(id).holder.empty());
}

TEST_CASE("the clock stops while the client is asked, and everybody concerned is told") {
  Shop shop(json{{"goal_hours", 48}});
  const WorkId id = shop.log();
  shop.act(id, WorkAct::claim, kTech);
  const std::string before = shop.show(id)["deadline"]["at"];
  CHECK(before == "2026-11-25T10:00:00.000Z");
  CHECK_REFUSED(shop.act(id, WorkAct::reply, kRep, {{"text", "x"}}), Code::conflict);
  shop.act(id, WorkAct::ask, kTech, {{"text", "Which size?"}});
  CHECK_REFUSED(shop.act(id, WorkAct::ask, kTech, {{"text", "And which colour?"}}), Code::conflict);
  CHECK(shop.told("rep-1") == Kinds{"asked"});
  CHECK(shop.show(id)["deadline"]["stopped"] == true);
  shop.clock.advance(hours(72));
  CHECK(shop.show(id)["deadline"]["at"] == "2026-11-28T10:00:00.000Z");
  CHECK(shop.show(id)["deadline"]["late"] == false);
  shop.attendant.watch_leases();  // the lease is over, the work waits; but there is nothing to do yet
  CHECK(shop.work(id).state == WorkState::waiting);
  CHECK_FALSE(shop.take("tech-2"));
  shop.act(id, WorkAct::reply, kRep, {{"text", "DN 50"}});
  const auto told = shop.told("tech-1");
  CHECK(std::count(told.begin(), told.end(), "replied") == 1);
  CHECK(shop.take("tech-2") == id);
  const json asking = shop.show(id)["askings"][0];
  CHECK(asking["question"] == "Which size?");
  CHECK(asking["reply"] == "DN 50");
  shop.clock.advance(hours(47));
  CHECK(shop.show(id)["deadline"]["late"] == false);
  CHECK(shop.show(id)["deadline"]["stopped"] == false);
  shop.clock.advance(hours(2));
  CHECK(shop.show(id)["deadline"]["late"] == true);
}

TEST_CASE("who looks at work is seen by the others for a minute") {
  Shop shop;
  const WorkId id = shop.log();
  const auto look = [&](const Actor& who) {
    return shop.ledger.write([&](Session& session) { return QueueDesk(session, who).look(id)["looking"]; });
  };
  CHECK(look(kTech) == json{"tech-1"});
  CHECK(look(kOtherTech) == json{"tech-1", "tech-2"});
  shop.clock.advance(std::chrono::seconds(61));
  CHECK(shop.show(id)["looking"].empty());
  CHECK_REFUSED(shop.ledger.write([&](Session& session) { return QueueDesk(session, kTech).look(999); }),
                Code::not_found);
}

TEST_CASE("escalation: before and after the deadline, after reroutes, when nobody claims; once, at working hours") {
  // Given a queue in Berlin that is worked from nine to five, Monday to Friday, except on Thanksgiving,
  Shop shop(json{{"goal_hours", 16},
                 {"working",
                  {{"zone", "Europe/Berlin"},
                   {"days", {1, 2, 3, 4, 5}},
                   {"from", "09:00"},
                   {"to", "17:00"},
                   {"holidays", {"2026-11-26"}}}},
                 {"escalations",
                  {{{"when", "unclaimed"}, {"hours", 4}, {"to", "role:lead"}},
                   {{"when", "before_deadline"}, {"hours", 2}, {"to", "user:tech-1"}},
                   {{"when", "after_deadline"}, {"hours", 1}, {"to", "queue:seniors"}},
                   {{"when", "rerouted"}, {"times", 2}, {"to", "user:lead-1"}}}}});
  // and work that came on Monday at eleven there.
  const WorkId id = shop.log();
  const auto at = [&](const char* time) {
    shop.clock.advance(*parse_time(time) - shop.clock.now());
    return shop.attendant.escalate();
  };
  CHECK(at("2026-11-23T13:59:00Z") == 0);
  CHECK(at("2026-11-23T14:00:00Z") == 1);  // four hours
  CHECK(at("2026-11-23T14:01:00Z") == 0);  // once
  CHECK(shop.told("lead-1") == Kinds{"escalated"});
  // Sixteen hours end on Wednesday at eleven.
  CHECK(shop.show(id)["deadline"]["at"] == "2026-11-25T10:00:00.000Z");
  CHECK(at("2026-11-25T07:59:00Z") == 0);  // two hours before would be nine o'clock: nobody is there yet
  CHECK(at("2026-11-25T08:00:00Z") == 1);
  CHECK(shop.told("tech-1") == Kinds{"escalated"});
  CHECK(at("2026-11-25T10:59:00Z") == 0);
  CHECK(at("2026-11-25T11:00:01Z") == 1);  // an hour late: it moves
  CHECK(shop.work(id).queue == "seniors");
  CHECK(shop.work(id).route.by == RoutedBy::escalation);
  CHECK(shop.work(id).reroutes == 0);
  CHECK(shop.told("tech-2") == Kinds{"escalated"});  // who works seniors: every technician
  // What a senior answers teaches where it belonged before.
  shop.act(id, WorkAct::claim, kTech);
  const auto lessons = shop.ledger.read([](Session& session) { return Works(session).lessons(10); });
  REQUIRE(lessons.size() == 1);
  CHECK(lessons[0].queue == "pumps");

  // Reroutes by people.
  const WorkId other = shop.log();
  for (const char* queue : {"triage", "pumps"}) shop.act(other, WorkAct::reroute, kLead, {{"queue", queue}});
  CHECK(at("2026-11-25T12:00:00Z") == 1);
  // On a holiday and at night nothing is said; it is on the next working morning.
  const WorkId late = shop.log();
  CHECK(at("2026-11-25T23:00:00Z") == 0);
  CHECK(at("2026-11-26T12:00:00Z") == 0);
  CHECK(shop.work(late).queue == "pumps");
  CHECK(at("2026-11-27T10:00:00Z") >= 1);
}

TEST_CASE("an escalation to nobody, or without a count, is refused") {
  Shop shop;
  const auto change = [&](const json& escalation) {
    shop.ledger.write([&](Session& session) {
      QueueDesk(session, kLead).change_queue("pumps", {{"escalations", {escalation}}}, {});
    });
  };
  CHECK_REFUSED(change({{"when", "unclaimed"}, {"hours", 4}, {"to", "user:nobody"}}), Code::invalid);
  CHECK_REFUSED(change({{"when", "unclaimed"}, {"hours", 4}, {"to", "queue:pumps"}}), Code::invalid);
  CHECK_REFUSED(change({{"when", "unclaimed"}, {"hours", 4}, {"to", "role:king"}}), Code::invalid);
  CHECK_REFUSED(change({{"when", "rerouted"}, {"to", "role:lead"}}), Code::invalid);
}

TEST_CASE("working hours across summer and winter time") {
  WorkingHours berlin;
  berlin.zone = "Europe/Berlin";
  berlin.days = {1, 2, 3, 4, 5, 6, 7};
  berlin.from = 0;
  berlin.to = 24 * 60;
  const WorkingTime all_day(berlin);
  const auto between = [&](const WorkingTime& working, const char* from, const char* to) {
    return std::chrono::duration_cast<minutes>(working.between(*parse_time(from), *parse_time(to))).count();
  };
  CHECK(between(all_day, "2027-03-27T23:00:00Z", "2027-03-28T22:00:00Z") == 23 * 60);  // the short day
  CHECK(between(all_day, "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z") == 25 * 60);  // the long one
  berlin.from = 9 * 60;
  berlin.to = 17 * 60;
  const WorkingTime day(berlin);
  CHECK(between(day, "2027-03-27T12:00:00Z", "2027-03-28T12:00:00Z") == (4 + 5) * 60);
  CHECK(day.is_working(*parse_time("2027-03-27T08:00:00Z")));
  CHECK_FALSE(day.is_working(*parse_time("2027-03-27T07:59:00Z")));
  CHECK(day.is_working(*parse_time("2027-03-28T07:00:00Z")));
  CHECK_FALSE(day.is_working(*parse_time("2027-03-28T15:00:00Z")));
  // between and after undo each other, whatever the zone.
  for (const char* zone : {"Asia/Kathmandu", "America/St_Johns", "Pacific/Apia", "Europe/Moscow"}) {
    berlin.zone = zone;
    const WorkingTime there(berlin);
    for (int hours_on = 1; hours_on < 400; hours_on += 7) {
      const Time since = *parse_time("2026-10-20T03:17:00Z");
      const Millis span = hours(hours_on);
      CHECK(there.between(since, there.after(since, span)) == span);
    }
  }
}

TEST_CASE("priority counts independent witnesses, and is weighed anew as the day comes nearer") {
  Shop shop;
  shop.keep({{"client", "B"}, {"body", "New water law will forbid the brine discharge of the plant"}});
  shop.keep({{"client", "B"}, {"body", "New water law will forbid the brine discharge of the plant, they say again"}});
  shop.keep({{"client", "C"}, {"body", "New water law will forbid the brine discharge of the plant soon"}});
  const WorkId id = shop.log({{"body", "pump: New water law will forbid the brine discharge of the plant"},
                              {"kind", "change"},
                              {"foreseen", {{"from", "2027-11-23"}}}});
  for (int i = 0; i < 30; ++i) shop.keep({{"client", "Acme"}, {"body", "Something else " + std::to_string(i)}});
  shop.route();
  shop.index();
  while (shop.attendant.weigh() > 0) continue;
  const json near = shop.work(id).weighing;
  CHECK(near["witnesses"] == 10);  // B once, C once
  CHECK(near["nearness"] == 0);
  CHECK(near["total"] == shop.work(id).priority);
  shop.clock.advance(hours(24 * 73));
  while (shop.attendant.weigh() > 0) continue;
  CHECK(shop.work(id).weighing["nearness"] == doctest::Approx(6));
  CHECK(shop.attendant.weigh() == 0);
}

TEST_CASE("people change what concerns themselves, leads what they need to share work out") {
  Shop shop;
  shop.set("tech-1",
           {{"away_until", "2026-12-24"}, {"email", "t@example.org"}, {"mails", {"assigned"}}, {"language", "ru"}},
           kTech);
  CHECK_REFUSED(shop.set("tech-1", {{"open_limit", 100}}, kTech), Code::forbidden);
  CHECK_REFUSED(shop.set("tech-2", {{"away_until", "2026-12-24"}}, kTech), Code::forbidden);
  shop.set("tech-1", {{"skills", {"vacuum"}}, {"open_limit", 3}, {"away_until", nullptr}}, kLead);
  CHECK_REFUSED(shop.set("tech-1", {{"email", "x@example.org"}}, kLead), Code::forbidden);
  CHECK_REFUSED(shop.set("tech-1", {{"role", "admin"}}, kLead), Code::forbidden);
  CHECK_REFUSED(shop.set("tech-1", {{"mails", {"spam"}}}, kTech), Code::invalid);
  CHECK_REFUSED(shop.set("tech-1", {{"email", "not an address"}}, kTech), Code::invalid);
  const User user = shop.ledger.read([](Session& session) { return People(session).find("tech-1"); });
  CHECK(user.skills == std::vector<std::string>{"vacuum"});
  CHECK(user.open_limit == 3);
  CHECK_FALSE(user.away_until);
  CHECK(user.language == "ru");
}

}  // namespace tidings
