// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/index/store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include "indexer/base/log.h"
#include "indexer/base/secrets.h"
#include "indexer/index/fields.h"

namespace tidings {
namespace {

std::int64_t number(const std::string& text) { return text.empty() ? 0 : std::strtoll(text.c_str(), nullptr, 10); }

// Why the index cannot be used, or empty.
std::string unfit(const Xapian::WritableDatabase& database, const std::string& ledger, std::int64_t head) {
  const IndexState state = read_state(database);
  if (state.format != kIndexFormat)
    return fmt::format("has format {}, this program writes {}", state.format, kIndexFormat);
  if (state.ledger != ledger) return "belongs to another ledger";
  if (state.place > head) return "is ahead of the ledger, which was restored from an older copy";
  return "";
}

void remove_old(const std::filesystem::path& folder) {
  const std::string prefix = folder.filename().string() + ".old-";
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder.parent_path(), error))
    if (entry.path().filename().string().starts_with(prefix)) std::filesystem::remove_all(entry.path(), error);
}

Xapian::WritableDatabase begin(const std::filesystem::path& folder, const std::string& ledger, std::int64_t head) {
  Xapian::WritableDatabase database(folder.string(), Xapian::DB_CREATE | Xapian::DB_BACKEND_GLASS);
  write_state(database, {kIndexFormat, ledger, head, head, 0});
  database.commit();
  remove_old(folder);
  return database;
}

}  // namespace

void move_index_away(const std::filesystem::path& folder) {
  // Renamed first: readers see a missing folder, never half a one, and the new folder cannot get the old one's
  // identity.
  const std::filesystem::path aside = folder.string() + ".old-" + random_hex(4);
  std::error_code error;
  std::filesystem::rename(folder, aside, error);
}

IndexState read_state(const Xapian::Database& database) {
  return {static_cast<int>(number(database.get_metadata("format"))), database.get_metadata("ledger"),
          number(database.get_metadata("place")), number(database.get_metadata("target")),
          number(database.get_metadata("filled"))};
}

void write_state(Xapian::WritableDatabase& database, const IndexState& state) {
  database.set_metadata("format", std::to_string(state.format));
  database.set_metadata("ledger", state.ledger);
  database.set_metadata("place", std::to_string(state.place));
  database.set_metadata("target", std::to_string(state.target));
  database.set_metadata("filled", std::to_string(state.filled));
}

std::string folder_identity(const std::filesystem::path& folder) {
  struct statx status {};
  if (statx(AT_FDCWD, folder.c_str(), 0, STATX_INO | STATX_BTIME, &status) != 0) return "";
  return fmt::format("{}.{}.{}", status.stx_ino, status.stx_btime.tv_sec, status.stx_btime.tv_nsec);
}

Xapian::WritableDatabase open_for_writing(const std::filesystem::path& folder, const std::string& ledger,
                                          std::int64_t head) {
  std::string why = "is missing";
  if (std::filesystem::exists(folder)) {
    try {
      Xapian::WritableDatabase database(folder.string(), Xapian::DB_OPEN);
      why = unfit(database, ledger, head);
      if (why.empty()) return database;
      database.close();
    } catch (const Xapian::DatabaseLockError&) {
      throw;
    } catch (const Xapian::Error& error) {
      why = fmt::format("cannot be opened ({})", error.get_type());
    }
    move_index_away(folder);
  }
  spdlog::info("index event=rebuild reason={}", log_value("the index " + why));
  return begin(folder, ledger, head);
}

}  // namespace tidings
