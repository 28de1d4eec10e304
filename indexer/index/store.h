// SPDX-License-Identifier: GPL-3.0-or-later
// The index on disk: a folder of segments, each a Xapian database, and a manifest that says which of them count.
//
// A document has a serial number (its docid in its segment), given once and never again as long as the index lives; the
// segments hold disjoint ranges of serials, in rising order. A changed insight gets a new serial in the last segment:
// of several documents of one insight only the one with the highest serial counts. Only the last segment, the live one,
// is written to. The others are folded together in the background (see Fold), which changes no serial.
//
// A reader follows the manifest, which is replaced as a whole by rename; files that it no longer names go away under
// readers that still have them open, and stay readable to those.
#pragma once

#include <xapian.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tidings {

using Serial = Xapian::docid;

struct Manifest {
  int format = 0;
  std::string ledger;                 // Ledger::id
  std::string birth;                  // random; serials of another birth mean other documents
  std::int64_t place = 0;             // all segments but the live one hold the feed up to here, safe on disk
  std::int64_t target = 0;            // where the feed stood when the index was begun; complete once it has come so far
  bool filling = false;               // the first fill is under way: segments hold the newest insights so far
  Serial newest_first = 0;            // serials up to here are in order of recorded_at, the newest first
  bool unclean = false;               // somebody was erased whose words deleted documents may hold: to be renewed
  std::string boot;                   // the boot of the machine in which the live segment was begun
  std::uint64_t named = 0;            // how many segments were ever named
  std::vector<std::string> segments;  // rising serials; the last is the live one unless `filling`
};

// The manifest of an index; nothing if there is none that can be read.
std::optional<Manifest> read_manifest(const std::filesystem::path& folder);

// Replaces the manifest, durably, and removes the segments that it does not name; not what is in the making, under
// higher numbers than it ever named or under the name `making`. Throws Xapian::DatabaseError (disk full…).
void publish(const std::filesystem::path& folder, const Manifest& manifest, const std::string& making = "");

// Removes segments up to `number` that the manifest does not name; not `making`.
void remove_unnamed(const std::filesystem::path& folder, const Manifest& manifest, std::uint64_t number,
                    const std::string& making = "");

// Tells one manifest from another that was put in its place: empty if there is none.
std::string manifest_identity(const std::filesystem::path& folder);

// Tells one state of an index from the next: another with each manifest and each commit to the live segment. Reading
// fails once two commits have gone by, since Xapian puts other things in the place of what is read, and that looks like
// damage at times; an index is damaged only if reading fails while its state stays the same.
std::string index_state(const std::filesystem::path& folder);

// The place in the feed up to which a live segment holds everything; written in the same commit as its documents.
std::int64_t live_place(const Xapian::Database& live);
void set_live_place(Xapian::WritableDatabase& live, std::int64_t place);

// The segments, opened, and all of them as one database. Throws Xapian::Error.
struct OpenIndex {
  std::vector<Xapian::Database> segments;
  Xapian::Database all;
  Serial last = 0;  // the highest serial ever given in them

  OpenIndex(const std::filesystem::path& folder, const Manifest& manifest);
  void reopen();  // see what was committed since; costs little where nothing was
  // The serial of a document of `all`.
  Serial serial(Xapian::docid docid) const { return (docid - 1) / static_cast<Xapian::docid>(segments.size()) + 1; }

 private:
  void find_last();
  std::filesystem::path live_version_;  // the file that a commit to the live segment replaces
  std::string live_seen_;
};

// While it lives, the live segment is committed once more at most, so that whoever has opened it since reads it to the
// end: for readers that were overtaken too often. For a second; a follower waits no longer (see wait_for_standstills).
// Does nothing where the folder cannot be written to.
class Standstill {
 public:
  explicit Standstill(const std::filesystem::path& folder);
  ~Standstill();
  Standstill(const Standstill&) = delete;
  Standstill& operator=(const Standstill&) = delete;

 private:
  int file_;
};

// Before each commit to the live segment.
void wait_for_standstills(const std::filesystem::path& folder);

// Makes one compact segment of several (rising serials), in the place of whatever is there. Throws Xapian::Error, also
// where the disk has no room for it. Xapian 1.4 keeps the memory and the files of a compaction that fails, so whoever
// sees one fail does not try again soon.
void compact(const std::vector<std::filesystem::path>& segments, const std::filesystem::path& into);

// Makes the files in a folder durable. Throws Xapian::DatabaseError.
void sync_folder(const std::filesystem::path& folder);

// This boot of this machine, or empty where the system does not say.
std::string boot_id();

// Puts the index out of sight of readers and writers; it is deleted when the next one is begun.
void move_index_away(const std::filesystem::path& folder);
// Deletes what was moved away.
void remove_old_indexes(const std::filesystem::path& folder);

// The right to write an index, among all processes; given back with the object.
class IndexLock {
 public:
  // Makes the folder if it is not there. Throws Xapian::DatabaseLockError if another has the right.
  explicit IndexLock(const std::filesystem::path& folder);
  ~IndexLock();
  IndexLock(const IndexLock&) = delete;
  IndexLock& operator=(const IndexLock&) = delete;
  // Whether the folder it was taken in is still there under its name.
  bool holds() const;

 private:
  std::filesystem::path path_;
  int file_ = -1;
};

}  // namespace tidings
