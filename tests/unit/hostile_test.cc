// SPDX-License-Identifier: GPL-3.0-or-later
// Inputs that broke others.
#include "indexer/base/text.h"
#include "server/search/snippet.h"
#include "server/search/standing.h"
#include "tests/support/support.h"

namespace tidings {

TEST_CASE("JSONTestSuite: every n_ is refused, every y_ parses, no i_ crashes") {
  const auto folder = shared_data("hostile/jsontestsuite");
  if (!folder) return;
  int seen = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(*folder)) {
    const std::string name = entry.path().filename();
    if (entry.path().extension() != ".json") continue;
    bool parsed = true;
    try {
      parse_json(read_file(entry.path()));
    } catch (const Refusal& refusal) {
      parsed = false;
      CHECK(refusal.code() == Code::invalid);
    }
    // y_object_duplicated_key*: JSON allows it, we do not: what was meant cannot be known.
    if (name.starts_with("y_") && name.find("duplicated_key") == std::string::npos) CHECK_MESSAGE(parsed, name);
    if (name.starts_with("n_")) CHECK_MESSAGE(!parsed, name);
    ++seen;
  }
  CHECK(seen > 300);
}

TEST_CASE("each JSON case as an import line is kept or refused, and the next line read") {
  const auto folder = shared_data("hostile/jsontestsuite");
  if (!folder) return;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(*folder)) {
    if (entry.path().extension() != ".json") continue;
    std::vector<Record> records;
    const auto reader = make_reader({}, [&](Record record) { records.push_back(std::move(record)); });
    reader->feed(read_file(entry.path()) + "\n{\"last\":1}\n");
    reader->finish();
    // A file that begins as UTF-16 turns what follows into UTF-16 as well.
    const bool utf16 =
        read_file(entry.path()).starts_with("\xFE\xFF") || read_file(entry.path()).starts_with("\xFF\xFE");
    if (!utf16) CHECK_MESSAGE((!records.empty() && records.back().value == json{{"last", 1}}), entry.path().string());
  }
}

TEST_CASE("invalid UTF-8 is found in each line that has it") {
  const auto folder = shared_data("hostile/utf8tests");
  if (!folder) return;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(*folder)) {
    if (!entry.is_regular_file()) continue;
    std::vector<Record> records;
    const auto reader = make_reader({}, [&](Record record) { records.push_back(std::move(record)); });
    reader->feed(read_file(entry.path()));
    reader->finish();
    for (const Record& record : records) CHECK(record.refusal);
  }
}

TEST_CASE("CSV cases are read or refused, never lost in silence") {
  for (const char* set : {"hostile/csv_spectrum", "hostile/csv_test_data"}) {
    const auto folder = shared_data(set);
    if (!folder) return;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(*folder)) {
      if (entry.path().extension() != ".csv") continue;
      int records = 0;
      const auto reader = make_reader({Format::csv, {}, {}}, [&](Record) { ++records; });
      reader->feed(read_file(entry.path()));
      reader->finish();
      CHECK(records >= 0);
    }
  }
}

TEST_CASE("naughty strings as notes, queries, snippets, synonyms and standing queries") {
  const auto path = shared_data("hostile/blns");
  if (!path) return;
  std::filesystem::path list;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(*path))
    if (entry.path().filename() == "blns.json") list = entry.path();
  House house;
  std::string ndjson;
  const json strings = json::parse(read_file(list));
  for (const json& text : strings)
    ndjson += json{{"client", "Naughty"}, {"body", text}, {"title", cut(text.get<std::string>(), 400)}}.dump() + "\n";
  int kept = 0;
  for (const ImportOutcome& outcome : house.import(ndjson)) kept += outcome.status != ImportStatus::refused;
  CHECK(kept > 490);
  house.route();
  house.index();
  std::vector<std::string> queries;
  std::vector<Synonym> synonyms;
  for (const json& text : strings) {
    queries.push_back(text);
    synonyms.push_back({0, 1, {}, {text, "naughty"}});
  }
  house.searcher.use(std::make_shared<Vocabulary>(synonyms));
  const auto wholes = house.ledger.read([](Session& session) {
    std::vector<WholeInsight> read;
    for (InsightId id : Insights(session).ids(0, 1000)) read.push_back(Insights(session).whole(id));
    return read;
  });
  CHECK(match_queries(wholes, queries, Vocabulary(synonyms)).size() == wholes.size());
  for (const std::string& text : queries) {
    static_cast<void>(house.searcher.suggest(text, 8, kEverything));
    Question question{.q = text, .facets = {"kind", "tag"}, .typing = true, .explain = true, .rising = true};
    static_cast<void>(house.searcher.search(question));
    const Hits hits = house.search(text);
    for (const json& hit : hits.hits) {
      std::string html = hit["snippet"].get<std::string>() + hit["title_html"].get<std::string>();
      for (const char* mark : {"<mark>", "</mark>"})
        for (std::size_t at; (at = html.find(mark)) != std::string::npos;) html.erase(at, std::string(mark).size());
      CHECK(html.find('<') == std::string::npos);
      CHECK(html.find('>') == std::string::npos);
    }
  }
}

TEST_CASE("mails, given as text, are kept or refused") {
  const auto folder = shared_data("hostile/mail_mime4j");
  if (!folder) return;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(*folder)) {
    if (!entry.is_regular_file()) continue;
    int records = 0;
    const auto reader = make_reader({Format::text, {}, {}}, [&](Record) { ++records; });
    reader->feed(read_file(entry.path()));
    reader->finish();
    CHECK(records == 1);
  }
}

}  // namespace tidings
