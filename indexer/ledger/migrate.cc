// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/ledger/migrate.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "indexer/base/log.h"
#include "indexer/base/resource.h"
#include "indexer/base/secrets.h"
#include "indexer/base/text.h"
#include "indexer/ledger/dialect.h"
#include "indexer/ledger/sql.h"

namespace tidings {
namespace {

struct Migration {
  int version = 0;
  std::string sql;
};

std::vector<Migration> migrations(const Dialect& dialect) {
  std::vector<Migration> all;
  for (const Resource& resource : schema_resources()) {
    constexpr std::string_view kFolder = "ledger/";
    if (!resource.name.starts_with(kFolder) || !resource.name.ends_with(".sql")) continue;
    Migration migration{0, std::string(resource.bytes)};
    const char* digits = resource.name.data() + kFolder.size();
    std::from_chars(digits, digits + 4, migration.version);
    for (std::size_t at; (at = migration.sql.find("{id}")) != std::string::npos;)
      migration.sql.replace(at, 4, dialect.id_column());
    all.push_back(std::move(migration));
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.version < b.version; });
  return all;
}

// One statement at a time: comment lines go, and a semicolon at a line's end closes a statement.
std::vector<std::string> statements(const std::string& sql) {
  std::vector<std::string> all;
  std::string statement;
  for (std::size_t at = 0; at < sql.size();) {
    const std::size_t end = std::min(sql.find('\n', at), sql.size());
    const std::string_view line = trim(std::string_view(sql).substr(at, end - at));
    at = end + 1;
    if (line.empty() || line.starts_with("--")) continue;
    statement += std::string(line) + "\n";
    if (line.ends_with(';')) {
      statement.erase(statement.rfind(';'));
      all.push_back(std::move(statement));
      statement.clear();
    }
  }
  return all;
}

int version_of(soci::session& sql) {
  sql << "create table if not exists ledger_version (id integer primary key check (id = 1), version integer not null)";
  int version = 0;
  sql << "select version from ledger_version", into(version);
  return version;
}

void apply(soci::session& sql, const Migration& migration) {
  for (const std::string& statement : statements(migration.sql)) sql << statement;
  sql << "delete from ledger_version";
  sql << "insert into ledger_version (id, version) values (1, :version)", use(migration.version);
}

}  // namespace

std::string migrate(Session& session, const Dialect& dialect) {
  const std::vector<Migration> all = migrations(dialect);
  return translated([&] {
    soci::session& sql = session.sql();
    int found = 0;
    const auto locked = [&](const auto& work) {
      session.begin(true);
      try {
        work();
        session.commit();
      } catch (...) {
        session.roll_back();
        throw;
      }
    };
    locked([&] { found = version_of(sql); });
    if (found > all.back().version)
      throw Refusal(Code::conflict,
                    fmt::format("the ledger has version {} and this program knows up to {}: use a newer program", found,
                                all.back().version));
    if (found > 0 && found < all.back().version)
      spdlog::info("ledger event=back_up copy={}", log_value(dialect.back_up(sql, found)));
    for (const Migration& migration : all)
      locked([&] {
        if (version_of(sql) < migration.version) apply(sql, migration);  // another program may have been first
      });
    std::string id;
    locked([&] {
      sql << "select value from ledger where name = 'id'", into(id);
      if (!id.empty()) return;
      id = random_hex(16);
      sql << "insert into ledger (name, value) values ('id', :id)", use(id);
    });
    return id;
  });
}

}  // namespace tidings
