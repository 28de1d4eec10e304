// SPDX-License-Identifier: GPL-3.0-or-later
// How we stand with clients: each figure by an example small enough to check by hand, and by what must always hold.
#include <cmath>
#include <random>
#include <set>
#include <thread>

#include "indexer/ledger/accounts.h"
#include "indexer/ledger/insights.h"
#include "indexer/ledger/people.h"
#include "indexer/ledger/relations.h"
#include "server/accounts/book.h"
#include "server/accounts/dependence.h"
#include "server/accounts/foresight_book.h"
#include "server/accounts/key_clients.h"
#include "server/accounts/leaving.h"
#include "server/accounts/outlook.h"
#include "server/accounts/people_map.h"
#include "server/accounts/questions.h"
#include "server/accounts/silence.h"
#include "server/desk/attention_desk.h"
#include "server/desk/client_desk.h"
#include "server/desk/follow_up_desk.h"
#include "tests/support/support.h"

namespace tidings {
namespace {

std::set<ClientId> keys_of(const std::vector<KeyClient>& curve) {
  std::set<ClientId> ids;
  for (const KeyClient& each : curve)
    if (each.key) ids.insert(each.client);
  return ids;
}

Visit visit(InsightId insight, const char* on, std::vector<ContactId> contacts, const char* author = "anna") {
  Visit visit;
  visit.insight = insight;
  visit.at = Time(day(on));
  visit.author = author;
  visit.contacts = std::move(contacts);
  return visit;
}

// A house whose accounts are looked at.
struct Accounts : House {
  AccountBook book{ledger, clock};
  ForesightBook foresights{ledger, book, clock};

  Accounts() {
    ledger.write([](Session& session) {
      People(session).create({.name = "rep-1", .role = Role::rep}, "", kAdmin);
      People(session).create({.name = "lead-1", .role = Role::lead}, "", kAdmin);
    });
  }
  ClientId client(const std::string& name) {
    return ledger.read([&](Session& session) { return Clients(session).find_by_name(name).value().id; });
  }
  ContactId contact(const std::string& client_name, const std::string& name) {
    const ClientId id = client(client_name);
    return ledger.read([&](Session& session) { return Contacts(session).find_by_name(id, name).value().id; });
  }
  template <class F>
  json look(const Actor& by, F&& f) {
    return ledger.read([&](Session& session) { return f(ClientDesk(session, by)); });
  }
  template <class F>
  json change(const Actor& by, F&& f) {
    return ledger.write([&](Session& session) {
      ClientDesk desk(session, by);
      return json(f(desk));
    });
  }
  json attention(const AttentionFilter& filter = {}) {
    const auto states = book.states();
    return ledger.read(
        [&](Session& session) { return AttentionDesk(session, kLead).attention(*states, filter)["items"]; });
  }
  Outlook outlook(const OutlookQuestion& question) { return foresights.outlook(question)->outlook; }
};

std::set<std::string> whats(const json& line) {
  std::set<std::string> all;
  for (const json& reason : line["reasons"]) all.insert(reason["what"].get<std::string>());
  return all;
}

}  // namespace

TEST_CASE("key clients are the smallest set that brings the share, and those pinned") {
  // 100 + 50 + 30 + 20: 80 % of 200 is 160; 100 + 50 falls short.
  const auto curve = key_clients({{1, 20}, {2, 100}, {3, 50}, {4, 30}, {5, 0, true}, {6, 0}}, 0.8);
  CHECK(keys_of(curve) == std::set<ClientId>{2, 3, 4, 5});
  CHECK(curve.size() == 5);
  CHECK(curve[0].share == doctest::Approx(0.5));
  CHECK(curve[1].so_far == doctest::Approx(0.75));
  CHECK(curve[2].so_far == doctest::Approx(0.9));
  CHECK(keys_of(key_clients({{1, 0}, {2, 0, true}}, 0.8)) == std::set<ClientId>{2});
  CHECK(key_clients({}, 0.8).empty());

  // No set of fewer clients brings as much, whatever the figures: tried over all sets.
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    std::vector<Brings> all;
    double total = 0;
    for (ClientId id = 1; id <= 8; ++id) {
      all.push_back({id, static_cast<double>(random() % 50)});
      total += all.back().amount;
    }
    const double share = static_cast<double>(random() % 100 + 1) / 100;
    std::size_t fewest = all.size();
    for (unsigned set = 0; set < 256; ++set) {
      double sum = 0;
      std::size_t count = 0;
      for (std::size_t i = 0; i < all.size(); ++i)
        if (set >> i & 1) sum += all[i].amount, ++count;
      if (sum >= share * total - 1e-9) fewest = std::min(fewest, count);
    }
    CHECK(keys_of(key_clients(all, share)).size() == (total > 0 ? fewest : 0));
  }
}

