// SPDX-License-Identifier: GPL-3.0-or-later
// The state machine of work against an oracle that remembers nothing but what each act needs.
#include <map>
#include <random>
#include <set>

#include "indexer/ledger/feed.h"

#include "tests/support/support.h"

namespace tidings {
namespace {

// Written down a second time, as a table of who can follow whom.
std::optional<std::string> oracle(const std::string& state, const std::string& act) {
  static const std::map<std::pair<std::string, std::string>, std::string> table = {
      {{"waiting", "claim"}, "claimed"},     {{"waiting", "reroute"}, "waiting"},  {{"waiting", "decline"}, "declined"},
      {{"waiting", "assign"}, "claimed"},    {{"waiting", "reply"}, "waiting"},    {{"waiting", "escalate"}, "waiting"},
      {{"claimed", "assign"}, "claimed"},    {{"claimed", "ask"}, "claimed"},      {{"claimed", "reply"}, "claimed"},
      {{"claimed", "heartbeat"}, "claimed"}, {{"claimed", "release"}, "waiting"},  {{"claimed", "lapse"}, "waiting"},
      {{"claimed", "reroute"}, "waiting"},   {{"claimed", "decline"}, "declined"}, {{"claimed", "answer"}, "answered"},
      {{"answered", "tell"}, "told"},        {{"told", "tell"}, "told"},           {{"answered", "reopen"}, "waiting"},
      {{"told", "reopen"}, "waiting"},       {{"declined", "reopen"}, "waiting"},  {{"waiting", "gather"}, "waiting"},
      {{"claimed", "gather"}, "waiting"},    {{"waiting", "part"}, "waiting"}};
  const auto it = table.find({state, act});
  return it == table.end() ? std::nullopt : std::optional(it->second);
}

}  // namespace

TEST_CASE("every state and act agree with the oracle") {
  for (const auto& [state, state_name] : Names<WorkState>::all)
    for (const auto& [act, act_name] : Names<WorkAct>::all) {
      const auto got = after(state, act);
      const auto wanted = oracle(std::string(state_name), std::string(act_name));
      CHECK_MESSAGE((got ? std::optional(std::string(to_string(*got))) : std::nullopt) == wanted, state_name, " ",
                    act_name);
    }
}

TEST_CASE("random walks of work in the ledger stay on the oracle's path and leave a trace for each step") {
  House house;
  const InsightId insight = house.keep({{"client", "Acme"}, {"body", "pump leaks"}});
  house.route();
  const WorkId id = house.work_of(insight).id;
  std::mt19937 random(7);
  std::string state = "waiting";
  bool asked = false;  // a question to the client is open
  bool gathered = false;
  const InsightId another = house.keep({{"client", "Beta"}, {"body", "pump leaks"}});
  house.route();
  int steps = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto& [act, name] = Names<WorkAct>::all[random() % std::size(Names<WorkAct>::all)];
    ActDetails details;
    details.queue = "triage";
    details.to = "tech-9";
    details.text = "since when?";
    details.lease_until = house.clock.now() + std::chrono::hours(1);
    details.answer = Answer{};
    details.answer->body = "an answer";
    details.telling = Telling{};
    details.under = house.work_of(another).id;
    auto wanted = oracle(state, std::string(name));
    if ((act == WorkAct::ask && asked) || (act == WorkAct::reply && !asked)) wanted.reset();
    if (act == WorkAct::part && !gathered) wanted.reset();
    const auto step = [&] {
      return house.ledger.write([&](Session& session) { return Works(session).act(id, act, details, kAdmin); });
    };
    if (!wanted) {
      CHECK_REFUSED(step(), Code::conflict);
      continue;
    }
    const Work work = step();
    ++steps;
    state = *wanted;
    static const std::set<std::string> goes_on_asking = {"claim", "assign", "heartbeat", "release",
                                                         "lapse", "gather", "part"};
    asked = name == "ask" || (asked && goes_on_asking.contains(std::string(name)));
    CHECK(is_asking(work) == asked);
    gathered = name == "gather" || (gathered && name == "reply");
    CHECK(work.gathered_under.has_value() == gathered);
    CHECK(work.lease_until.has_value() == (state == "claimed"));
    CHECK(to_string(work.state) == state);
    CHECK(work.holder.empty() == (state == "waiting" || state == "declined"));
  }
  const auto events = house.ledger.read([&](Session& session) { return Feed(session).of(subject("work", id)); });
  CHECK(events.size() == static_cast<std::size_t>(steps) + 1);
  CHECK_FALSE(house.ledger.read([](Session& session) { return Feed(session).fault(); }));
}

}  // namespace tidings

