// SPDX-License-Identifier: GPL-3.0-or-later
// Finding it, in words a technician would recognise, over the demonstration base.
#include "indexer/base/text.h"
#include "server/desk/search_desk.h"
#include "server/search/lexicon.h"
#include "tests/support/support.h"

namespace tidings {
namespace {

// The demonstration, with its vocabulary.
struct Demonstration : House {
  Demonstration() {
    for (const char* file : {"1-desk", "2-accounts", "3-notes"})
      import(read_file(std::string(TIDINGS_SOURCE_DIR "/indexer/sample/") + file + ".ndjson"));
    begin_vocabulary(ledger);
    searcher.use(std::make_shared<Vocabulary>(ledger.read([](Session& session) { return Synonyms(session).list(); })));
    index();
  }
  Hits ask(Question question) const {
    question.budget = Millis(60'000);
    return searcher.search(question);
  }
  Hits literal(const std::string& q) const { return ask({.q = q, .literal = true}); }
};

const Demonstration& demonstration() {
  static const Demonstration base;
  return base;
}

std::vector<std::string> texts(const std::vector<Suggestion>& suggestions, const std::string& kind) {
  std::vector<std::string> all;
  for (const Suggestion& each : suggestions)
    if (each.kind == kind) all.push_back(each.text);
  return all;
}

bool has(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

const Correction& only_correction(const Hits& hits) {
  REQUIRE(hits.corrections.size() == 1);
  return hits.corrections.front();
}

// How many hits are the same in both, of the first ten.
std::size_t shared_hits(const Hits& a, const Hits& b) {
  std::size_t count = 0;
  for (const json& one : a.hits)
    for (const json& other : b.hits) count += one["id"] == other["id"];
  return count;
}

}  // namespace

TEST_CASE("slips of the finger are corrected in both languages, in phrases, and together with filters") {
  const auto& base = demonstration();
  for (const auto& [typed, meant] : std::vector<std::pair<std::string, std::string>>{{"impelller", "impeller"},
                                                                                     {"presure", "pressure"},
                                                                                     {"conveoyr", "conveyor"},
                                                                                     {"подшиник", "подшипник"},
                                                                                     {"чсатотникк", "частотник"},
                                                                                     {"двигаетль", "двигатель"}}) {
    const Hits hits = base.ask({.q = typed});
    CHECK_MESSAGE(!hits.hits.empty(), typed);
    CHECK(only_correction(hits).by == "spelling");
    CHECK(only_correction(hits).meant == meant);
    CHECK(shared_hits(hits, base.ask({.q = meant})) == hits.hits.size());
    CHECK(base.literal(typed).hits.empty());
    CHECK(base.literal(typed).corrections.empty());
  }
  const Hits narrowed = base.ask({.q = "presure", .kinds = {"problem"}});
  CHECK(!narrowed.hits.empty());
  for (const json& hit : narrowed.hits) CHECK(hit["kind"] == "problem");
  CHECK(base.ask({.q = "\"mechancal seal\""}).total.value == base.ask({.q = "\"mechanical seal\""}).total.value);
}

TEST_CASE("what the base knows, short words and numbers are left as they were typed") {
  const auto& base = demonstration();
  for (const char* typed : {"pump", "насосы", "MS-50", "12399", "xqz", "F-08"})
    CHECK_MESSAGE(base.ask({.q = typed}).corrections.empty(), typed);
}

TEST_CASE("a word that finds almost nothing is searched beside the one that was likelier meant") {
  House house;
  std::string notes = R"({"key":"slip","client":"A","body":"The compresor trips at night."})"
                      "\n";
  for (int i = 0; i < 60; ++i)
    notes += R"({"client":"A","body":"Compressor runs hot, the nozzle of line )" + std::to_string(i) +
             R"( is worn."})"
             "\n";
  house.import(notes);
  house.index();
  const Hits hits = house.search("compresor");
  CHECK(hits.hits.at(0)["key"] == "slip");
  CHECK(hits.hits.size() == 61);
  CHECK(only_correction(hits).meant == "compressor");
  CHECK_FALSE(only_correction(hits).instead);
  CHECK(house.search("\"compresor runs\"").hits.size() == 60);
  CHECK(house.search("+compresor +nozzle").hits.size() == 60);
  CHECK(house.searcher.search({.q = "compresor", .literal = true}).hits.size() == 1);
  CHECK(house.search("trips").corrections.empty());
}

