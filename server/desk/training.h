// SPDX-License-Identifier: GPL-3.0-or-later
// Keeps the router learning: from work that was answered, claimed, declined or moved, in the background or on demand.
#pragma once

#include <filesystem>
#include <mutex>

#include "indexer/base/stop.h"
#include "indexer/ledger/ledger.h"
#include "indexer/model/user.h"
#include "server/routing/router.h"

namespace tidings {

// Any thread. The model is a derived file: what it does not hold is learned again from the ledger.
class Training {
 public:
  // `file` need not be there. `stop` ends training as well as run().
  Training(Ledger& ledger, Router& router, const Clock& clock, std::filesystem::path file, const Stop& stop);

  // Loads the file; then trains whenever enough has changed.
  void run();

  // Trains now and waits for it. False if there is too little to learn from, or the program is to stop.
  bool train_now();

  // What the router knows and how well it does: {trained_at, examples, queues, confusions, misfiled, weeks}. Figures
  // are of notes that the model which judged them had not seen, with the precision that each queue wants now.
  json report(Session& session) const;

 private:
  bool is_due();

  Ledger& ledger_;
  Router& router_;
  const Clock& clock_;
  std::filesystem::path file_;
  const Stop& stop_;
  std::mutex one_at_a_time_;                             // of what follows, and of training
  std::pair<std::int64_t, std::int64_t> learned_{0, 0};  // lesson counts when it was last trained…
  std::pair<std::int64_t, std::int64_t> counted_{0, 0};  // …and as they were when the feed was at looked_at_
  std::int64_t looked_at_ = -1;
  Time trained_at_{};
};

}  // namespace tidings