TEST_CASE("silence is measured against the client's own rhythm, and never falls as days go by") {
  Criteria criteria;
  // Every 10 days, five times; then nothing for 45 days: 4.5 rhythms, two steps of the ladder 20, 40, 60.
  const std::vector<Day> days = {day("2026-01-01"), day("2026-01-11"), day("2026-01-21"), day("2026-01-31"),
                                 day("2026-02-10")};
  const Silence silence = silence_of(days, day("2025-01-01"), day("2026-03-27"), criteria);
  CHECK(silence.rhythm == 10);
  CHECK(silence.days == 45);
  CHECK(silence.ratio == doctest::Approx(4.5));
  CHECK(silence.ladder == std::vector<int>{20, 40, 60});
  CHECK(silence.step == 2);
  CHECK(silence.call_by == day("2026-04-11"));
  // A rhythm that is not known, and a client that was never spoken with.
  const Silence fresh = silence_of({day("2026-03-01")}, day("2026-01-01"), day("2026-04-05"), criteria);
  CHECK_FALSE(fresh.rhythm);
  CHECK(fresh.ratio == doctest::Approx(35.0 / 30));
  CHECK(fresh.step == 1);
  const Silence never = silence_of({}, day("2026-01-01"), day("2026-01-20"), criteria);
  CHECK_FALSE(never.last);
  CHECK(never.days == 19);
  CHECK(never.step == 0);
  // Somebody who is spoken with daily is not silent after two days.
  std::vector<Day> daily;
  for (int i = 0; i < 20; ++i) daily.push_back(day("2026-01-01") + std::chrono::days(i));
  CHECK(silence_of(daily, {}, daily.back() + std::chrono::days(6), criteria).step == 0);
  CHECK(silence_of(daily, {}, daily.back() + std::chrono::days(7), criteria).step == 1);
  double before = 0;
  for (int i = 0; i < 400; ++i) {
    const Silence now = silence_of(days, {}, days.back() + std::chrono::days(i), criteria);
    CHECK(now.ratio >= before);
    before = now.ratio;
  }
}

TEST_CASE("a client that was hunted, not farmed") {
  Criteria criteria;  // 13 weeks
  std::vector<Day> days;
  for (int week = 13; week > 0; --week) days.push_back(day("2026-06-01") - std::chrono::days(7 * week - 1));
  days.push_back(day("2026-06-20"));
  const auto after = after_deal(days, day("2026-06-01"), day("2026-08-31"), criteria);
  REQUIRE(after);
  CHECK(after->before == doctest::Approx(1));        // thirteen days of contact in thirteen weeks
  CHECK(after->after == doctest::Approx(1.0 / 13));  // one in thirteen
  CHECK(after->left_alone);
  CHECK_FALSE(after_deal(days, day("2026-06-01"), day("2026-06-20"), criteria));  // too early to say
  CHECK_FALSE(after_deal({day("2026-05-01")}, day("2026-06-01"), day("2026-09-01"), criteria)->left_alone);
}

