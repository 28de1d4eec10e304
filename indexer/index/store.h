// SPDX-License-Identifier: GPL-3.0-or-later
// The index on disk: a Xapian database in a folder, and what its metadata says of the ledger it was made from.
#pragma once

#include <xapian.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace tidings {

// Written in the same Xapian commit as the documents it speaks of.
struct IndexState {
  int format = 0;
  std::string ledger;       // Ledger::id
  std::int64_t place = 0;   // the feed is followed up to here
  std::int64_t target = 0;  // where the feed stood when the index was begun: it is complete once place has come so far
  std::int64_t filled = 0;  // while it is first filled: the last insight that is in; -1 once all were
  bool complete() const { return filled < 0 && place >= target; }
};

IndexState read_state(const Xapian::Database& database);
void write_state(Xapian::WritableDatabase& database, const IndexState& state);

// Tells one index folder from another that was put in its place: empty if there is no folder.
std::string folder_identity(const std::filesystem::path& folder);

// Puts the index out of sight of readers and writers; it is deleted when the next one is begun.
void move_index_away(const std::filesystem::path& folder);

// The index for writing. Waits for no lock: throws Xapian::DatabaseLockError if another follower has it.
// An index that is missing, damaged, of another format or of another ledger is moved away and begun anew, with one log
// line.
Xapian::WritableDatabase open_for_writing(const std::filesystem::path& folder, const std::string& ledger,
                                          std::int64_t head);

}  // namespace tidings
