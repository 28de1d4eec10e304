// SPDX-License-Identifier: GPL-3.0-or-later
// Ledgers that earlier programs left, at every version there was, are brought to this one's; the copy that is made
// before holds what there was.
#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>

#include "indexer/ledger/feed.h"
#include "tests/support/support.h"

namespace tidings {
namespace {

class Database {
 public:
  explicit Database(const std::filesystem::path& path) { REQUIRE(sqlite3_open(path.c_str(), &database_) == SQLITE_OK); }
  ~Database() { sqlite3_close(database_); }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  void run(const std::string& sql) {
    char* error = nullptr;
    const int result = sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, &error);
    REQUIRE_MESSAGE(result == SQLITE_OK, sql.substr(0, 200), ": ", error ? error : "");
  }
  std::string read(const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    REQUIRE(sqlite3_prepare_v2(database_, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK);
    std::string text;
    if (sqlite3_step(statement) == SQLITE_ROW) text = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    return text;
  }

 private:
  sqlite3* database_ = nullptr;
};

std::vector<std::filesystem::path> migrations() {
  std::vector<std::filesystem::path> all;
  for (const auto& entry : std::filesystem::directory_iterator(TIDINGS_SOURCE_DIR "/schemas/ledger"))
    all.push_back(entry.path());
  std::sort(all.begin(), all.end());
  return all;
}

// A ledger as the program of that version left it, with somebody signed in, a client, a note and its answered work.
void leave_ledger(const std::filesystem::path& path, std::size_t version) {
  Database database(path);
  database.run(
      "pragma synchronous = off;"  // hundreds of changes, none of which is worth a wait for the disk
      "create table ledger_version (id integer primary key check (id = 1), version integer not null);"
      "insert into ledger_version (id, version) values (1, " +
      std::to_string(version) + ")");
  const auto all = migrations();
  for (std::size_t i = 0; i < version; ++i) {
    std::string sql = read_file(all[i]);
    for (std::size_t at; (at = sql.find("{id}")) != std::string::npos;)
      sql.replace(at, 4, "integer primary key autoincrement");
    database.run(sql);
    if (i > 0) continue;  // the rest is as the first version kept it, and as later ones found it
    database.run(
        "insert into client (version, name, name_key, industry, region, owner, pinned, created_at)"
        " values (1, 'Acme', 'acme', 'food', '', 'anna', 0, 1);"
        "insert into contact (version, client, name, name_key, role, email, phone, influence, note, created_at)"
        " values (1, 1, 'Eva', 'eva', '', '', '', 'unknown', '', 1);"
        "insert into insight (version, key, digest, client, author, recorded_at, kept_at, kind, title, body, industry,"
        " tags) values (1, 'k1', 'x', 1, 'anna', 1, 1, 'problem', '', 'The pump leaks', '', '[]');"
        "insert into insight_contact values (1, 1, 0);"
        "insert into work (version, insight, queue, state, priority, standing, route, holder, reason, created_at,"
        " changed_at) values (1, 1, 'triage', 'answered', 1, 1,"
        " '{\"queue\":\"triage\",\"by\":\"import\",\"reasons\":[],\"confidence\":0}', '', '', 1, 1);"
        "insert into answer (work, insight, body, by_name, at) values (1, 1, 'Change the seal', 'hans', 1);"
        "insert into users values ('anna', 1, 'rep', 'Anna', 1, '', 1);"
        "insert into session values ('digest', 'anna', 1, 4000000000000);");
  }
}

}  // namespace

TEST_CASE("a ledger of every earlier version is brought to this one's, after a copy") {
  const std::size_t latest = migrations().size();
  for (std::size_t version = 1; version < latest; ++version) {
    CAPTURE(version);
    const TempFolder folder;
    const HandClock clock;
    const auto path = folder.path() / "ledger.db";
    leave_ledger(path, version);
    {
      Ledger ledger("sqlite:" + path.string(), clock);
      const WholeInsight whole = ledger.read([](Session& session) { return Insights(session).whole(1); });
      CHECK(whole.insight.body == "The pump leaks");
      CHECK(whole.insight.contacts.size() == 1);
      CHECK_FALSE(whole.insight.confidential);
      CHECK(whole.client.team.empty());
      CHECK(whole.work->state == WorkState::answered);
      CHECK(whole.answers.front().body == "Change the seal");
      CHECK(whole.answers.front().review_on);
      CHECK(ledger.read([](Session& session) { return People(session).find("anna").full_name; }) == "Anna");
      // It is worked on: the rep, who is limited, reads and writes.
      CHECK(ledger.read_as(kRep, [](Session& session) { return Insights(session).count(); }) == 1);
      Draft draft;
      draft.client = "Acme";
      draft.insight.body = "And again";
      CHECK(ledger.write([&](Session& session) { return Insights(session).keep(draft, {}, kRep).id; }) == 2);
      CHECK(ledger.read([](Session& session) { return Feed(session).fault(); }) == std::nullopt);
    }
    CHECK(Database(path).read("pragma integrity_check") == "ok");
    CHECK(Database(path).read("pragma foreign_key_check").empty());
    Database copy(folder.path() / fmt::format("ledger.db.before-{:04}", version + 1));
    CHECK(copy.read("select body from insight") == "The pump leaks");
    CHECK(copy.read("select version from ledger_version") == std::to_string(version));
  }
}

}  // namespace tidings