TEST_CASE("what we know hangs on whoever told it, and what-if agrees with a world without them") {
  const Day today = day("2026-11-23");
  // Two notes of today by Ben, one 180 days old by Eva: 2 / (2 + 0.5) = 0.8.
  auto visits = std::vector{visit(1, "2026-05-27", {2}), visit(2, "2026-11-23", {1}),
                            visit(3, "2026-11-23", {1}, "boris"), visit(4, "2026-11-23", {})};
  const Dependence depends = dependence_of(visits, today, 180);
  CHECK(depends.contacts[0].who == 1);
  CHECK(depends.contacts[0].share == doctest::Approx(0.8));
  CHECK(depends.contacts[1].share == doctest::Approx(0.2));
  CHECK(depends.authors.size() == 2);
  // Shares do not change as time goes by.
  CHECK(dependence_of(visits, today + std::chrono::days(500), 180).contacts[0].share == doctest::Approx(0.8));

  std::mt19937 random(11);
  for (int round = 0; round < 100; ++round) {
    visits.clear();
    for (InsightId id = 1; id <= 12; ++id) {
      Visit one = visit(id, "2026-11-01", {});
      for (ContactId contact = 1; contact <= 3; ++contact)
        if (random() % 3 == 0) one.contacts.push_back(contact);
      if (random() % 2) one.foreseen_to = day(random() % 2 ? "2027-03-01" : "2026-03-01");
      one.outcome_known = random() % 4 == 0;
      if (random() % 2) one.work = static_cast<WorkState>(random() % 5);
      visits.push_back(one);
    }
    const Loss loss = loss_without(visits, 1, today);
    // The same, with the contact taken out of every note.
    Loss other;
    for (const Visit& each : visits) {
      std::vector<ContactId> rest = each.contacts;
      std::erase(rest, 1);
      if (each.contacts.empty() || !rest.empty()) continue;
      if (is_open_foresight(each, today)) other.foresights.push_back(each.insight);
      if (each.work == WorkState::answered || each.work == WorkState::told) other.answers.push_back(each.insight);
      if (each.work == WorkState::waiting || each.work == WorkState::claimed) other.works.push_back(each.insight);
    }
    CHECK(loss.foresights == other.foresights);
    CHECK(loss.answers == other.answers);
    CHECK(loss.works == other.works);
  }
}

TEST_CASE("the map of people shows who is missing") {
  const Day today = day("2026-11-23");
  Contact ben, eva, tom, info;
  ben.id = 1, ben.name = "Ben", ben.role = "Plant manager", ben.influence = Influence::decides;
  eva.id = 2, eva.name = "Eva", eva.role = "Engineer", eva.reports_to = 1, eva.influence = Influence::uses;
  tom.id = 3, tom.name = "Tom", tom.role = "Buyer", tom.left_on = day("2026-10-01");
  info.id = 4, info.name = "Office", info.email = "INFO@acme.example";
  const std::vector<Contact> contacts = {ben, eva, tom, info};
  const std::vector<Visit> visits = {visit(1, "2026-11-23", {1, 3}), visit(2, "2026-05-27", {1})};
  const PeopleMap map = people_map(contacts, visits, {{2, "boris", day("2024-02-01")}}, today, {});
  REQUIRE(map.bonds.size() == 3);
  CHECK(map.bonds[0].contact == 1);
  CHECK(map.bonds[0].strength == doctest::Approx(1.5));  // today's counts whole, that of 180 days ago half
  CHECK(map.bonds[0].since == day("2026-05-27"));
  CHECK(map.bonds[2].by_word);
  CHECK(map.pairs.size() == 1);
  std::set<std::pair<std::string, ContactId>> ghosts;
  for (const Ghost& ghost : map.ghosts) ghosts.emplace(to_string(ghost.why), ghost.who.value_or(0));
  CHECK(ghosts == std::set<std::pair<std::string, ContactId>>{{"unknown_to_us", 4}, {"superior", 4}, {"vacant", 3}});
  CHECK(whom_to_meet(contacts, map.bonds, today, {}).front().contact == 2);  // 2 / 1 > 4 / (1 + 1.5)
  CHECK(whom_to_meet(contacts, map.bonds, today, {}, 2).front().contact == 1);
  CHECK(whom_to_meet(contacts, map.bonds, today, {}).size() == 2);  // not who left, nor an office
}

