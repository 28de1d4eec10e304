// SPDX-License-Identifier: GPL-3.0-or-later
// SQLite: write-ahead log, every commit on the disk before it is acknowledged, foreign keys checked.
#include <fmt/format.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <sqlite3.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "indexer/base/log.h"
#include "indexer/ledger/dialect.h"
#include "indexer/ledger/kept_statements.h"
#include "indexer/ledger/sql.h"

namespace tidings {
namespace {

constexpr int kBusySeconds = 5;
// Left free on the disk: for the log to be moved into the database, and the index to follow.
constexpr std::uintmax_t kSpare = 16 << 20;
constexpr std::uintmax_t kLogBound = 16 << 20;  // four times what SQLite moves into the database by itself

// While it lives, what another holds is not waited for.
class Unwaiting {
 public:
  explicit Unwaiting(soci::session& sql) : sql_(sql) { sql_ << "pragma busy_timeout=0"; }
  ~Unwaiting() {
    try {
      sql_ << fmt::format("pragma busy_timeout={}", 1000 * kBusySeconds);
    } catch (const soci::soci_error& fault) {
      spdlog::error("ledger event=impatient error={}", log_value(fault.what()));
    }
  }
  Unwaiting(const Unwaiting&) = delete;
  Unwaiting& operator=(const Unwaiting&) = delete;

 private:
  soci::session& sql_;
};

class Sqlite : public Dialect {
 public:
  explicit Sqlite(std::string path) : path_(std::move(path)) {
    if (path_.find_first_of("\"'=") != std::string::npos)
      throw Refusal(Code::invalid, "the ledger's path holds a quote or an equals sign; choose another folder");
  }

  std::unique_ptr<soci::session> connect() const override {
    // SQLite counts its memory under one lock for all connections, which is most of what threads would wait for.
    static const int uncounted = sqlite_api::sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    static_cast<void>(uncounted);
    return translated([&] {
      auto sql = std::make_unique<soci::session>(sqlite_that_keeps_statements(),
                                                 fmt::format("dbname=\"{}\" timeout={}", path_, kBusySeconds));
      *sql << "pragma journal_mode=wal";
      *sql << "pragma foreign_keys=on";
      *sql << "pragma synchronous=full";
      *sql << "pragma secure_delete=on";  // what is erased leaves no trace in the file
      *sql << "pragma temp_store=memory";
      *sql << "pragma cache_size=-4096";  // 4 MiB a connection; the system keeps the file itself
      return sql;
    });
  }

  const char* begin_reading() const override { return "begin"; }
  const char* begin_writing() const override { return "begin immediate"; }
  const char* id_column() const override { return "integer primary key autoincrement"; }

  std::string back_up(soci::session& sql, int from) const override {
    const std::string copy = fmt::format("{}.before-{:04}", path_, from + 1);
    std::filesystem::remove(copy);
    translated([&] { sql << "vacuum into :copy", use(copy); });
    return copy;
  }

  void require_room() const override {
    std::error_code error;
    const auto space = std::filesystem::space(std::filesystem::absolute(path_).parent_path(), error);
    if (!error && space.available < kSpare)
      throw Refusal(Code::unavailable,
                    fmt::format("the disk that holds the ledger is full ({} MiB are left of the {} that it needs): "
                                "nothing was changed; reading goes on, and so does writing as soon as there is room",
                                space.available >> 20, kSpare >> 20));
  }

  void copy(const std::string& to) const override {
    sqlite_api::sqlite3 *from = nullptr, *copy = nullptr;
    int result = sqlite_api::sqlite3_open_v2(path_.c_str(), &from, SQLITE_OPEN_READWRITE, nullptr);
    if (result == SQLITE_OK) result = sqlite_api::sqlite3_open(to.c_str(), &copy);
    if (result == SQLITE_OK) {
      sqlite_api::sqlite3_busy_timeout(from, 1000 * kBusySeconds);
      auto* work = sqlite_api::sqlite3_backup_init(copy, "main", from, "main");
      if (work) sqlite_api::sqlite3_backup_step(work, -1);  // all at once: one snapshot, and no writer waits for it
      result = work ? sqlite_api::sqlite3_backup_finish(work) : sqlite_api::sqlite3_errcode(copy);
    }
    sqlite_api::sqlite3_close(copy);
    sqlite_api::sqlite3_close(from);
    if (result != SQLITE_OK)
      throw Refusal(Code::unavailable,
                    fmt::format("the ledger cannot be copied to {}: {}", to, sqlite_api::sqlite3_errstr(result)));
  }

