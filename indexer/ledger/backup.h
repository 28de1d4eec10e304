// SPDX-License-Identifier: GPL-3.0-or-later
// Copies of a ledger that is in use, and the way back.
//
// A backup is an archive (see base/archive.h) of one line of JSON, the digests of all pages of the database (16 bytes
// of BLAKE2b each), and the pages that changed since the backup it stands on: a page's number in four bytes (little end
// first) and its bytes. The line: {backup: 1, ledger, seq, hash, at, page_size, pages, base, erased}; seq and hash are
// the feed's head, base the name of the backup it stands on or null, erased the contacts erased until then.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

#include "indexer/base/archive.h"
#include "indexer/base/json.h"
#include "indexer/ledger/ledger.h"
#include "indexer/model/account.h"

namespace tidings {

struct BackupInfo {
  std::string ledger;  // Ledger::id
  std::int64_t seq = 0;
  std::string hash;
  Time at{};
  std::uint32_t page_size = 0;
  std::uint32_t pages = 0;
  std::string base;  // empty: it stands on none
  std::vector<ContactId> erased;
};

struct BackupMade {
  std::filesystem::path file;
  BackupInfo info;
  std::uint32_t written = 0;  // pages
};

// Copies the ledger as it is at one moment, while it is used. Into a folder: as a new file there that stands on the
// latest backup of the same ledger, or on none if `full`, if there is none, or if somebody was erased since. The file
// appears whole or not at all. Throws Refusal: unavailable (no room), broken (the latest backup is damaged).
BackupMade back_up(const Ledger& ledger, const Clock& clock, const std::filesystem::path& folder,
                   const Passphrase& passphrase, bool full);
// The whole of it onto a stream; `scratch` is a folder with room for a copy.
BackupInfo back_up_to(const Ledger& ledger, const Clock& clock, const std::filesystem::path& scratch, std::ostream& out,
                      const Passphrase& passphrase);

// The backups in a folder, the oldest first; what cannot be read is in `damaged`, by name.
std::vector<std::pair<std::filesystem::path, BackupInfo>> backups_in(const std::filesystem::path& folder,
                                                                     const Passphrase& passphrase,
                                                                     std::vector<std::string>& damaged);

// Writes the database of the backup `file`, with those it stands on, to `to`, which must not be there, and proves each
// page. Throws Refusal: broken, not_found (a backup it stands on is missing), conflict (`to` is there).
BackupInfo unpack(const std::filesystem::path& file, const std::filesystem::path& to, const Passphrase& passphrase);
BackupInfo unpack_from(std::istream& in, const std::filesystem::path& to, const Passphrase& passphrase);

}  // namespace tidings