TEST_CASE("questions go stale by halves, and a confirmed sentence answers them") {
  CHECK(staleness_of({}, day("2026-11-23"), 100) == 1);
  CHECK(staleness_of(day("2026-11-23"), day("2026-11-23"), 100) == 0);
  CHECK(staleness_of(day("2026-08-15"), day("2026-11-23"), 100) == doctest::Approx(0.5));
  double before = 0;
  for (int i = 0; i < 1000; ++i) {
    const double now = staleness_of(day("2026-01-01"), day("2026-01-01") + std::chrono::days(i), 100);
    CHECK(now >= before);
    before = now;
  }
  CHECK(sentences_of("Ben reports to Eva. She has the last word! Точка. И ещё.").size() == 4);

  Accounts house;
  const InsightId note = house.keep({{"client", "Acme"},
                                     {"contacts", {"Ben"}},
                                     {"kind", "people"},
                                     {"body", "We met on Monday. Eva signs off every order above a thousand."}});
  const ClientId acme = house.client("Acme");
  const auto gap = [&](const std::string& name) {
    const json items = house.look(kRep, [&](const ClientDesk& desk) { return desk.questions(acme, 0.5)["items"]; });
    for (const json& item : items)
      if (item["question"] == name) return item;
    return json();
  };
  const json decider = gap("decider");
  CHECK(decider["state"] == "unknown");
  CHECK(decider["value"] == doctest::Approx(2.5));  // 0.5 of the revenue × weight 5 × staleness 1
  REQUIRE(decider["clues"].size() == 1);
  CHECK(decider["clues"][0]["sentence"] == "Eva signs off every order above a thousand.");
  const json judging = {{"question", "decider"},
                        {"insight", note},
                        {"sentence", "Eva signs off every order above a thousand."},
                        {"judgement", "confirmed"}};
  house.change(kRep, [&](ClientDesk& desk) { return desk.judge(acme, judging); });
  CHECK(gap("decider")["state"] == "known");
  CHECK(gap("decider")["insight"] == note);
  CHECK(gap("decider")["clues"].empty());
  house.clock.advance(std::chrono::days(541));
  CHECK(gap("decider")["state"] == "stale");
  CHECK(gap("decider")["staleness"] > 0.5);
  // The record itself may answer: whom Ben reports to.
  CHECK(gap("superior")["contact"]["name"] == "Ben");
  CHECK_REFUSED(
      house.change(kRep,
                   [&](ClientDesk& desk) {
                     return desk.judge(acme, {{"question", "superior"}, {"sentence", "x"}, {"judgement", "confirmed"}});
                   }),
      Code::invalid);
  CHECK(house.look(kRep, [&](const ClientDesk& desk) { return desk.next_question(acme); }).is_object());
}

