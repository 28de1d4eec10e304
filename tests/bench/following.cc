// SPDX-License-Identifier: GPL-3.0-or-later
// bench-following DATA NOTES: how soon and how fast what is kept can be searched, in a base that is there already.
// Keeps notes in DATA: give it a copy.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <thread>

#include "indexer/base/log.h"
#include "indexer/index/follower.h"
#include "indexer/reading/importer.h"
#include "server/search/searcher.h"

namespace {

using namespace tidings;
using Steady = std::chrono::steady_clock;

double millis_since(Steady::time_point begun) {
  return std::chrono::duration<double, std::milli>(Steady::now() - begun).count();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"From kept to searchable", "bench-following"};
  std::string data, path;
  int singles = 300, hundreds = 50, a_second = 50;
  app.add_option("DATA", data, "A data folder with its index; a copy, as notes are kept in it")->required();
  app.add_option("NOTES", path, "Notes as NDJSON")->required();
  app.add_option("--singles", singles, "Notes kept one by one")->capture_default_str();
  app.add_option("--rate", a_second, "of them a second")->capture_default_str();
  app.add_option("--hundreds", hundreds, "Batches of a hundred")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    start_log("warn");
    const SystemClock clock;
    Ledger ledger("sqlite:" + data + "/ledger.db", clock);
    const Searcher searcher(std::filesystem::path(data) / "index");
    Follower follower(ledger, std::filesystem::path(data) / "index");
    Stop stop;
    std::thread following([&] { follower.run(stop); });
    searcher.warm();
    std::atomic<std::int64_t> searches{0};
    std::thread reading([&] {
      for (; !stop.wished(); ++searches) static_cast<void>(searcher.search({.q = "pump", .limit = 10}));
    });
    Importer importer(ledger, {true, false, true}, {"bench", Role::admin}, [](const ImportOutcome&) {});
    std::ifstream in(path);
    const std::string run = std::to_string(std::chrono::system_clock::now().time_since_epoch().count());
    int number = 0;
    // Each note has a word of its own, by which it is seen.
    const auto add = [&] {
      std::string line;
      if (!std::getline(in, line)) throw Refusal(Code::invalid, path + " has too few notes");
      json note = json::parse(line);
      note["key"] = "bench" + run + "-" + std::to_string(++number);
      note["body"] = note["body"].get<std::string>() + " bench" + run + "x" + std::to_string(number);
      note.erase("recorded_at");
      importer.add({number, note, {}});
    };
    const auto wait = [&] {
      Question question{.q = "bench" + run + "x" + std::to_string(number), .literal = true, .ids_only = true};
      while (searcher.search(question).hits.empty()) std::this_thread::sleep_for(std::chrono::microseconds(200));
    };
    std::vector<double> times;
    for (int i = 0; i < singles; ++i) {
      const auto due = Steady::now() + std::chrono::microseconds(1'000'000 / a_second);
      add();
      importer.flush();
      const auto kept = Steady::now();
      wait();
      times.push_back(millis_since(kept));
      std::this_thread::sleep_until(due);
    }
    std::sort(times.begin(), times.end());
    if (!times.empty())
      std::cout << fmt::format("one note, {} a second: searchable after p50 {:.1f} ms, p99 {:.1f} ms\n", a_second,
                               times[times.size() / 2], times[times.size() * 99 / 100]);
    const auto begun = Steady::now();
    for (int i = 0; i < hundreds; ++i) {
      for (int note = 0; note < 100; ++note) add();
      importer.flush();
    }
    wait();
    std::cout << fmt::format("{} batches of a hundred kept and searchable: {:.0f} notes/s; meanwhile {} searches\n",
                             hundreds, hundreds * 100 / (millis_since(begun) / 1000), searches.load());
    stop.wish();
    reading.join();
    following.join();
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "bench-following: " << error.what() << "\n";
    return 2;
  }
}
