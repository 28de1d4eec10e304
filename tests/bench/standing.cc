// SPDX-License-Identifier: GPL-3.0-or-later
// bench-standing NOTES: how long it takes to find, among many standing queries, those that a note matches. The queries
// are two or three words of one note, or a word and a kind, as people save them.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <random>

#include "indexer/index/analyser.h"
#include "indexer/model/insight.h"
#include "server/search/standing.h"

int main(int argc, char** argv) {
  using namespace tidings;
  using Steady = std::chrono::steady_clock;
  CLI::App app{"Standing queries against new notes", "bench-standing"};
  std::string path;
  std::size_t count = 100'000, matched = 2'000;
  app.add_option("NOTES", path, "Notes as NDJSON")->required();
  app.add_option("--queries", count, "How many stand")->capture_default_str();
  app.add_option("--notes", matched, "How many are matched")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  std::ifstream in(path);
  std::vector<WholeInsight> notes;
  for (std::string line; notes.size() < 10'000 + matched && std::getline(in, line);) {
    const Draft draft = to_draft(json::parse(line));
    WholeInsight whole;
    whole.insight = draft.insight;
    whole.insight.id = static_cast<InsightId>(notes.size() + 1);
    whole.client.name = draft.client;
    notes.push_back(std::move(whole));
  }
  if (notes.size() <= matched) {
    std::cerr << "bench-standing: " << path << " has too few notes\n";
    return 2;
  }
  std::mt19937 random(1);
  std::vector<std::string> queries;
  while (queries.size() < count) {
    const WholeInsight& note = notes[random() % (notes.size() - matched)];
    const std::vector<Token> tokens = tokenise(note.insight.body);
    if (tokens.size() < 10) continue;
    const auto word = [&] { return tokens[random() % tokens.size()].word; };
    const std::size_t at = random() % (tokens.size() - 1);
    switch (random() % 4) {
      case 0: queries.push_back(word() + " AND " + word() + " AND " + word()); break;
      case 1: queries.push_back("\"" + tokens[at].word + " " + tokens[at + 1].word + "\""); break;
      case 2: queries.push_back("+" + word() + " +" + word() + " kind:problem"); break;
      default: queries.push_back(word() + " AND " + word());
    }
  }
  const auto begun = Steady::now();
  const StandingQueries standing(queries, Vocabulary());
  const double filed = std::chrono::duration<double>(Steady::now() - begun).count();
  std::vector<double> times;
  std::size_t found = 0;
  for (std::size_t i = notes.size() - matched; i < notes.size(); ++i) {
    const auto start = Steady::now();
    found += standing.match(NoteView(notes[i])).size();
    times.push_back(std::chrono::duration<double, std::milli>(Steady::now() - start).count());
  }
  std::sort(times.begin(), times.end());
  std::cout << fmt::format("{} queries filed in {:.2f} s; a note: p50 {:.3f} ms, p99 {:.3f} ms, {:.1f} matches\n",
                           count, filed, times[times.size() / 2], times[times.size() * 99 / 100],
                           static_cast<double>(found) / static_cast<double>(times.size()));
}
