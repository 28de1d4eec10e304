// SPDX-License-Identifier: GPL-3.0-or-later
// The follower: keeps the index saying what the ledger says, by following the feed. With Bulk, Fold and Renewal, which
// it starts, the only Xapian writer.
#pragma once

#include <xapian.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

#include "indexer/base/stop.h"
#include "indexer/index/bulk.h"
#include "indexer/index/fold.h"
#include "indexer/index/renewal.h"
#include "indexer/index/store.h"
#include "indexer/ledger/ledger.h"
#include "indexer/model/insight.h"

namespace tidings {

// One thread at a time. Several followers of one index, in any processes, take turns: the others wait for the lock.
class Follower {
 public:
  // When the index is put in order.
  struct Limits {
    std::size_t live = 2000;                // documents that the live segment may hold before the next is begun
    Serial out_of_order = 20'000;           // documents since the index was built, from which on it is renewed
    std::chrono::milliseconds quiet{2000};  // without a change before that, unless as many changed as there were
  };

  // `folder` is the index; nothing is opened yet.
  Follower(Ledger& ledger, std::filesystem::path folder) : Follower(ledger, std::move(folder), Limits()) {}
  Follower(Ledger& ledger, std::filesystem::path folder, Limits limits);

  // Follows until `stop`. What goes wrong with the index is logged and mended by building it anew; a ledger or a disk
  // that is not to be had is waited for.
  void run(const Stop& stop);

  // Follows until the index has caught up with the feed as it is now, or `stop`. Throws Refusal: unavailable (another
  // follower holds the index, or the disk is full).
  void catch_up(const Stop& stop, const Progress& progress = {});

  // Forgets the index on disk; the next step begins a new one. Throws Refusal: unavailable (another follower holds it).
  void discard();

 private:
  bool step(const Stop& stop, const Progress& progress);  // one batch; false when there was nothing to do
  bool is_open() const;
  void open();
  void close();
  bool open_live();
  std::int64_t follow(std::int64_t place);
  void renew();
  void take_over(const Manifest& renewed);
  void build(bool show, const Stop& stop, const Progress& progress);
  std::set<InsightId> touched_since(std::int64_t place, std::int64_t& reached);
  void write(const std::set<InsightId>& ids);
  void begin_next_live();
  void fold();
  std::uint64_t next_number();

  Ledger& ledger_;
  std::filesystem::path folder_;
  Limits limits_;
  std::optional<IndexLock> lock_;
  std::optional<Manifest> manifest_;  // nothing: the index is still to be built
  std::optional<Xapian::WritableDatabase> live_;
  std::unordered_map<InsightId, Serial> in_live_;  // the documents of the live segment
  Serial next_ = 1;
  std::unique_ptr<Fold> folding_;
  std::unique_ptr<Renewal> renewing_;
  bool erased_ = false;  // somebody was, which the manifest does not say yet
  std::chrono::steady_clock::time_point written_, renew_after_, fold_after_;
};

}  // namespace tidings
