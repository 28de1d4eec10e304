// SPDX-License-Identifier: GPL-3.0-or-later
// Renewal: the whole index built anew in a thread of its own, while the one there is goes on being read and written.
// Changed insights stand behind the others, out of order, and leave dead documents; once they are many, that is mended
// so.
#pragma once

#include <atomic>
#include <exception>
#include <filesystem>
#include <optional>
#include <thread>

#include "indexer/base/stop.h"
#include "indexer/index/store.h"
#include "indexer/ledger/ledger.h"

namespace tidings {

class Renewal {
 public:
  // Begins; segments get numbers above `named`. The work is done in the background (see run_in_background).
  Renewal(const Ledger& ledger, std::filesystem::path folder, std::uint64_t named);
  ~Renewal();  // stops it
  Renewal(const Renewal&) = delete;
  Renewal& operator=(const Renewal&) = delete;

  bool done() const { return done_; }
  // After done(): the manifest of the new index, not published yet. Throws what went wrong (Xapian::Error, Refusal).
  Manifest result() const;

 private:
  void run(const Ledger& ledger, const std::filesystem::path& folder, std::uint64_t named);

  Stop stop_;
  std::atomic<bool> done_{false};
  std::optional<Manifest> built_;
  std::exception_ptr failure_;
  std::thread thread_;
};

}  // namespace tidings
