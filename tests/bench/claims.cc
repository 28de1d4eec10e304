// SPDX-License-Identifier: GPL-3.0-or-later
// bench-claims: how many works a second are claimed over HTTP, each durable before it is answered, by one client and by
// many; beside a plain loop of UPDATE … RETURNING on a copy of the same ledger, one durable transaction each. Rounds of
// the three take turns; medians are printed.
#include <fmt/format.h>
#include <sqlite3.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <fstream>
#include <thread>

#include "indexer/base/secrets.h"
#include "tests/bench/served.h"

namespace {

using namespace tidings;

// Claims `count` works with so many clients; claims a second.
double claim(const Server& server, const std::string& token, int clients, int count) {
  std::atomic<int> left = count;
  std::vector<std::thread> threads;
  const auto begin = Steady::now();
  for (int i = 0; i < clients; ++i)
    threads.emplace_back([&] {
      httplib::Client client = server.client(token);
      while (left-- > 0) {
        const auto response = client.Post("/api/v1/queues/triage/claim", "{}", "application/json");
        if (!response || response->status != 200) fail("a claim was answered otherwise than by work");
      }
    });
  for (std::thread& thread : threads) thread.join();
  return count / seconds_since(begin);
}

// The loop to compare with; claims a second.
double plain_loop(const std::filesystem::path& file, int count) {
  sqlite3* database = nullptr;
  if (sqlite3_open(file.c_str(), &database) != SQLITE_OK) fail("the copy does not open");
  for (const char* pragma : {"pragma journal_mode=wal", "pragma synchronous=full"})
    sqlite3_exec(database, pragma, nullptr, nullptr, nullptr);
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(
          database,
          "update work set state = 'claimed', holder = 'x', lease_until = 1, version = version + 1 where "
          "id = (select id from work where queue = 'triage' and state = 'waiting' order by standing desc, "
          "id limit 1) returning id",
          -1, &statement, nullptr) != SQLITE_OK)
    fail(sqlite3_errmsg(database));
  const auto begin = Steady::now();
  for (int i = 0; i < count; ++i) {
    if (sqlite3_step(statement) != SQLITE_ROW) fail("the copy has too few works");
    while (sqlite3_step(statement) == SQLITE_ROW) continue;
    sqlite3_reset(statement);
  }
  const double rate = count / seconds_since(begin);
  sqlite3_finalize(statement);
  sqlite3_close(database);
  return rate;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Claims a second, beside UPDATE … RETURNING", "bench-claims"};
  int clients = 16, rounds = 5, count = 1000;
  app.add_option("--clients", clients, "How many claim at once")->capture_default_str();
  app.add_option("--rounds", rounds, "Of which the medians are printed")->capture_default_str();
  app.add_option("--claims", count, "In each round, each way")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  const auto folder = std::filesystem::temp_directory_path() / ("tidings-claims-" + tidings::random_hex(8));
  const auto data = folder / "data";
  std::filesystem::create_directories(folder);
  const int works = rounds * 2 * count;
  {
    std::ofstream notes(folder / "notes.ndjson");
    for (int i = 0; i < works; ++i)
      notes << json({{"client", fmt::format("Client {}", i % 500)},
                     {"body", fmt::format("Pump {} leaks at the seal", i)}})
            << "\n";
  }
  const std::string indexer = fmt::format("{}/tidings-indexer --data {} --log off ", TIDINGS_BIN, data.string());
  output_of(indexer + "import --create-clients " + (folder / "notes.ndjson").string() + " 2>/dev/null");
  {
    Server server(data);
    const std::string token = output_of(indexer + "user token admin");
    httplib::Client client = server.client(token);
    for (bool ready = false; !ready;) {
      const auto response = client.Get("/readyz");
      ready = response && response->status == 200 && json::parse(response->body)["unrouted"] == 0;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    const std::string copy = (folder / "copy.db").string();
    sqlite3* database = nullptr;
    sqlite3_open((data / "ledger.db").c_str(), &database);
    if (sqlite3_exec(database, fmt::format("vacuum into '{}'", copy).c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
      fail(sqlite3_errmsg(database));
    sqlite3_close(database);
    std::vector<double> plain, one, many;
    for (int i = 0; i < rounds; ++i) {
      plain.push_back(plain_loop(copy, count));
      one.push_back(claim(server, token, 1, count));
      many.push_back(claim(server, token, clients, count));
    }
    std::cout << fmt::format(
        "{} works, medians of {} rounds of {}\nplain loop of UPDATE … RETURNING  {:7.0f} claims/s\nHTTP, 1 client      "
        " "
        "             {:7.0f} claims/s  {:.2f} of it\nHTTP, {:2} clients                  {:7.0f} claims/s  {:.2f} of "
        "it\n",
        works, rounds, count, median(plain), median(one), median(one) / median(plain), clients, median(many),
        median(many) / median(plain));
  }
  std::filesystem::remove_all(folder);
}
