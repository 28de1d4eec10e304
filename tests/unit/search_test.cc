// SPDX-License-Identifier: GPL-3.0-or-later
#include <atomic>
#include <thread>

#include "server/search/snippet.h"
#include "tests/support/support.h"

namespace tidings {
namespace {

struct Base : House {
  Base() {
    import(
        R"({"key":"leak","client":"Acme Pumps","author":"anna","kind":"problem","title":"Seal leaks","body":"The mechanical seal MS-50 of pump PN-1240/B leaks after each stop.","recorded_at":"2026-01-10","contacts":["Ben Carter"],"tags":["urgent"],"industry":"paper"}
{"key":"течь","client":"Волга","author":"dmitry","kind":"problem","body":"Торцевые уплотнения насосов текут, заменили подшипники.","recorded_at":"2026-02-10","industry":"бумага"}
{"key":"rule","client":"Acme Pumps","author":"anna","kind":"change","title":"New rule","body":"They expect a discharge rule for phosphorus.","recorded_at":"2026-03-10","foreseen":{"from":"2027-04-01","to":"2027-06-30","likelihood":0.7}}
{"key":"later","client":"Волга","author":"dmitry","kind":"change","body":"Ждут запрета фреона в холодильных машинах.","recorded_at":"2026-04-10","foreseen":{"from":"2028-01-01","to":"2028-12-31"}}
{"key":"german","client":"Lippe","author":"anna","kind":"problem","body":"Die Kreiselpumpen machen seit dem Wochenende laute Geräusche und verlieren Wasser an der Dichtung.","recorded_at":"2026-05-10"}
{"key":"french","client":"Lippe","author":"anna","kind":"other","body":"Les clients demandent des pompes silencieuses pour les nouveaux ateliers de production.","recorded_at":"2026-05-11"}
{"key":"spanish","client":"Lippe","author":"anna","kind":"other","body":"Los clientes esperan cambios en las normas de vertido de aguas residuales industriales.","recorded_at":"2026-05-12"}
{"key":"people","client":"Acme Pumps","author":"anna","kind":"people","body":"Ben Carter leaves for Lippe. Write to ben@acme.example.","recorded_at":"2026-06-10"}
)");
    route();
    index();
  }

