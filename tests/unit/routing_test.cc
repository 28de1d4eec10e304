// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/routing/priority.h"
#include "server/routing/router.h"
#include "server/search/standing.h"
#include "tests/support/support.h"

namespace tidings {
namespace {

WholeInsight about(const std::string& body, Kind kind = Kind::problem) {
  WholeInsight whole;
  whole.insight.body = body;
  whole.insight.kind = kind;
  whole.client.name = "Acme";
  return whole;
}

Rule rule(RuleId id, const std::string& query, const std::string& queue, int rank) {
  return {id, 1, "rule " + std::to_string(id), query, queue, rank, true};
}

}  // namespace

TEST_CASE("the first rule that finds the insight decides, what none finds goes to triage, and both say why") {
  std::vector<Rule> rules = {rule(1, "seal OR уплотнение", "seals", 1), rule(2, "pump kind:problem", "pumps", 2),
                             rule(3, "leak", "seals", 3)};
  const auto routes = decide_routes({about("The pump's seals leak"), about("pumps hum"), about("Уплотнения текут"),
                                     about("nothing"), about("pump", Kind::change)},
                                    rules, Vocabulary());
  CHECK(routes[0].queue == "seals");
  CHECK(routes[0].rule == 1);
  CHECK(routes[0].reasons.at(1) == "Next would have been rule “rule 2”, queue pumps.");
  CHECK(routes[1].queue == "pumps");
  CHECK(routes[2].queue == "seals");
  CHECK(routes[3].queue == "triage");
  CHECK(routes[3].by == RoutedBy::triage);
  CHECK(routes[3].reasons.at(0) == "None of 3 rules found it.");
  CHECK(routes[4].queue == "triage");
  rules[0].enabled = false;
  CHECK(decide_routes({about("seals of a pump")}, rules, Vocabulary())[0].queue == "pumps");
  CHECK(decide_routes({about("x")}, {}, Vocabulary())[0].reasons.at(0) == "There are no rules.");
}

TEST_CASE("a rule finds just what a search finds") {
  House house;
  house.import(read_file(TIDINGS_SOURCE_DIR "/indexer/sample/1-desk.ndjson") +
               read_file(TIDINGS_SOURCE_DIR "/indexer/sample/2-accounts.ndjson") +
               read_file(TIDINGS_SOURCE_DIR "/indexer/sample/3-notes.ndjson"));
  house.index();
  std::vector<WholeInsight> wholes;
  house.ledger.read([&](Session& session) {
    for (InsightId id : Insights(session).ids(0, 1000)) wholes.push_back(Insights(session).whole(id));
  });
  const std::vector<std::string> queries = {"насос OR pump",
                                            "\"phosphorus\"",
                                            "kind:change тариф",
                                            "SD-45",
                                            "client:helios -seal",
                                            "подш*",
                                            "foreseen:2027-Q1 kind:change",
                                            "title:IE4"};
  const auto found = match_queries(wholes, queries, Vocabulary());
  for (std::size_t q = 0; q < queries.size(); ++q) {
    std::vector<std::string> keys;
    for (std::size_t i = 0; i < wholes.size(); ++i)
      if (std::find(found[i].begin(), found[i].end(), q) != found[i].end()) keys.push_back(wholes[i].insight.key);
    Question question{.q = queries[q], .limit = kMaxLimit};
    std::vector<std::string> searched;
    do {
      const Hits hits = house.searcher.search(question);
      for (const json& hit : hits.hits) searched.push_back(hit["key"]);
      question.cursor = hits.cursor;
    } while (!question.cursor.empty());
    std::sort(searched.begin(), searched.end());
    std::sort(keys.begin(), keys.end());
    CHECK_MESSAGE(searched == keys, queries[q]);
    CHECK_FALSE(keys.empty());
  }
}

TEST_CASE("a rule that cannot stand is refused with the reason") {
  for (const char* bad : {"", "  ", "…", "-pump", "(pump", "klient:x", "\"open"})
    CHECK_REFUSED(require_standing_query(bad), Code::invalid);
  require_standing_query("pump -seal");
  require_standing_query("kind:problem");
}

TEST_CASE("priority: worked examples") {
  const Day today = *parse_day("2026-01-01");
  WholeInsight whole = about("x", Kind::problem);
  CHECK(priority_of(whole, 1000, today).total() == 30);
  whole.client.revenue = 25;  // 2.5 % of 1000: half of the weight
  CHECK(priority_of(whole, 1000, today).total() == 50);
  whole.client.revenue = 500;
  CHECK(priority_of(whole, 1000, today).total() == 70);
  whole.insight.kind = Kind::change;
  whole.insight.foreseen = Foreseen{
      today + std::chrono::days(73), today + std::chrono::days(80), {}, Outcome::unknown};  // a fifth of the year away
  CHECK(priority_of(whole, 1000, today).nearness == doctest::Approx(24));
  whole.insight.foreseen->from = today - std::chrono::days(5);
  CHECK(priority_of(whole, 1000, today).nearness == 30);
  whole.insight.foreseen->to = today - std::chrono::days(1);
  CHECK(priority_of(whole, 1000, today).nearness == 0);
  CHECK(priority_of(whole, 0, today).weight == 0);
}

TEST_CASE("the dispatcher places each new insight once, and leaves alone what came with its queue") {
  House house;
  house.import(
      R"({"record":"queue","name":"pumps"}
{"record":"rule","name":"pumps","query":"pump","queue":"pumps"}
{"client":"Acme","body":"a pump hums","key":"a"}
{"client":"Acme","body":"something else","key":"b"}
{"client":"Acme","body":"a pump, long ago","key":"c","queue":"triage","answer":"done"}
)");
  Dispatcher other(house.ledger, house.router, house.clock);
  house.route();
  while (other.route()) continue;
  CHECK(house.work_of(1).queue == "pumps");
  CHECK(house.work_of(1).route.by == RoutedBy::rule);
  CHECK(house.work_of(2).queue == "triage");
  CHECK(house.work_of(3).route.by == RoutedBy::import);
  CHECK(house.work_of(3).state == WorkState::answered);
  CHECK(house.ledger.read([](Session& session) { return Works(session).list({}).size(); }) == 3);
}

}  // namespace tidings