TEST_CASE("the wrong keyboard layout and the other alphabet are understood") {
  const auto& base = demonstration();
  CHECK(only_correction(base.ask({.q = "yfcjc"})).meant == "насос");
  CHECK(only_correction(base.ask({.q = "yfcjc"})).by == "layout");
  CHECK(only_correction(base.ask({.q = "gjlibgybr"})).meant == "подшипник");
  CHECK(only_correction(base.ask({.q = "згьз"})).meant == "pump");
  CHECK(only_correction(base.ask({.q = "nasos"})).meant == "насос");
  CHECK(only_correction(base.ask({.q = "nasos"})).by == "transliteration");
  CHECK(only_correction(base.ask({.q = "podshipnik"})).meant == "подшипник");
  CHECK(base.ask({.q = "yfcjc"}).total.value == base.ask({.q = "насос"}).total.value);
  CHECK(other_layout("ghbdtn") == "привет");
  CHECK(other_layout("привет") == "ghbdtn");
  CHECK(other_alphabet("shchit") == "щит");
}

TEST_CASE("part numbers are found however they are written") {
  House house;
  house.import(R"({"key":"joined","client":"A","body":"Replaced PN1240B yesterday."}
{"key":"dashed","client":"A","body":"Ordered PN-1250/C for the night shift."}
{"key":"spaced","client":"A","body":"The plate says PN 1260 D and nothing else."}
)");
  house.index();
  for (const char* typed : {"PN1240B", "pn-1240-b", "PN 1240 B", "PN 1240B", "part-no 12/40-B"})
    CHECK_MESSAGE(house.search(typed).hits.at(0)["key"] == "joined", typed);
  for (const char* typed : {"PN1250C", "PN-1250/C", "pn 1250 c", "1250"})
    CHECK_MESSAGE(house.search(typed).hits.at(0)["key"] == "dashed", typed);
  for (const char* typed : {"PN1260D", "PN-1260-D", "pn1260 d"})
    CHECK_MESSAGE(house.search(typed).hits.at(0)["key"] == "spaced", typed);
}

TEST_CASE("е and ё are one letter") {
  House house;
  house.import(R"({"key":"yo","client":"A","body":"Осмотрен жёлоб, утечёт через неделю."})");
  house.index();
  CHECK(house.search("желоб").hits.size() == 1);
  CHECK(house.search("жёлоб").hits.size() == 1);
  CHECK(house.search("ЖЁЛОБ").hits.size() == 1);
}

TEST_CASE("a Russian query finds English notes on the same thing, and says by which word") {
  const auto& base = demonstration();
  const Hits hits = base.ask({.q = "давление", .languages = {"en"}, .limit = 50});
  REQUIRE(!hits.hits.empty());
  for (const json& hit : hits.hits) {
    const json& matched = hit["matched"].at(0);
    CHECK(matched["typed"] == "давление");
    CHECK(matched["synonym"] == true);
    CHECK(fold(matched["word"].get<std::string>()).starts_with("pressure"));
  }
  CHECK(!base.ask({.q = "рабочее колесо", .languages = {"en"}}).hits.empty());
  CHECK(!base.ask({.q = "mechanical seal", .languages = {"ru"}}).hits.empty());
  // With a slip on top.
  CHECK(!base.ask({.q = "давлнеие", .languages = {"en"}}).hits.empty());
  // The word itself weighs more than what also means it.
  CHECK(base.ask({.q = "давление"}).hits.at(0)["language"] == "ru");
}

TEST_CASE("synonyms: one way and both ways, of one word and several, with stems") {
  House house;
  house.import(R"({"key":"vfd","client":"A","body":"The VFD trips at start."}
{"key":"converter","client":"A","body":"Frequency converters hum."}
{"key":"unit","client":"A","body":"A converter for the frequency of visits."}
{"key":"press","client":"A","body":"The compressors hum."}
)");
  house.index();
  house.searcher.use(std::make_shared<Vocabulary>(
      std::vector<Synonym>{{1, 1, {"VFD"}, {"frequency converter"}}, {2, 1, {}, {"compressor", "air maker"}}}));
  CHECK(house.keys("vfd") == Keys{"converter", "vfd"});
  CHECK(house.keys("\"frequency converter\"") == Keys{"converter"});
  CHECK(house.keys("air AND maker") == Keys{});
  CHECK(house.keys("\"air makers\"") == Keys{"press"});
  CHECK(house.keys("vfd AND hum") == Keys{"converter"});
  CHECK(house.keys("title:vfd") == Keys{});
}

