// SPDX-License-Identifier: GPL-3.0-or-later
// bench-accounts: how fast attention, the map of people, the outlook and the visit card come over HTTP from a large
// base, beside a plain record of the same server. The base is written straight into the ledger's tables.
#include <fmt/format.h>
#include <sqlite3.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <random>
#include <thread>

#include "indexer/base/clock.h"
#include "indexer/base/secrets.h"
#include "tests/bench/served.h"

namespace {

using namespace tidings;

constexpr std::int64_t kDay = 86'400'000;

class Writer {
 public:
  explicit Writer(const std::filesystem::path& file) {
    if (sqlite3_open(file.c_str(), &database_) != SQLITE_OK) fail("the ledger does not open");
    run("pragma synchronous=off");
    run("begin");
  }
  ~Writer() {
    for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
    run("commit");
    sqlite3_close(database_);
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  template <class... Values>
  void insert(const char* sql, const Values&... values) {
    sqlite3_stmt*& statement = statements_[sql];
    if (!statement && sqlite3_prepare_v2(database_, sql, -1, &statement, nullptr) != SQLITE_OK)
      fail(sqlite3_errmsg(database_));
    int place = 0;
    (bind(statement, ++place, values), ...);
    if (sqlite3_step(statement) != SQLITE_DONE) fail(sqlite3_errmsg(database_));
    sqlite3_reset(statement);
  }

 private:
  void run(const char* sql) {
    if (sqlite3_exec(database_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail(sqlite3_errmsg(database_));
  }
  static void bind(sqlite3_stmt* to, int place, const std::string& text) {
    sqlite3_bind_text(to, place, text.c_str(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
  }
  static void bind(sqlite3_stmt* to, int place, std::int64_t number) { sqlite3_bind_int64(to, place, number); }
  static void bind(sqlite3_stmt* to, int place, double number) { sqlite3_bind_double(to, place, number); }

  sqlite3* database_ = nullptr;
  std::map<std::string, sqlite3_stmt*> statements_;
};

std::string day_text(std::int64_t days) { return to_string_day(Day(std::chrono::days(days))); }

// Notes of 30 words out of 20,000, their frequency as Zipf's law has it.
class Words {
 public:
  explicit Words(std::mt19937& random) : random_(random) {
    std::vector<double> weights;
    for (int i = 1; i <= 20'000; ++i) weights.push_back(1.0 / i);
    rank_ = std::discrete_distribution<int>(weights.begin(), weights.end());
  }
  std::string text() {
    std::string text;
    for (int i = 0; i < 30; ++i) {
      int rank = rank_(random_);
      std::string word = "w";
      for (; rank > 0; rank /= 20) word += "bcdfghjklmnpqrstvwxz"[rank % 20], word += "aeiou"[rank % 5];
      text += (i ? " " : "") + word;
    }
    return text;
  }

 private:
  std::mt19937& random_;
  std::discrete_distribution<int> rank_;
};

void fill(const std::filesystem::path& file, std::int64_t clients, std::int64_t contacts, std::int64_t insights) {
  Writer write(file);
  std::mt19937 random(1);
  Words words(random);
  const std::int64_t now =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count();
  const std::int64_t today = now / kDay;
  for (std::int64_t id = 1; id <= clients; ++id)
    write.insert(
        "insert into client (id, version, name, name_key, industry, region, revenue, owner, pinned, created_at) values "
        "(?, 1, ?, ?, ?, '', ?, ?, 0, ?)",
        id, fmt::format("Client {}", id), fmt::format("client {}", id), fmt::format("Industry {}", id % 25),
        1e6 / static_cast<double>(id), fmt::format("rep{}", id % 50), now - 1500 * kDay);
  for (std::int64_t id = 1; id <= contacts; ++id) {
    const std::string name = fmt::format("Person {}", id);
    write.insert(
        "insert into contact (id, version, client, name, name_key, role, email, phone, reports_to, influence, note, "
        "created_at) values (?, 1, ?, ?, lower(?), 'Engineer', '', '', null, 'uses', '', ?)",
        id, 1 + id % clients, name, name, now - 1500 * kDay);
  }
  for (std::int64_t id = 1; id <= insights; ++id) {
    const std::int64_t client = 1 + static_cast<std::int64_t>(random()) % clients;
    const bool change = id % 4 == 0;
    const std::int64_t said = today - static_cast<std::int64_t>(random() % 1400),
                       from = said + static_cast<std::int64_t>(random() % 700);
    const std::string key = fmt::format("k{}", id), author = fmt::format("rep{}", random() % 50), body = words.text();
    constexpr const char* kInsight =
        "insert into insight (id, version, key, digest, client, author, recorded_at, kept_at, kind, title, body, "
        "industry, tags, foreseen_from, foreseen_to, likelihood, outcome) values (?, 1, ?, '', ?, ?, ?, ?, ?, '', ?, "
        "'', "
        "'[]', nullif(?, ''), nullif(?, ''), null, nullif(?, ''))";
    write.insert(kInsight, id, key, client, author, said * kDay, now, std::string(change ? "change" : "problem"), body,
                 change ? day_text(from) : "", change ? day_text(from + 90) : "", std::string(change ? "unknown" : ""));
    const std::int64_t contact = (client - 1 + clients * static_cast<std::int64_t>(random() % 10)) % contacts;
    if (contact > 0)
      write.insert("insert into insight_contact (insight, contact, place) values (?, ?, 0)", id, contact);
    if (id % 10 == 0)
      write.insert(
          "insert into work (version, insight, queue, state, priority, standing, route, holder, reason, created_at, "
          "queued_at, changed_at, weighed_at) values (1, ?, 'triage', ?, 0, 0, '{\"queue\": \"triage\", \"by\": "
          "\"triage\"}', '', '', ?, ?, ?, ?)",
          id, std::string(id % 100 == 0 ? "answered" : "told"), said * kDay, said * kDay, said * kDay, now);
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Attention, map, outlook and visit card over HTTP", "bench-accounts"};
  std::int64_t clients = 5000, contacts = 50'000, insights = 1'000'000;
  int requests = 200;
  app.add_option("--clients", clients)->capture_default_str();
  app.add_option("--contacts", contacts)->capture_default_str();
  app.add_option("--insights", insights)->capture_default_str();
  app.add_option("--requests", requests, "Of each kind")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  const auto folder = std::filesystem::temp_directory_path() / ("tidings-accounts-" + random_hex(8));
  std::filesystem::create_directories(folder);
  const std::string indexer = fmt::format("{}/tidings-indexer --data {} --log off ", TIDINGS_BIN, folder.string());
  output_of(indexer + "user add bench --role admin");
  const std::string token = output_of(indexer + "user token bench");
  fill(folder / "ledger.db", clients, contacts, insights);
  {
    const Server server(folder, "--without-follower");
    httplib::Client client = server.client(token);
    client.set_read_timeout(600);
    const auto get = [&](const std::string& path) {
      const auto begin = Steady::now();
      const auto response = client.Get(path);
      if (!response || response->status != 200) fail(path + " was not answered");
      return seconds_since(begin) * 1000;
    };
    const double first = get("/api/v1/attention") + get("/api/v1/outlook");
    std::cout << fmt::format("{} clients, {} contacts, {} insights; read into memory within {:.1f} s\n", clients,
                             contacts, insights, first / 1000);
    std::mt19937 random(2);
    const auto any = [&](std::int64_t most) { return std::to_string(1 + static_cast<std::int64_t>(random()) % most); };
    const std::vector<std::pair<const char*, std::function<std::string()>>> kinds = {
        {"a client's record", [&] { return "/api/v1/clients/" + any(clients); }},
        {"attention", [&] { return std::string("/api/v1/attention"); }},
        {"attention of a rep", [&] { return "/api/v1/attention?owner=rep" + any(49); }},
        {"key clients", [&] { return std::string("/api/v1/key-clients"); }},
        {"map", [&] { return "/api/v1/clients/" + any(clients) + "/map"; }},
        {"what if they leave", [&] { return "/api/v1/contacts/" + any(contacts) + "/what-if-they-leave"; }},
        {"outlook", [&] { return std::string("/api/v1/outlook"); }},
        {"outlook of an industry", [&] { return "/api/v1/outlook?industry=Industry%20" + any(24); }},
        {"visit card", [&] { return "/api/v1/clients/" + any(clients) + "/visit-card"; }}};
    double plain = 0;
    for (const auto& [name, path] : kinds) {
      std::vector<double> times;
      for (int i = 0; i < requests; ++i) times.push_back(get(path()));
      std::sort(times.begin(), times.end());
      const double p50 = times[times.size() / 2], p99 = times[times.size() * 99 / 100];
      if (plain == 0) plain = p50;
      std::cout << fmt::format("{:24} p50 {:7.1f} ms  p99 {:7.1f} ms  {:6.0f} × a record\n", name, p50, p99,
                               p50 / plain);
    }
  }
  std::filesystem::remove_all(folder);
}
