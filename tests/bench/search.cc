// SPDX-License-Identifier: GPL-3.0-or-later
// bench-search DATA QUERIES: how long searches take, by class of query, through the library over the index in DATA.
// QUERIES has lines of class, language, client and words, between tabs.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <iostream>
#include <map>
#include <thread>

#include "indexer/base/log.h"
#include "indexer/base/refusal.h"
#include "server/search/searcher.h"

namespace {

using namespace tidings;
using Steady = std::chrono::steady_clock;

struct Query {
  std::string kind, client, words;
};

double millis_since(Steady::time_point begun) {
  return std::chrono::duration<double, std::milli>(Steady::now() - begun).count();
}

std::map<std::string, std::vector<Query>> read_queries(const std::string& path) {
  std::ifstream in(path);
  if (!in) throw Refusal(Code::not_found, path + " cannot be opened");
  std::map<std::string, std::vector<Query>> by_kind;
  for (std::string line; std::getline(in, line);) {
    std::vector<std::string> columns(1);
    for (char c : line)
      if (c == '\t')
        columns.emplace_back();
      else
        columns.back() += c;
    if (columns.size() != 4) continue;
    std::string kind = columns[0];
    if (kind == "prefix") {
      const auto letters =
          std::count_if(columns[3].begin(), columns[3].end(), [](char c) { return (c & 0xC0) != 0x80; });
      kind = letters < 3 ? "prefix, 1-2 letters" : "prefix, 3-5 letters";
    }
    by_kind[kind].push_back({kind, columns[2], columns[3]});
  }
  // A slip in one long word: two letters swapped.
  for (const Query& query : by_kind["three_and"]) {
    std::string word = query.words.substr(0, query.words.find(' '));
    const bool cyrillic = (word[0] & 0x80) != 0;
    const std::size_t letter = cyrillic ? 2 : 1;
    if (word.size() < 7 * letter) continue;
    for (std::size_t i = 0; i < letter; ++i) std::swap(word[2 * letter + i], word[3 * letter + i]);
    by_kind[cyrillic ? "slip, Russian" : "slip, English"].push_back({"slip", "", word});
  }
  return by_kind;
}

Question question_of(const Query& query) {
  Question question;
  question.q = query.words;
  question.limit = 10;
  question.budget = Millis(60'000);
  if (query.kind == "filter") question.clients = {query.client};
  if (query.kind == "newest") question.sort = Sort::newest;
  if (query.kind == "phrase") question.q = "\"" + query.words + "\"";
  if (query.kind.starts_with("prefix")) question.typing = true;
  if (query.kind == "three_and")
    for (std::size_t at = 0; (at = question.q.find(' ', at)) != std::string::npos; at += 5)
      question.q.replace(at, 1, " AND ");
  return question;
}

// Holds the files of a folder in memory, so that searches are measured and not the disk: some machines take back what
// was not read for a few seconds.
void pin(const std::filesystem::path& folder) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || entry.file_size() == 0) continue;
    const int file = ::open(entry.path().c_str(), O_RDONLY);
    void* bytes = ::mmap(nullptr, entry.file_size(), PROT_READ, MAP_SHARED, file, 0);
    if (bytes == MAP_FAILED || ::mlock(bytes, entry.file_size()) != 0)
      std::cerr << entry.path() << " cannot be held in memory; the disk is measured too\n";
    ::close(file);
  }
}

struct Times {
  std::vector<double> all;
  double at(double share) {
    if (all.empty()) return 0;
    std::sort(all.begin(), all.end());
    return all[std::min(all.size() - 1, static_cast<std::size_t>(share * static_cast<double>(all.size())))];
  }
};

Times measure(const Searcher& searcher, const std::vector<Query>& queries, double seconds,
              const std::function<void(Question&)>& change) {
  const auto run = [&](double until, Times* times) {
    const auto begun = Steady::now();
    for (std::size_t i = 0; i < queries.size() && millis_since(begun) < until * 1000; ++i) {
      Question question = question_of(queries[i]);
      change(question);
      const auto start = Steady::now();
      static_cast<void>(searcher.search(question));
      if (times) times->all.push_back(millis_since(start));
    }
  };
  run(seconds / 4, nullptr);
  Times times;
  run(seconds, &times);
  return times;
}

double mixed(const Searcher& searcher, const std::map<std::string, std::vector<Query>>& queries, double seconds,
             int threads) {
  std::vector<Query> all;
  for (std::size_t i = 0; i < 2000; ++i)
    for (const auto& [kind, some] : queries)
      if (i < some.size() && kind != "prefix, 1-2 letters") all.push_back(some[i]);
  std::atomic<std::size_t> next{0};
  std::atomic<std::int64_t> done{0};
  const auto begun = Steady::now();
  std::vector<std::thread> running;
  for (int i = 0; i < threads; ++i)
    running.emplace_back([&] {
      while (millis_since(begun) < seconds * 1000) {
        Question question = question_of(all[next++ % all.size()]);
        question.ids_only = true;
        static_cast<void>(searcher.search(question));
        ++done;
      }
    });
  for (std::thread& thread : running) thread.join();
  return static_cast<double>(done) / seconds;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Searches through the library, by class of query; milliseconds", "bench-search"};
  std::string data, queries;
  std::string only;
  double seconds = 4;
  app.add_option("DATA", data, "A data folder with its index")->required();
  app.add_option("QUERIES", queries, "class, language, client, words")->required();
  app.add_option("--seconds", seconds, "Of each class")->capture_default_str();
  app.add_option("--only", only, "One class");
  CLI11_PARSE(app, argc, argv);
  try {
    start_log("warn");
    pin(std::filesystem::path(data) / "index");
    const Searcher searcher(std::filesystem::path(data) / "index");
    const auto begun = Steady::now();
    searcher.warm();
    const double warming = millis_since(begun) / 1e3;
    Question all;
    all.exact_total = true;
    std::cout << fmt::format("notes {}  read into memory in {:.1f} s\n", searcher.search(all).total.value, warming);
    const auto by_kind = read_queries(queries);
    std::cout << fmt::format("{:22} {:>6} {:>17} {:>17} {:>17}\n", "class", "n", "ids p50 / p99", "page p50 / p99",
                             "facets p50 / p99");
    for (const auto& [kind, some] : by_kind) {
      if (!only.empty() && kind != only) continue;
      Times ids = measure(searcher, some, seconds, [](Question& q) { q.ids_only = true; });
      Times page = measure(searcher, some, seconds / 2, [](Question&) {});
      Times facets = measure(searcher, some, seconds / 2, [](Question& q) {
        q.ids_only = true;
        q.facets = {"kind", "industry", "client"};
      });
      std::cout << fmt::format("{:22} {:6} {:8.3f} {:8.3f} {:8.3f} {:8.3f} {:8.3f} {:8.3f}\n", kind, ids.all.size(),
                               ids.at(.5), ids.at(.99), page.at(.5), page.at(.99), facets.at(.5), facets.at(.99))
                << std::flush;
    }
    if (only.empty())
      for (int threads : {1, 2})
        std::cout << fmt::format("mixed stream, {} thread{}: {:.0f} searches/s\n", threads, threads > 1 ? "s" : "",
                                 mixed(searcher, by_kind, seconds * 2, threads));
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
      if (line.starts_with("VmHWM") || line.starts_with("RssAnon")) std::cout << line << "\n";
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "bench-search: " << error.what() << "\n";
    return 2;
  }
}
