// SPDX-License-Identifier: GPL-3.0-or-later
// The follower: keeps the index saying what the ledger says, by following the feed. The only Xapian writer.
#pragma once

#include <xapian.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <set>

#include "indexer/base/stop.h"
#include "indexer/index/store.h"
#include "indexer/ledger/ledger.h"
#include "indexer/model/insight.h"

namespace tidings {

// One thread at a time. Several followers of one index, in any processes, take turns: the others wait for the lock.
class Follower {
 public:
  // `folder` is the index; nothing is opened yet.
  Follower(Ledger& ledger, std::filesystem::path folder);

  // Follows until `stop`. What goes wrong with the index is logged and mended by building it anew; a ledger or a disk
  // that is not to be had is waited for.
  void run(const Stop& stop);

  // Follows until the index has caught up with the feed as it is now, or `stop`. `progress` is told how many insights
  // are in and how many there are. Throws Refusal: unavailable (another follower holds the index, or the disk is full).
  void catch_up(const Stop& stop, const std::function<void(std::int64_t, std::int64_t)>& progress = {});

  // Forgets the index on disk; the next step begins a new one. Throws Refusal: unavailable (another follower holds it).
  void discard();

 private:
  bool step();  // one batch; false when there was nothing to do
  void open();
  void fill(IndexState& state);
  bool follow(IndexState& state);
  std::set<InsightId> touched_since(std::int64_t place, std::int64_t& reached) const;
  void write(const std::set<InsightId>& ids);
  void commit(const IndexState& state);

  Ledger& ledger_;
  std::filesystem::path folder_;
  std::optional<Xapian::WritableDatabase> database_;
  std::string identity_;
};

}  // namespace tidings