TEST_CASE("attention: weight × silence, each line with why and what clears it") {
  Accounts house;
  house.import(R"({"record": "client", "name": "Acme", "revenue": 900, "owner": "rep-1"}
{"record": "client", "name": "Borg", "revenue": 100}
{"record": "contact", "client": "Borg", "name": "Front desk", "email": "info@borg.example"})");
  for (const char* said : {"2026-09-01", "2026-09-11", "2026-09-21", "2026-10-01"})
    house.keep({{"client", "Acme"}, {"contacts", {"Ben"}}, {"author", "rep-1"}, {"recorded_at", said}, {"body", said}});
  house.keep({{"client", "Borg"}, {"contacts", {"Eva"}}, {"recorded_at", "2026-11-20"}, {"body", "all is well"}});
  auto lines = house.attention();
  REQUIRE(lines.size() == 1);  // Borg was spoken with three days ago
  CHECK(lines[0]["client"]["name"] == "Acme");
  CHECK(lines[0]["days"] == 53);
  CHECK(lines[0]["rhythm"] == 10);
  CHECK(lines[0]["score"] == doctest::Approx(0.9 * 5.3));
  CHECK(lines[0]["key"] == true);
  CHECK(whats(lines[0]) == std::set<std::string>{"silent", "one_contact", "one_of_us"});
  CHECK(lines[0]["reasons"][0]["why"] == "Nobody spoke with them for 53 days; usual is every 10.");
  CHECK(lines[0]["reasons"][0]["find"] == "client:\"Acme\"");
  // A mail to an office is no contact; a talk with anybody there is.
  house.keep({{"client", "Acme"}, {"recorded_at", "2026-11-22"}, {"body", "no name"}});
  CHECK(whats(house.attention()[0]).contains("nameless"));
  CHECK(house.attention()[0]["days"] == 53);
  house.keep(
      {{"client", "Acme"}, {"contacts", {"Uma"}}, {"author", "rep-2"}, {"recorded_at", "2026-11-22"}, {"body", "hi"}});
  CHECK_FALSE(whats(house.attention()[0]).contains("silent"));
  // By day alone it comes back.
  house.clock.advance(std::chrono::days(40));
  CHECK(whats(house.attention()[0]).contains("silent"));
  // Left alone for a reason, until a day.
  const ClientId acme = house.client("Acme");
  const auto quieten = [&](const json& body) {
    return house.ledger.write([&](Session& session) { return AttentionDesk(session, kRep).quieten(acme, body); });
  };
  CHECK_REFUSED(quieten({{"until", "2026-01-01"}, {"reason", "late"}}), Code::invalid);
  CHECK_REFUSED(quieten({{"until", "2029-01-01"}, {"reason", "far"}}), Code::invalid);
  CHECK(quieten({{"until", "2027-02-01"}, {"reason", "The plant is shut"}})["quiet"]["by"] == "rep-1");
  const auto silent_acme = [&] {
    for (const json& line : house.attention())
      if (line["client"]["name"] == "Acme") return true;
    return false;
  };
  CHECK_FALSE(silent_acme());
  house.clock.advance(std::chrono::days(60));
  CHECK(silent_acme());
  // A lead changes the criteria, and the book follows.
  house.ledger.write([&](Session& session) {
    AttentionDesk(session, kLead).change_criteria({{"sole_share", 1.0}, {"impersonal", {"uma"}}});
  });
  for (const json& line : house.attention()) CHECK_FALSE(whats(line).contains("one_of_us"));
  CHECK_REFUSED(house.ledger.write([&](Session& session) {
    AttentionDesk(session, kLead).change_criteria({{"ladder", {30, 20}}});
  }),
                Code::invalid);
}

TEST_CASE("recent states are those of now, or of lately if somebody runs the book") {
  Accounts house;
  house.keep({{"client", "First"}, {"body", "note"}});
  CHECK(house.book.recent_states()->size() == 1);
  house.keep({{"client", "Second"}, {"body", "note"}});
  CHECK(house.book.recent_states()->size() == 2);
  Stop stop;
  std::thread running([&] { house.book.run(stop); });
  const auto comes = [&](std::size_t clients) {
    for (int wait = 0; wait < 1000 && house.book.recent_states()->size() != clients; ++wait)
      std::this_thread::sleep_for(Millis(10));
    return house.book.recent_states()->size() == clients;
  };
  house.keep({{"client", "Third"}, {"body", "note"}});
  CHECK(comes(3));
  const auto known = house.book.recent_states();
  CHECK(house.book.recent_states() == known);  // nothing is read for it
  house.keep({{"client", "Fourth"}, {"body", "note"}});
  CHECK(house.book.states()->size() == 4);
  CHECK(comes(4));
  stop.wish();
  running.join();
}

TEST_CASE("the book that follows the feed says what one read anew would say") {
  Accounts house;
  std::mt19937 random(5);
  house.book.states();
  for (int i = 0; i < 60; ++i) {
    const std::string client = "C" + std::to_string(random() % 5);
    json draft = {{"client", client}, {"body", "note " + std::to_string(i)}, {"author", random() % 2 ? "a" : "b"}};
    if (random() % 3) draft["contacts"] = {"P" + std::to_string(random() % 3)};
    const InsightId id = house.keep(draft);
    if (random() % 4 == 0) {
      house.route();
      const WorkId work = house.work_of(id).id;
      house.act(work, WorkAct::claim, kTech);
      if (random() % 2) house.act(work, WorkAct::answer, kTech, {{"body", "so"}});
    }
    if (random() % 10 == 0) house.clock.advance(std::chrono::hours(9));
    if (random() % 3) house.book.states();
  }
  house.route();
  const auto followed = house.book.states();
  AccountBook again(house.ledger, house.clock);
  const auto fresh = again.states();
  REQUIRE(followed->size() == fresh->size());
  for (const auto& [id, state] : *fresh) {
    const AccountState& other = *followed->at(id);
    CHECK(other.contact_days == state->contact_days);
    CHECK(other.open_works == state->open_works);
    CHECK(other.to_tell == state->to_tell);
    CHECK(other.people == state->people);
    CHECK(other.nameless_notes == state->nameless_notes);
    REQUIRE(other.dependence.contacts.size() == state->dependence.contacts.size());
    for (std::size_t i = 0; i < other.dependence.contacts.size(); ++i)
      CHECK(other.dependence.contacts[i].share == doctest::Approx(state->dependence.contacts[i].share));
  }
}

