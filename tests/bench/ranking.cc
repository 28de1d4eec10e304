// SPDX-License-Identifier: GPL-3.0-or-later
// bench-ranking SET...: nDCG@10 and recall@100 of the search on public sets in BEIR form (corpus.jsonl, queries.jsonl,
// qrels.tsv), through the library. The constants of indexer/index/fields.h and insight_document.cc were chosen with it.
#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>

#include "indexer/base/json.h"
#include "indexer/index/follower.h"
#include "indexer/reading/importer.h"
#include "server/search/searcher.h"

namespace {

using namespace tidings;

std::vector<json> lines_of(const std::filesystem::path& path) {
  std::ifstream in(path);
  if (!in) throw Refusal(Code::not_found, path.string() + " cannot be opened");
  std::vector<json> all;
  for (std::string line; std::getline(in, line);) all.push_back(json::parse(line));
  return all;
}

void score(const std::filesystem::path& set) {
  const auto folder = std::filesystem::temp_directory_path() / fmt::format("tidings-ranking-{}", getpid());
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  {
    const SystemClock clock;
    Ledger ledger("sqlite:" + (folder / "ledger.db").string(), clock);
    Importer importer(ledger, {true, false, true}, {"bench", Role::admin}, [](const ImportOutcome& outcome) {
      if (outcome.status == ImportStatus::refused) throw Refusal(Code::invalid, outcome.errors.front().detail);
    });
    for (const json& document : lines_of(set / "corpus.jsonl")) {
      const std::string title = document.value("title", ""), text = document.value("text", "");
      if (title.empty() && text.empty()) continue;
      importer.add(
          {0,
           {{"key", document["_id"]}, {"client", "Reader"}, {"title", title}, {"body", text.empty() ? title : text}},
           {}});
    }
    importer.flush();
    Follower(ledger, folder / "index").catch_up(Stop{});
  }
  std::map<std::string, std::set<std::string>> relevant;
  std::ifstream judgements(set / "qrels.tsv");
  for (std::string query, document, grade; judgements >> query >> document >> grade;)
    if (std::atoi(grade.c_str()) > 0) relevant[query].insert(document);

  const Searcher searcher(folder / "index");
  double gain = 0, recall = 0;
  for (const json& query : lines_of(set / "queries.jsonl")) {
    const auto judged = relevant.find(query["_id"]);
    if (judged == relevant.end()) continue;
    Question question;
    question.q = query["text"];
    question.limit = 100;
    const Hits hits = searcher.search(question);
    double got = 0, best = 0, found = 0;
    for (std::size_t i = 0; i < hits.hits.size(); ++i) {
      if (!judged->second.contains(hits.hits[i]["key"])) continue;
      found += 1;
      if (i < 10) got += 1 / std::log2(static_cast<double>(i) + 2);
    }
    for (std::size_t i = 0; i < std::min<std::size_t>(10, judged->second.size()); ++i)
      best += 1 / std::log2(static_cast<double>(i) + 2);
    gain += got / best;
    recall += found / static_cast<double>(judged->second.size());
  }
  const auto count = static_cast<double>(relevant.size());
  std::cout << fmt::format("{:20} queries {:5} nDCG@10 {:.4f} recall@100 {:.4f}\n", set.filename().string(),
                           relevant.size(), gain / count, recall / count)
            << std::flush;
  std::filesystem::remove_all(folder);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    for (int i = 1; i < argc; ++i) score(argv[i]);
    if (argc > 1) return 0;
    std::cerr << "usage: bench-ranking SET...\n";
  } catch (const std::exception& error) {
    std::cerr << "bench-ranking: " << error.what() << "\n";
  }
  return 2;
}