TEST_CASE("what is being typed goes on as words, clients, contacts and part numbers") {
  const auto& base = demonstration();
  CHECK(has(texts(base.searcher.suggest("impe", 8, kEverything), "word"), "impeller"));
  CHECK(has(texts(base.searcher.suggest("pump impe", 8, kEverything), "word"), "pump impeller"));
  CHECK(has(texts(base.searcher.suggest("Heli", 8, kEverything), "client"), "Helios Chemicals"));
  CHECK(has(texts(base.searcher.suggest("chemicals", 8, kEverything), "client"), "Helios Chemicals"));
  CHECK(!texts(base.searcher.suggest("ми", 8, kEverything), "word").empty());
  CHECK(!texts(base.searcher.suggest("ms5", 8, kEverything), "word").empty());
  CHECK(base.searcher.suggest("", 8, kEverything).empty());
  CHECK(base.searcher.suggest("pump ", 8, kEverything).empty());
  // Results from the first letter on.
  CHECK(!base.ask({.q = "i", .typing = true}).hits.empty());
  CHECK(!base.ask({.q = "imp", .typing = true}).hits.empty());
  CHECK(base.ask({.q = "impel", .typing = true}).corrections.empty());
}

TEST_CASE("facets: any of one, all across, and the one being narrowed shows what else there is") {
  const auto& base = demonstration();
  const std::vector<std::string> all = {"kind", "industry", "client", "author", "language", "year", "quarter", "tag"};
  const Hits open = base.ask({.q = "", .facets = all});
  std::int64_t notes = 0;
  for (const json& row : open.facets["kind"]) notes += row["count"].get<std::int64_t>();
  CHECK(notes == 300);
  const Hits narrowed = base.ask({.q = "", .kinds = {"change", "people"}, .languages = {"ru"}, .facets = all});
  CHECK(narrowed.facets["kind"].size() == 4);  // as if no kind had been chosen
  CHECK(narrowed.facets["language"].size() == open.facets["language"].size());
  std::int64_t of_kinds = 0, of_author = 0;
  for (const json& row : narrowed.facets["kind"])
    if (row["value"] == "change" || row["value"] == "people") of_kinds += row["count"].get<std::int64_t>();
  for (const json& row : narrowed.facets["author"]) of_author += row["count"].get<std::int64_t>();
  CHECK(of_kinds == narrowed.total.value);
  CHECK(of_author == narrowed.total.value);
  const std::string quarter = open.facets["quarter"].at(0)["value"];
  CHECK(base.ask({.q = "", .quarters = {quarter}}).total.value == open.facets["quarter"].at(0)["count"]);
  const std::string year = open.facets["year"].at(0)["value"];
  CHECK(base.ask({.q = "", .years = {year}}).total.value == open.facets["year"].at(0)["count"]);
  std::int64_t in_months = 0;
  const Hits histogram = base.ask({.q = "", .histogram = "month"});
  for (const json& row : histogram.histogram) in_months += row["count"].get<std::int64_t>();
  CHECK(in_months == 300);
  CHECK_REFUSED(base.ask({.q = "", .histogram = "hour"}), Code::invalid);
  CHECK_REFUSED(base.ask({.q = "", .years = {"soon"}}), Code::invalid);
}

TEST_CASE("a hit shows what matched, and explains its weight on demand") {
  const auto& base = demonstration();
  const Hits hits = base.ask({.q = "impeller pump", .explain = true});
  REQUIRE(!hits.hits.empty());
  double sum = 0;
  for (const json& part : hits.hits.at(0)["explanation"]) {
    sum += part["weight"].get<double>();
    CHECK(part["count"].get<int>() >= 1);
    CHECK(part["text"].get<std::string>().find("notes have it") != std::string::npos);
  }
  const double score = hits.hits.at(0)["score"];
  CHECK(score >= sum);
  CHECK(score <= sum * 1.02 + 0.001);  // a little for being answered and recent
}

TEST_CASE("rising words say what a set of results has in common") {
  const auto& base = demonstration();
  const json rising = base.ask({.q = "phosphorus фосфор", .limit = 50, .rising = true}).rising;
  CHECK(rising.size() > 3);
  for (const json& row : rising) CHECK(row["word"].get<std::string>().size() >= 3);
}