TEST_CASE("log-likelihood as Dunning's, with a sign") {
  CHECK(log_likelihood(10, 100, 10, 100) == doctest::Approx(0));
  // a = 20 of 100 against b = 10 of 100: expected 15 each; 2 (20 ln(20/15) + 10 ln(10/15)) = 3.398.
  CHECK(log_likelihood(20, 100, 10, 100) == doctest::Approx(3.398).epsilon(0.001));
  CHECK(log_likelihood(10, 100, 20, 100) == doctest::Approx(-3.398).epsilon(0.001));
  CHECK(log_likelihood(0, 0, 5, 10) == 0);
}

TEST_CASE("the outlook gathers what several clients foresee, and counts independent witnesses") {
  Accounts house;
  house.import(R"({"record": "client", "name": "Acme", "industry": "Chemicals", "revenue": 50}
{"record": "client", "name": "Acme North", "industry": "Chemicals", "group": "Acme Group"}
{"record": "client", "name": "Acme South", "industry": "Chemicals", "group": "Acme Group"}
{"record": "client", "name": "Borg", "industry": "Food", "revenue": 50})");
  const auto foresee = [&](const char* client, const std::string& body, const char* said = "2026-11-01",
                           const char* from = "2027-02-01") {
    return house.keep({{"client", client},
                       {"kind", "change"},
                       {"body", body},
                       {"recorded_at", said},
                       {"foreseen", {{"from", from}, {"to", from}, {"likelihood", 0.6}}}});
  };
  foresee("Acme", "PFAS gaskets will be banned", "2026-10-01");
  foresee("Acme", "The ban on PFAS comes for sure");  // the same client again
  foresee("Acme North", "Gaskets without PFAS are asked for");
  foresee("Acme South", "No more PFAS in gaskets");  // a sister company
  foresee("Borg", "PFAS is to go from every gasket");
  const InsightId alone = foresee("Borg", "Oat milk line doubles its output");
  foresee("Acme", "Old matter: PFAS in 2020", "2020-01-01", "2020-06-01");
  OutlookQuestion question;
  question.from = day("2026-11-23");
  question.to = day("2028-11-23");
  Outlook outlook = house.outlook(question);
  CHECK(outlook.foresights == 6);
  REQUIRE_FALSE(outlook.themes.empty());
  const Theme theme = outlook.themes.front();
  CHECK(theme.title.find("pfas") != std::string::npos);
  CHECK(theme.insights.size() == 5);
  CHECK(theme.witnesses == 3);  // Acme, the Acme Group, Borg
  CHECK(theme.strength == doctest::Approx(3));
  CHECK(theme.named.front() == "Acme");
  CHECK(theme.first_said == day("2026-10-01"));
  CHECK(theme.likelihood == doctest::Approx(0.6));
  CHECK(theme.revenue_share == doctest::Approx(1));
  CHECK(theme.industries == std::map<std::string, int>{{"Chemicals", 4}, {"Food", 1}});
  CHECK(theme.foreseen == std::map<Quarter, int>{{{2027, 1}, 5}});
  CHECK(outlook.alone == std::vector<InsightId>{alone});
  question.industry = "food";
  CHECK(house.outlook(question).themes.empty());  // one client only
  CHECK(house.outlook(question).alone.size() == 2);
  question.industry.clear();

  // Saying it again, or a merge into the same group, makes no new witness.
  foresee("Borg", "PFAS is to go from every gasket, they say again");
  CHECK(house.outlook(question).themes.front().witnesses == 3);
  house.ledger.write([&](Session& session) {
    Client acme = *Clients(session).find_by_name("Acme");
    acme.group = "Acme Group";
    Clients(session).change(acme, kLead);
  });
  CHECK(house.outlook(question).themes.front().witnesses == 2);

  // A witness whose foresights came true counts more: 2 × (1 + 1) / (1 + 2).
  house.ledger.write([&](Session& session) {
    const auto notes = Insights(session).latest_of(Clients(session).find_by_name("Acme")->id, 10);
    Actor lead = kLead;
    FollowUpDesk(session, lead).judge(notes.back().id, {{"outcome", "happened"}});
  });
  CHECK(house.outlook(question).themes.front().strength == doctest::Approx(4.0 / 3 + 1));

  // A person gathers what words do not.
  house.ledger.write([&](Session& session) {
    Themes(session).create({.title = "Growth", .terms = {"oat milk", "PFAS"}}, kLead);
  });
  outlook = house.outlook(question);
  CHECK(outlook.themes.front().title == "Growth");
  CHECK(outlook.themes.front().insights.size() == 7);
  CHECK(outlook.alone.empty());
  house.ledger.write([&](Session& session) { Themes(session).remove(Themes(session).list().front().id, kLead); });
  CHECK(house.outlook(question).alone.size() == 1);
}