  void shorten_log(soci::session& sql) const override {
    translated([&] { cut_log(sql, std::chrono::seconds(kBusySeconds)); });
  }

  void bound_log(soci::session& sql) override {
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(path_ + "-wal", error);
    if (error || size < log_bound_) return;
    try {
      // Longer than a second only if the log has grown for it.
      cut_log(sql, std::chrono::seconds(size < 2 * kLogBound ? 1 : kBusySeconds));
    } catch (const soci::soci_error& fault) {
      spdlog::warn("ledger event=log_not_shortened error={}", log_value(fault.what()));
    }
    const std::uintmax_t left = std::filesystem::file_size(path_ + "-wal", error);
    log_bound_ = error || left < kLogBound ? kLogBound : left + kLogBound;
  }

  std::vector<std::string> check(soci::session& sql) const override {
    return translated([&] {
      std::vector<std::string> faults;
      for (const auto& row : soci::rowset<std::string>(sql.prepare << "pragma integrity_check(20)"))
        if (row != "ok") faults.push_back("the ledger's file: " + row);
      for (const auto& row : soci::rowset<soci::row>(sql.prepare << "pragma foreign_key_check"))
        faults.push_back(fmt::format("table {}: a row refers to a missing row of {}", row.get<std::string>(0),
                                     row.get<std::string>(2)));
      return faults;
    });
  }

 private:
  // Moves the log into the database and empties it, unless reads hold it for all of `patience`. Those that began before
  // all of it was in the database are waited for, which takes up to twice as long as the longest of them. They are
  // asked after again and again: where SQLite itself waits, it waits for a place that one read after the other may
  // take.
  static void cut_log(soci::session& sql, Millis patience) {
    constexpr Millis kPause{10};
    const auto until = std::chrono::steady_clock::now() + patience;
    const auto is_cut = [&] {
      int held = 0;
      sql << "pragma wal_checkpoint(truncate)", into(held);
      return held == 0;
    };
    const Unwaiting unwaiting(sql);
    while (!is_cut() && std::chrono::steady_clock::now() < until) std::this_thread::sleep_for(kPause);
  }

  std::string path_;
  std::uintmax_t log_bound_ = kLogBound;  // of the writer
};

}  // namespace

void throw_translated(const soci::soci_error& error) {
  const auto* sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&error);
  // SOCI names the primary result code in result(); for errors without one (a connection that cannot be made) the text
  // speaks.
  const int result = sqlite ? sqlite->result() & 0xff : 0;
  const std::string what = error.what();
  const auto speaks_of = [&](const char* words) { return what.find(words) != std::string::npos; };
  if (result == SQLITE_BUSY || result == SQLITE_LOCKED)
    throw Refusal(Code::unavailable, "the ledger is busy; try again");
  if (result == SQLITE_FULL || result == SQLITE_IOERR)
    throw Refusal(Code::unavailable, "the ledger cannot write: the disk is full or failing; nothing was changed");
  if (result == SQLITE_READONLY) throw Refusal(Code::unavailable, "the ledger is read-only; nothing was changed");
  if (result == SQLITE_CORRUPT || result == SQLITE_NOTADB)
    throw Refusal(Code::broken, "the ledger's file is damaged; restore the last backup");
  if (result == SQLITE_CANTOPEN || speaks_of("unable to open"))
    throw Refusal(Code::unavailable, "the ledger's file cannot be opened; look at the folder and its rights");
  if (result == SQLITE_CONSTRAINT && speaks_of("UNIQUE"))
    throw Refusal(Code::conflict, "something of that name is already there");
  if (result == SQLITE_CONSTRAINT && speaks_of("FOREIGN KEY"))
    throw Refusal(Code::invalid, "refers to something that is not there");
  throw Refusal(Code::broken, "the ledger refused a statement: " + what.substr(0, what.find(" while executing")));
}

std::unique_ptr<Dialect> dialect_for(const std::string& url) {
  constexpr std::string_view kSqlite = "sqlite:";
  if (url.starts_with(kSqlite)) return std::make_unique<Sqlite>(url.substr(kSqlite.size()));
  throw Refusal(Code::invalid, "the ledger must be given as sqlite:PATH");
}

}  // namespace tidings