  std::vector<std::string> ask(const Question& question) const {
    std::vector<std::string> keys;
    for (const json& hit : searcher.search(question).hits) keys.push_back(hit["key"]);
    return keys;
  }
};

}  // namespace

TEST_CASE("words are found in any form, by the language of the note") {
  const Base base;
  CHECK(base.keys("насос") == Keys{"течь"});
  CHECK(base.keys("уплотнение подшипник") == Keys{"течь"});
  CHECK(base.keys("seals") == Keys{"leak"});
  CHECK(base.keys("Kreiselpumpe") == Keys{"german"});
  CHECK(base.keys("pompe silencieux") == Keys{"french"});
  CHECK(base.keys("norma") == Keys{"spanish"});
  CHECK(base.keys("leaking") == Keys{"leak"});
  CHECK(base.keys("nothingofthekind") == Keys{});
}

TEST_CASE("part numbers and addresses are found whole and in parts, with any joint") {
  const Base base;
  for (const char* query : {"PN-1240/B", "pn1240b", "PN 1240 B", "1240", "\"PN-1240/B\"", "pn-1240*"})
    CHECK_MESSAGE(base.keys(query) == Keys{"leak"}, query);
  CHECK(base.keys("ben@acme.example") == Keys{"people"});
}

TEST_CASE("phrases, AND, OR, NOT and groups") {
  const Base base;
  CHECK(base.keys("\"mechanical seal\"") == Keys{"leak"});
  CHECK(base.keys("\"seal mechanical\"") == Keys{});
  CHECK(base.keys("\"торцевое уплотнение\"") == Keys{"течь"});
  CHECK(base.keys("expect AND phosphorus") == Keys{"rule"});
  CHECK(base.keys("seal OR phosphorus") == Keys{"leak", "rule"});
  CHECK(base.keys("(seal OR phosphorus) AND stop") == Keys{"leak"});
  CHECK(base.keys("client:acme -kind:problem -people") == Keys{"people", "rule"});
  CHECK(base.keys("client:acme NOT (leaks OR leaves)") == Keys{"rule"});
  CHECK(base.keys("+phosphorus seal") == Keys{"rule"});
  CHECK(base.keys("уплот*") == Keys{"течь"});
  CHECK(base.keys("-kind:problem -kind:other -kind:people") == Keys{"later", "rule"});
  // No phrase crosses from the title into the body.
  CHECK(base.keys("\"leaks the\"") == Keys{});
}

TEST_CASE("fields, and the same exact field twice means either") {
  const Base base;
  CHECK(base.keys("kind:change") == Keys{"later", "rule"});
  CHECK(base.keys("kind:change kind:people") == Keys{"later", "people", "rule"});
  CHECK(base.keys("kind:change client:волга") == Keys{"later"});
  CHECK(base.keys("title:seal") == Keys{"leak"});
  CHECK(base.keys("title:mechanical") == Keys{});
  CHECK(base.keys("client:\"acme pumps\" kind:problem") == Keys{"leak"});
  CHECK(base.keys("contact:carter") == Keys{"leak"});
  CHECK(base.keys("tag:urgent") == Keys{"leak"});
  CHECK(base.keys("author:dmitry") == Keys{"later", "течь"});
  CHECK(base.keys("industry:paper") == Keys{"leak", "people", "rule"});
  CHECK(base.keys("queue:triage state:waiting language:de") == Keys{"german"});
  CHECK(base.keys("key:leak") == Keys{"leak"});
}

TEST_CASE("dates and foreseen windows") {
  const Base base;
  CHECK(base.keys("date:2026-01") == Keys{"leak"});
  CHECK(base.keys("date:2026-05-11..") == Keys{"french", "people", "spanish"});
  CHECK(base.keys("date:..2026-01-10") == Keys{"leak"});
  CHECK(base.keys("foreseen:2027-06") == Keys{"rule"});
  CHECK(base.keys("foreseen:2027-07..") == Keys{"later"});
  CHECK(base.keys("foreseen:..2027-03") == Keys{});
  CHECK(base.keys("foreseen:2027..2028") == Keys{"later", "rule"});
}

TEST_CASE("parameters narrow as fields do, within one any, across all") {
  const Base base;
  CHECK(base.ask({.q = "", .kinds = {"change", "people"}, .clients = {"ACME pumps"}}) == Keys{"people", "rule"});
  CHECK(base.ask({.q = "", .from = parse_day("2026-03-10"), .to = parse_day("2026-03-10")}) == Keys{"rule"});
  CHECK(base.ask({.q = "", .foreseen_from = parse_day("2028-02-01")}) == Keys{"later"});
  CHECK(base.ask({.q = "", .foreseen_to = parse_day("2027-04-01")}) == Keys{"rule"});
  CHECK(base.ask({.q = "", .languages = {"ru"}}) == Keys{"later", "течь"});
  CHECK(base.ask({.q = "", .clients = {"1"}}).size() == 3);
}

TEST_CASE("an empty query finds everything, newest first, with an exact total") {
  const Base base;
  const Hits hits = base.search("");
  CHECK(hits.total.value == 8);
  CHECK(hits.total.exact);
  CHECK(hits.hits.front()["key"] == "people");
  CHECK(hits.hits.back()["key"] == "leak");
  CHECK(base.ask({.q = "kind:change", .sort = Sort::foreseen}) == Keys{"rule", "later"});
  CHECK(base.search("…").hints.size() == 1);
}

TEST_CASE("threads that search at once share nothing that Xapian counts the references of") {
  const Base base;
  const std::vector<Question> questions = {
      {.q = ""}, {.q = "-pump"}, {.q = "kind:change", .sort = Sort::foreseen}, {.q = "", .like = {1}}, {.q = "насос"}};
  std::vector<Keys> expected;
  for (const Question& question : questions) expected.push_back(base.ask(question));
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (std::size_t i = 0; i < 2000; ++i) {
        const std::size_t which = (i + t) % questions.size();
        wrong += base.ask(questions[which]) != expected[which];
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
}

TEST_CASE("pages go on where the last one ended, also while notes arrive") {
  Base base;
  Question question{.q = "", .limit = 3};
  std::vector<std::string> keys;
  for (int page = 0; page < 5; ++page) {
    const Hits hits = base.searcher.search(question);
    for (const json& hit : hits.hits) keys.push_back(hit["key"]);
    if (hits.cursor.empty()) break;
    question.cursor = hits.cursor;
    base.keep({{"key", "new" + std::to_string(page)}, {"client", "New"}, {"body", "just arrived"}});
    base.index();
  }
  CHECK(keys == Keys{"people", "spanish", "french", "german", "later", "rule", "течь", "leak"});
  for (const char* bad : {"x", "1", "-1.5", "1.x", "99999999.1"}) {
    question.cursor = bad;
    CHECK_REFUSED(base.searcher.search(question), Code::invalid);
  }
}

TEST_CASE("facets count the values of the matches") {
  const Base base;
  const Hits hits = base.searcher.search({.q = "", .facets = {"kind", "client"}});
  CHECK(hits.facets["kind"][0] == json{{"value", "problem"}, {"count", 3}});
  CHECK(hits.facets["client"].size() == 3);
  CHECK_REFUSED(base.searcher.search({.q = "", .facets = {"colour"}}), Code::invalid);
}

TEST_CASE("an answer is found with its insight, and shown where it matches best") {
  Base base;
  const WorkId id = base.work_of(1).id;
  base.act(id, WorkAct::claim, kTech);
  base.act(id, WorkAct::answer, kTech, {{"body", "Fit the quench kit MS-50-QSS with condensate."}});
  base.index();
  CHECK(base.keys("quench condensate") == Keys{"leak"});
  CHECK(base.keys("answer:condensate state:answered") == Keys{"leak"});
  const json hit = base.search("quench").hits.at(0);
  CHECK(hit["snippet"] == "Fit the <mark>quench</mark> kit MS-50-QSS with condensate.");
  CHECK(hit["answered"] == true);
}

TEST_CASE("the best match comes first: title, rarity, closeness in length") {
  const Base base;
  const Hits hits = base.search("seal rule phosphorus discharge");
  CHECK(hits.hits.at(0)["key"] == "rule");
  CHECK(hits.hits.at(0)["score"].get<double>() > hits.hits.at(1)["score"].get<double>());
}

TEST_CASE("a long sentence's quotation marks demand nothing") {
  const Base base;
  CHECK(base.keys("we were told that the \"mechanical dry seal\" of one pump leaks badly each stop").front() == "leak");
}

TEST_CASE("a snippet marks what matched, is safe, and begins and ends at words") {
  const Marks looked_for{{"pump", "pump"}, {"насос", "насос"}, {"bear", "bear", true}};
  const Marker marks(looked_for);
  CHECK(make_snippet("Pumps & <b>насосы</b>", "ru", marks).html ==
        "<mark>Pumps</mark> &amp; &lt;b&gt;<mark>насосы</mark>&lt;/b&gt;");
  CHECK(make_snippet("old bearings", "en", marks).html == "old <mark>bearings</mark>");
  std::string text;
  for (int i = 0; i < 100; ++i) text += "filler ";
  const Snippet snippet = make_snippet(text + "pump and bearing " + text, "en", marks, 60);
  CHECK(snippet.html.find("<mark>pump</mark> and <mark>bearing</mark>") != std::string::npos);
  CHECK(snippet.html.starts_with("… filler"));
  CHECK(snippet.html.ends_with("filler  …"));
  CHECK(snippet.distinct == 2);
  CHECK(make_snippet("", "en", marks).html.empty());
  CHECK(make_snippet(std::string(500, 'x'), "en", marks, 60).html == std::string(60, 'x') + " …");
}

}  // namespace tidings