TEST_CASE("a note that says that somebody went") {
  CHECK(leaving_of("Ben Moss left Acme. He moved to Borg Foods, they say.", {"Ben Moss"}, true)->to.empty());
  CHECK(leaving_of("Ben Moss has left for Borg Foods.", {"Ben Moss"}, false)->to == "Borg Foods");
  CHECK(leaving_of("Иван Петров уволился и перешёл в Северсталь.", {"Иван Петров"}, true)->to == "Северсталь");
  CHECK(leaving_of("Eva Lund says that Ben goes; he leaves for Borg.", {"Eva Lund", "Ben Moss"}, true)->who == 1);
  CHECK_FALSE(leaving_of("Ben Moss is glad.", {"Ben Moss"}, true));
  CHECK_FALSE(leaving_of("Eva left for Borg.", {"Ben Moss"}, false));

  Accounts house;
  house.import(R"({"record": "client", "name": "Acme", "owner": "rep-1", "industry": "Chemicals"}
{"record": "contact", "client": "Acme", "name": "Eva Lund", "influence": "decides"})");
  house.keep({{"client", "Acme"}, {"contacts", {"Ben Moss"}}, {"author", "rep-1"}, {"body", "The pump leaks"}});
  const InsightId note = house.keep({{"client", "Acme"},
                                     {"contacts", {"Ben Moss"}},
                                     {"kind", "people"},
                                     {"author", "rep-2"},
                                     {"body", "Ben Moss has left for Borg Foods."}});
  house.route();
  const ContactId ben = house.contact("Acme", "Ben Moss");
  const json what_if = house.look(kLead, [&](const ClientDesk& desk) { return desk.what_if(ben); });
  CHECK(what_if["works"]["count"] == 2);
  CHECK(what_if["next"][0]["contact"]["name"] == "Eva Lund");
  const json proposed = house.look(kLead, [&](const ClientDesk& desk) { return desk.departures({}); });
  REQUIRE(proposed["items"].size() == 1);
  CHECK(proposed["items"][0]["to_client"] == "Borg Foods");
  CHECK(proposed["items"][0]["known"] == false);
  const json judging = {{"insight", note}, {"contact", ben}, {"judgement", "confirmed"}, {"to_client", "Borg Foods"}};
  const auto judge = [&] {
    return house.change(kLead, [&](ClientDesk& desk) { return desk.judge_departure(judging); });
  };
  const json gone = judge();
  CHECK(house.book.states()->size() == 2);
  CHECK(gone["next"][0]["contact"]["name"] == "Eva Lund");
  CHECK(gone["opened"]["client"]["name"] == "Borg Foods");
  CHECK(gone["told"] == 2);  // the owner, and who has an open note there; those who are users are told
  CHECK_REFUSED(judge(), Code::conflict);
  CHECK(house.look(kLead, [&](const ClientDesk& desk) { return desk.departures({}); })["items"].empty());
  const json employments = house.look(kLead, [&](const ClientDesk& desk) { return desk.employments(ben); });
  REQUIRE(employments["items"].size() == 2);
  CHECK(employments["items"][0]["left_on"].is_string());
  CHECK(employments["items"][1]["client_name"] == "Borg Foods");
  // Undone in one step, as if nothing had been.
  house.change(kLead, [&](ClientDesk& desk) { return desk.undo_departure(gone["id"].get<std::int64_t>()); });
  CHECK(house.ledger.read([&](Session& session) { return Contacts(session).find(ben).left_on; }) == std::nullopt);
  CHECK_FALSE(house.ledger.read([](Session& session) { return Clients(session).find_by_name("Borg Foods"); }));
  CHECK(house.book.states()->size() == 1);  // the book follows what is removed, too
  // Done again; but what has got a note of its own is not taken away.
  const json once_more = judge();
  house.keep({{"client", "Borg Foods"}, {"contacts", {"Ben Moss"}}, {"body", "Settled in"}});
  CHECK_REFUSED(
      house.change(kLead, [&](ClientDesk& desk) { return desk.undo_departure(once_more["id"].get<std::int64_t>()); }),
      Code::conflict);
  CHECK(house.ledger.read([&](Session& session) { return Contacts(session).find(ben).left_on; }).has_value());
}

