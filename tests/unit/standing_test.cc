// SPDX-License-Identifier: GPL-3.0-or-later
// Being told: standing queries, notifications, and what a new answer solves.
#include "server/desk/notifier.h"
#include "server/desk/search_desk.h"
#include "tests/support/support.h"

namespace tidings {
namespace {

struct Told : House {
  Told() : notifier(ledger, searcher, diary) {
    ledger.write([](Session& session) {
      for (const auto& [name, role] : std::vector<std::pair<const char*, Role>>{{"rep-1", Role::rep},
                                                                                {"tech-1", Role::technician},
                                                                                {"tech-2", Role::technician},
                                                                                {"lead-1", Role::lead}})
        People(session).create({.name = name, .role = role}, "", kAdmin);
    });
    settle();
  }
  void settle() {
    route();
    index();
    while (notifier.step()) continue;
  }
  SavedSearch save(const Actor& by, const json& body) {
    const json made = ledger.write([&](Session& session) { return SearchDesk(session, by).create_saved_search(body); });
    settle();
    return {.id = made["id"]};
  }
  json told(const Actor& who) const {
    return ledger.read([&](Session& session) { return SearchDesk(session, who).notifications(false, 0, 50); });
  }
  std::vector<std::string> hints(const std::string& query) {
    try {
      require_standing_query(query);
    } catch (const Refusal& refusal) {
      return {refusal.faults().at(0).detail};
    }
    return {};
  }

