// SPDX-License-Identifier: GPL-3.0-or-later
// The part of the desk that nobody asks for: it follows the feed, and puts each new insight into its queue.
#pragma once

#include "indexer/base/stop.h"
#include "indexer/ledger/ledger.h"
#include "server/routing/router.h"

namespace tidings {

// One thread. Any number of dispatchers may share a ledger: each insight is placed once.
class Dispatcher {
 public:
  Dispatcher(Ledger& ledger, const Router& router, const Clock& clock)
      : ledger_(ledger), router_(router), clock_(clock) {}

  // Until `stop`. What goes wrong is logged and tried again.
  void run(const Stop& stop);

  // Routes what was kept since the last step, at most a batch of it; false if there was nothing new in the feed.
  bool route();

 private:
  Ledger& ledger_;
  const Router& router_;
  const Clock& clock_;
  std::int64_t place_ = -1;  // in the feed; -1: not read yet
};

}  // namespace tidings