TEST_CASE("clients, contacts, deals and revenue from CSV are never doubled") {
  Accounts house;
  const auto import_csv = [&](const std::string& kind, const std::string& text) {
    std::vector<std::string> statuses;
    Importer importer(house.ledger, {true, false, false}, kLead,
                      [&](const ImportOutcome& outcome) { statuses.emplace_back(to_string(outcome.status)); });
    ReadOptions options;
    options.format = Format::csv;
    options.defaults = {{"record", kind}};
    const auto reader = make_reader(options, [&](Record record) { importer.add(std::move(record)); });
    reader->feed(text);
    reader->finish();
    importer.flush();
    return statuses;
  };
  using Statuses = std::vector<std::string>;
  CHECK(import_csv("client", "name;domain;revenue\nAcme;acme.example;1 234,5\n") == Statuses{"kept"});
  CHECK(import_csv("client", "name;domain;revenue\nAcme;acme.example;1 234,5\n") == Statuses{"known"});
  CHECK(import_csv("client", "name;domain;region\nACME Inc.;Acme.Example;North\n") == Statuses{"kept"});
  const ClientId acme = house.client("acme inc.");
  CHECK(acme == house.client("Acme"));
  CHECK(import_csv("contact",
                   "client,name,email\nAcme,Ben Moss,ben@acme.example\nAcme Inc.,B. Moss,BEN@acme.example\n") ==
        Statuses{"kept", "kept"});
  house.ledger.read([&](Session& session) {
    CHECK(Contacts(session).of(acme).size() == 1);
    CHECK(Contacts(session).of(acme).front().name == "Ben Moss");
    CHECK(Clients(session).find(acme).revenue == 1234.5);
    CHECK(Clients(session).find(acme).region == "North");
  });
  const std::string deals = "client,title,signed_on,value\nAcme,Pumps,2026-05-01,1000\n";
  CHECK(import_csv("deal", deals) == Statuses{"kept"});
  CHECK(import_csv("deal", deals) == Statuses{"known"});
  CHECK(import_csv("revenue", "client,year,amount\nAcme,2025,10\nAcme,2026,12\nAcme,2026,12\n") ==
        Statuses{"kept", "kept", "known"});
  CHECK(import_csv("revenue", "client,year,amount\nAcme,soon,10\n") == Statuses{"refused"});
  const auto states = house.book.states();
  CHECK(states->at(acme)->revenue == 12);
  CHECK(states->at(acme)->last_deal->title == "Pumps");
  const json keys = house.ledger.read(
      [&](Session& session) { return AttentionDesk(session, kLead).key_clients(*states, std::nullopt); });
  CHECK(keys["year"] == 2026);
  CHECK(keys["years"] == json({2026, 2025}));
}

}  // namespace tidings