  Diary diary;
  Notifier notifier;
};

}  // namespace

TEST_CASE("a saved search tells its owner of new and changed insights and of new answers, each once") {
  Told house;
  house.save(kTech, {{"query", "condensate seal"}, {"title", "Condensate"}});
  const InsightId id = house.keep({{"client", "Acme"}, {"body", "The seal of the condensate pump leaks."}});
  house.keep({{"client", "Acme"}, {"body", "Nothing of the kind."}});
  house.settle();
  CHECK(house.told(kTech)["unseen"] == 1);
  const json first = house.told(kTech)["items"][0];
  CHECK(first["kind"] == "found");
  CHECK(first["insight"] == id);
  CHECK(first["detail"]["title"] == "Condensate");
  CHECK(house.told(kOtherTech)["items"].empty());
  const WorkId work = house.work_of(id).id;
  house.act(work, WorkAct::claim, kOtherTech);
  house.act(work, WorkAct::answer, kOtherTech, {{"body", "Quench it."}});
  house.settle();
  CHECK(house.told(kTech)["items"].size() == 2);
  CHECK(house.told(kTech)["items"][0]["detail"]["answered"] == true);
  const json seen = house.ledger.write([&](Session& session) {
    return SearchDesk(session, kTech).see_notifications({{"until", house.told(kTech)["items"][0]["id"]}});
  });
  CHECK(seen["unseen"] == 0);
  // Whoever starts anew tells nothing twice.
  Notifier again(house.ledger, house.searcher, house.diary);
  while (again.step()) continue;
  CHECK(house.told(kTech)["items"].size() == 2);
}

TEST_CASE("a lead's saved search tells a whole team") {
  Told house;
  house.save(kLead, {{"query", "kind:people"}, {"audience", "role:technician"}});
  house.keep({{"client", "Acme"}, {"kind", "people"}, {"body", "Ben leaves."}});
  house.settle();
  CHECK(house.told(kTech)["items"].size() == 1);
  CHECK(house.told(kOtherTech)["items"].size() == 1);
  CHECK(house.told(kRep)["items"].empty());
  CHECK_REFUSED(house.save(kRep, {{"query", "pump"}, {"audience", "role:technician"}}), Code::forbidden);
  CHECK_REFUSED(house.save(kLead, {{"query", "pump"}, {"audience", "everybody"}}), Code::invalid);
}

TEST_CASE("a new answer tells the rep whose open insight it may solve") {
  Told house;
  const InsightId open = house.keep({{"client", "Volga"},
                                     {"author", "rep-1"},
                                     {"body", "Mechanical seal of the condensate pump leaks after start."}});
  const InsightId other = house.keep({{"client", "Acme"},
                                      {"author", "rep-1"},
                                      {"body", "The condensate pump's mechanical seal leaks after each start."}});
  for (int i = 0; i < 20; ++i)
    house.keep({{"client", "Acme"}, {"author", "rep-1"}, {"body", "Unrelated story " + std::to_string(i)}});
  house.settle();
  const WorkId work = house.work_of(other).id;
  house.act(work, WorkAct::claim, kTech);
  house.act(work, WorkAct::answer, kTech, {{"body", "Warm the flush of the seal first."}});
  house.settle();
  const json told = house.told(kRep)["items"];
  REQUIRE(told.size() == 2);
  CHECK(told[0]["kind"] == "solvable");
  CHECK(told[0]["insight"] == open);
  CHECK(told[0]["detail"]["answer_of"] == other);
  CHECK(told[1]["kind"] == "answered");
  CHECK(told[1]["insight"] == other);
}

TEST_CASE("a standing query that cannot stand is refused with the reason") {
  Told house;
  CHECK(house.hints("pump seal").empty());
  CHECK(house.hints("kind:change foreseen:2027-Q1").empty());
  CHECK(house.hints("").at(0) == "has no word to look for");
  CHECK(house.hints("-pump").at(0).find("must not be there") != std::string::npos);
  CHECK(house.hints("p*").at(0).find("letters before a *") != std::string::npos);
  CHECK(house.hints("(pump").at(0) == "A parenthesis is not closed.");
  std::string many;
  for (int i = 0; i < 240; ++i) many += "word" + std::to_string(i) + " ";
  CHECK(house.hints(many).at(0).find("too many") != std::string::npos);
}

TEST_CASE("searches leave one's own past queries, and what found nothing without who asked") {
  Told house;
  house.diary.note("rep-1", "seal leaks", false);
  house.diary.note("rep-1", "seal leaks", false);
  house.diary.note("rep-1", "unobtainium", true);
  house.diary.write(house.ledger);
  house.ledger.read([&](Session& session) {
    CHECK(SearchDesk(session, kRep).past_queries("se", 5).at(0).times == 2);
    CHECK(SearchDesk(session, kTech).past_queries("se", 5).empty());
    CHECK(SearchDesk(session, kRep).past_queries("%", 5).empty());
    const json empty = SearchDesk(session, kLead).empty_searches(10);
    CHECK(empty["items"].size() == 1);
    CHECK(empty["items"][0]["query"] == "unobtainium");
    CHECK(dump(empty).find("rep-1") == std::string::npos);
    CHECK_REFUSED(SearchDesk(session, kRep).empty_searches(10), Code::forbidden);
  });
}

TEST_CASE("a lead's synonyms change what is found, at once") {
  Told house;
  house.keep({{"client", "Acme"}, {"body", "The gizmo hums."}});
  house.settle();
  CHECK(house.keys("widget").empty());
  const json made = house.ledger.write([&](Session& session) {
    return SearchDesk(session, kLead).create_synonym({{"words", {"gizmo", "widget"}}});
  });
  house.settle();
  CHECK(house.keys("widget").size() == 1);
  house.ledger.write([&](Session& session) { SearchDesk(session, kLead).remove_synonym(made["id"]); });
  house.settle();
  CHECK(house.keys("widget").empty());
  house.ledger.write([&](Session& session) {
    CHECK_REFUSED(SearchDesk(session, kTech).create_synonym({{"words", {"a", "b"}}}), Code::forbidden);
    CHECK_REFUSED(SearchDesk(session, kLead).create_synonym({{"words", {"a"}}}), Code::invalid);
    CHECK_REFUSED(SearchDesk(session, kLead).create_synonym({{"words", {"a", " "}}}), Code::invalid);
  });
}

TEST_CASE("a new ledger has the vocabulary of schemas/vocabulary, once") {
  House house;
  begin_vocabulary(house.ledger);
  const auto count = [&] { return house.ledger.read([](Session& session) { return Synonyms(session).count(); }); };
  const std::int64_t first = count();
  CHECK(first > 50);
  begin_vocabulary(house.ledger);
  CHECK(count() == first);
  CHECK_REFUSED(parse_vocabulary("pump, насос\nalone\n"), Code::invalid);
  CHECK(parse_vocabulary("# nothing\n\na, b c -> x\n").at(0).from.size() == 2);
}

}  // namespace tidings
