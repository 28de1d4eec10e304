// SPDX-License-Identifier: GPL-3.0-or-later
// bench-ranking SET...: nDCG@10 and recall@100 of the search on public sets in BEIR form (corpus.jsonl, queries.jsonl,
// qrels.tsv), through the library. The constants of indexer/index and server/search were chosen with it.
// --feedback: as if somebody had asked for more like the first relevant hit; that one is left out of the count on both
// sides. --literal: nothing is corrected.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>

#include "indexer/base/json.h"
#include "indexer/base/log.h"
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

// nDCG@10 of the hits for what is wanted; the one that is `known` is passed over.
double gain_of(const Hits& hits, const std::set<std::string>& wanted, const std::string& known) {
  double got = 0, best = 0;
  int place = 0;
  for (const json& hit : hits.hits) {
    if (hit["key"] == known) continue;
    if (place == 10) break;
    if (wanted.contains(hit["key"])) got += 1 / std::log2(place + 2.0);
    ++place;
  }
  for (std::size_t i = 0; i < std::min<std::size_t>(10, wanted.size()); ++i)
    best += 1 / std::log2(static_cast<double>(i) + 2);
  return got / best;
}

struct Options {
  bool feedback = false, literal = false;
};

void score(const std::filesystem::path& set, const Options& options) {
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
  double gain = 0, recall = 0, before = 0;
  int count = 0;
  for (const json& query : lines_of(set / "queries.jsonl")) {
    const auto judged = relevant.find(query["_id"]);
    if (judged == relevant.end()) continue;
    Question question;
    question.q = query["text"];
    question.limit = 100;
    question.literal = options.literal;
    question.budget = Millis(60'000);
    Hits hits = searcher.search(question);
    std::set<std::string> wanted = judged->second;
    if (options.feedback) {
      const auto first = std::find_if(hits.hits.begin(), hits.hits.end(),
                                      [&](const json& hit) { return wanted.contains(hit["key"]); });
      if (first == hits.hits.end() || wanted.size() < 2) continue;
      question.like = {(*first)["id"]};
      const std::string known = (*first)["key"];
      wanted.erase(known);
      before += gain_of(hits, wanted, known);
      hits = searcher.search(question);
      gain += gain_of(hits, wanted, known);
    } else {
      gain += gain_of(hits, wanted, "");
    }
    ++count;
    double found = 0;
    for (const json& hit : hits.hits) found += wanted.contains(hit["key"]);
    recall += found / static_cast<double>(wanted.size());
  }
  std::cout << fmt::format("{:20} queries {:5} nDCG@10 {:.4f} recall@100 {:.4f}{}\n", set.filename().string(), count,
                           gain / count, recall / count,
                           options.feedback ? fmt::format("  without feedback {:.4f}", before / count) : "")
            << std::flush;
  std::filesystem::remove_all(folder);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Ranking on public sets", "bench-ranking"};
  Options options;
  std::vector<std::string> sets;
  app.add_flag("--feedback", options.feedback, "More like the first relevant hit");
  app.add_flag("--literal", options.literal, "Correct nothing");
  app.add_option("SET", sets, "Folders")->required();
  CLI11_PARSE(app, argc, argv);
  try {
    start_log("warn");
    for (const std::string& set : sets) score(set, options);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "bench-ranking: " << error.what() << "\n";
  }
  return 2;
}