namespace tidings {

TEST_CASE(
    "one answer for many: all of them or none, repeated answers are counted, and each rep tells their own client") {
  House house;
  std::vector<WorkId> works;
  for (const char* client : {"A", "B", "C", "D"}) {
    const InsightId id = house.keep({{"client", client}, {"body", "The seal leaks"}});
    house.route();
    works.push_back(house.work_of(id).id);
  }
  const auto state = [&](std::size_t i) {
    return house.ledger.read([&](Session& session) { return Works(session).find(works[i]).state; });
  };
  house.act(works[0], WorkAct::claim, kTech);
  house.act(works[3], WorkAct::claim, kOtherTech);
  CHECK_REFUSED(house.act(works[0], WorkAct::answer, kTech, {{"body", "Blue seal"}, {"also", {works[1], works[3]}}}),
                Code::conflict);
  CHECK(state(0) == WorkState::claimed);
  CHECK(state(1) == WorkState::waiting);
  const json first =
      house.act(works[0], WorkAct::answer, kTech, {{"body", "Blue seal"}, {"also", {works[1], works[2]}}});
  CHECK(first["answers"][0]["repeated"] == 2);
  CHECK(first["answers"][0]["repeats"].is_null());
  CHECK(state(1) == WorkState::answered);
  const json again = house.act(works[3], WorkAct::answer, kOtherTech, {{"repeats", first["answers"][0]["id"]}});
  CHECK(again["answers"][0]["body"] == "Blue seal");
  CHECK(again["answers"][0]["repeats"] == first["answers"][0]["id"]);
  CHECK_REFUSED(house.act(works[3], WorkAct::answer, kOtherTech, json::object()), Code::invalid);
  CHECK_REFUSED(house.act(works[3], WorkAct::answer, kOtherTech, {{"repeats", 999}}), Code::not_found);

  // What the client says is not solved is open again, with what they said.
  const json told = house.act(works[1], WorkAct::tell, kRep,
                              {{"whom", "Ben"}, {"reaction", "not_solved"}, {"note", "it leaks at the flange"}});
  CHECK(told["state"] == "waiting");
  CHECK(told["reason"] == "Ben says it is not solved: it leaks at the flange");
  CHECK(told["tellings"].size() == 1);
  CHECK(house.act(works[2], WorkAct::tell, kRep, {{"whom", "Eva"}, {"reaction", "solved"}})["state"] == "told");
}

TEST_CASE("works gathered under one wait for its answer, and are free again when there is none") {
  House house;
  std::vector<WorkId> works;
  for (const char* client : {"A", "B", "C", "D"}) {
    const InsightId id = house.keep({{"client", client}, {"body", "The seal leaks"}});
    house.route();
    works.push_back(house.work_of(id).id);
  }
  const auto under = [&](std::size_t i) {
    return house.ledger.read([&](Session& session) { return Works(session).find(works[i]).gathered_under; });
  };
  const auto gather = [&](std::size_t leading, std::initializer_list<std::size_t> members, const Actor& by = kTech) {
    json ids = json::array();
    for (std::size_t each : members) ids.push_back(works[each]);
    return house.act(works[leading], WorkAct::gather, by, {{"works", ids}});
  };
  const auto next = [&] {
    return house.ledger.read([](Session& session) { return Works(session).next("triage", 10).size(); });
  };
  CHECK_REFUSED(gather(0, {0}), Code::conflict);
  CHECK_REFUSED(gather(0, {1}, kRep), Code::forbidden);
  house.act(works[3], WorkAct::claim, kOtherTech);
  CHECK_REFUSED(gather(0, {1, 3}), Code::conflict);  // all or none
  CHECK_FALSE(under(1));
  house.act(works[3], WorkAct::release, kOtherTech);

  // What is gathered moves along with what it is gathered under, and is not handed out.
  CHECK(gather(1, {2})["gathers"] == 1);
  const json leading = gather(0, {1, 3});
  CHECK(leading["gathers"] == 3);
  CHECK(leading["gathered"].size() == 3);
  CHECK(under(2) == works[0]);
  CHECK(next() == 1);
  CHECK_REFUSED(gather(1, {3}), Code::conflict);  // groups are flat
  CHECK(house.act(works[3], WorkAct::part, kTech)["gathered_under"].is_null());
  CHECK_REFUSED(house.act(works[3], WorkAct::part, kTech), Code::conflict);
  CHECK(next() == 2);

  // Declined, it lets them go; answered, they are answered with it, whether they are named again or not.
  house.act(works[0], WorkAct::decline, kTech, {{"reason", "not ours"}});
  CHECK_FALSE(under(1));
  CHECK_FALSE(under(2));
  house.act(works[1], WorkAct::claim, kTech);
  gather(1, {2, 3});
  const json answered = house.act(works[1], WorkAct::answer, kTech, {{"body", "Blue seal"}, {"also", {works[3]}}});
  CHECK(answered["answers"][0]["repeated"] == 2);
  CHECK(answered["gathers"] == 0);
  for (std::size_t i : {2, 3})
    CHECK(house.ledger.read([&](Session& session) { return Works(session).find(works[i]).state; }) ==
          WorkState::answered);
  CHECK_REFUSED(gather(1, {0}), Code::conflict);
}

TEST_CASE("an answer for many takes work whose lease has ended") {
  House house;
  std::vector<WorkId> works;
  for (const char* client : {"A", "B"}) {
    const InsightId id = house.keep({{"client", client}, {"body", "The seal leaks"}});
    house.route();
    works.push_back(house.work_of(id).id);
  }
  house.act(works[1], WorkAct::claim, kOtherTech);
  house.clock.advance(std::chrono::hours(2));
  house.act(works[0], WorkAct::claim, kTech);
  const json first = house.act(works[0], WorkAct::answer, kTech, {{"body", "Blue seal"}, {"also", {works[1]}}});
  CHECK(first["answers"][0]["repeated"] == 1);
}

TEST_CASE("the next of all queues is the most urgent that one may work") {
  House house;
  house.ledger.write([&](Session& session) {
    Queues(session).create({.name = "pumps", .members = {"tech-1"}}, kAdmin);
    Queues(session).create({.name = "drives", .members = {"tech-2"}}, kAdmin);
    for (const char* queue : {"pumps", "drives"}) {
      Rule rule;
      rule.name = rule.query = rule.queue = queue;
      rule.priority = rule.queue == "pumps" ? 10 : 50;
      Queues(session).create_rule(rule, kAdmin);
    }
  });
  const InsightId pumps = house.keep({{"client", "A"}, {"body", "pumps hum"}});
  const InsightId drives = house.keep({{"client", "A"}, {"body", "drives trip"}});
  const InsightId triage = house.keep({{"client", "A"}, {"body", "something else"}});
  house.route();
  const auto next = [&](const Actor& who) {
    return house.ledger.write([&](Session& session) -> InsightId {
      const auto work = QueueDesk(session, who).claim_next_of_all(json::object());
      return work ? (*work)["insight"].get<InsightId>() : 0;
    });
  };
  CHECK(next(kTech) == pumps);
  CHECK(next(kTech) == triage);
  CHECK(next(kTech) == 0);
  CHECK(next(kOtherTech) == drives);
  CHECK_REFUSED(next(kRep), Code::forbidden);
}

TEST_CASE("told: how many answers reached the client and how fast, by queue, rep and client") {
  House house;
  const auto told = [&](const std::string& by) {
    return house.ledger.read([&](Session& session) {
      return FollowUpDesk(session, kRep).told(by, house.clock.now() - std::chrono::days(30))["items"];
    });
  };
  CHECK(told("queue").empty());
  std::vector<WorkId> works;
  for (const char* client : {"A", "B", "B"}) {
    const InsightId id = house.keep({{"client", client}, {"body", "The seal leaks"}});
    house.route();
    works.push_back(house.work_of(id).id);
    house.act(works.back(), WorkAct::claim, kTech);
    house.act(works.back(), WorkAct::answer, kTech, {{"body", "Blue seal"}});
  }
  house.clock.advance(std::chrono::hours(6));
  house.act(works[0], WorkAct::tell, kRep, {{"whom", "Ben"}, {"reaction", "solved"}});
  CHECK(told("queue") == json::array({{{"name", "triage"},
                                       {"answered", 3},
                                       {"told", 1},
                                       {"rate", 1.0 / 3},
                                       {"median_hours", 6.0},
                                       {"oldest_untold", "2026-11-23T10:00:00.000Z"}}}));
  CHECK(told("author")[0]["name"] == "rep-1");
  const json by_client = told("client");
  CHECK(by_client[0]["name"] == "B");
  CHECK(by_client[0]["median_hours"].is_null());
  CHECK(by_client[1]["oldest_untold"].is_null());
  CHECK_REFUSED(told("month"), Code::invalid);
}

}  // namespace tidings