TEST_CASE("more like these finds more of them") {
  const auto& base = demonstration();
  const Hits first = base.ask({.q = "seal"});
  const InsightId id = first.hits.at(0)["id"];
  const Hits more = base.ask({.q = "seal", .like = {id}});
  CHECK(more.hits.at(0)["id"] == id);
  CHECK(base.ask({.q = "", .like = {id}}).hits.at(0)["id"] == id);
  CHECK(base.ask({.q = "seal", .like = {999'999}}).hints.size() == 1);
}

TEST_CASE("who finds nothing is shown what is nearest") {
  const auto& base = demonstration();
  const Hits strict = base.ask({.q = "\"impeller phosphorus\""});
  CHECK(strict.total.value == 0);
  CHECK(strict.nearest["dropped"] == "demands");
  CHECK(!strict.nearest["hits"].empty());
  const Hits filtered = base.ask({.q = "impeller", .authors = {"nobody"}});
  CHECK(filtered.nearest["dropped"] == "filters");
  CHECK(base.ask({.q = "zzzzqqq"}).nearest.is_null());
}

TEST_CASE("similar: the duplicate, the same at other clients, the known answer") {
  House house;
  const std::string body = "The mechanical seal of the condensate pump leaks after every warm start of the line.";
  const InsightId first = house.keep({{"client", "Acme"}, {"body", body}});
  const InsightId elsewhere =
      house.keep({{"client", "Volga"}, {"body", "Mechanical seal leaks after a warm start, condensate pump."}});
  const InsightId again = house.keep({{"client", "Acme"}, {"body", body + " Again."}});
  for (int i = 0; i < 30; ++i)
    house.keep({{"client", "Other"}, {"body", "Nothing to do with it, number " + std::to_string(i)}});
  house.route();
  const WorkId work = house.work_of(elsewhere).id;
  house.act(work, WorkAct::claim, kTech);
  house.act(work, WorkAct::answer, kTech, {{"body", "Warm the seal flush first."}});
  house.index();
  const json view = alike_view(house.searcher.similar(first, 5, kEverything));
  REQUIRE(view.size() >= 2);
  CHECK(view[0]["id"] == again);
  CHECK(view[0]["as"] == "duplicate");
  CHECK(view[0]["likeness"].get<double>() > 0.9);
  CHECK(view[1]["id"] == elsewhere);
  CHECK(view[1]["as"] == "known_answer");
  CHECK_REFUSED(house.searcher.similar(InsightId{12345}, 5, kEverything), Code::not_found);
}

TEST_CASE("a search that runs out of time gives the best so far and says so") {
  House house;
  std::string notes;
  for (int i = 0; i < 3000; ++i)
    notes +=
        json{{"key", "k" + std::to_string(i)}, {"client", "A"}, {"body", "pump " + std::to_string(i)}}.dump() + "\n";
  house.import(notes);
  house.index();
  const Hits hits = house.searcher.search({.q = "pump", .budget = Millis(0)});
  CHECK_FALSE(hits.in_time);
  CHECK(hits.hits.size() == 20);
  CHECK_FALSE(hits.total.exact);
  CHECK(house.searcher.search({.q = "pump", .budget = Millis(60'000)}).in_time);
}

TEST_CASE("an answer and a young age turn the order of equals, and bury no better match") {
  House house;
  house.import(R"({"key":"old","client":"A","recorded_at":"2020-01-01","body":"Seal leaks badly today."}
{"key":"new","client":"A","recorded_at":"2026-01-01","body":"Seal leaks badly today."}
{"key":"best","client":"A","recorded_at":"2015-01-01","title":"Seal leaks badly","body":"Seal leaks badly."}
{"key":"other","client":"A","recorded_at":"2026-01-01","body":"Nothing of that kind to say of anything here."}
)");
  house.index();
  std::vector<std::string> keys;
  for (const json& hit : house.search("seal leaks badly").hits) keys.push_back(hit["key"]);
  CHECK(keys == std::vector<std::string>{"best", "new", "old"});
}

TEST_CASE("the lexicon: corrections by Damerau's edits, one from 4 letters, two from 8, never in numbers") {
  Lexicon lexicon;
  lexicon.add({{"pump", 50},
               {"pumps", 20},
               {"bearing", 40},
               {"подшипник", 30},
               {"подшипники", 10},
               {"f07", 9},
               {"уплотнение", 12}});
  const auto meant = [&](const char* typed) {
    const auto found = lexicon.correct(typed);
    return found ? found->word : std::string();
  };
  CHECK(meant("pmup") == "pump");
  CHECK(meant("pum") == "");
  CHECK(meant("bearinng") == "bearing");
  CHECK(meant("beraing") == "bearing");
  CHECK(meant("barign") == "");  // two edits, six letters
  CHECK(meant("подшыпнк") == "подшипник");
  CHECK(meant("уплотниние") == "уплотнение");
  CHECK(meant("f08") == "");
  CHECK(lexicon.completions("p", 5).at(0).word == "pump");
  CHECK(lexicon.completions("подш", 5).size() == 2);
  CHECK(lexicon.completions("z", 5).empty());
  CHECK(lexicon.count("pump") == 50);
}

}  // namespace tidings
