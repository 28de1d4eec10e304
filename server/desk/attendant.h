// SPDX-License-Identifier: GPL-3.0-or-later
// The part of the desk that looks at the clock: leases that end, work that nobody takes or that grows late, clients to
// be asked again. What it does, it does once, however often it looks and however many attendants share a ledger.
#pragma once

#include "indexer/base/stop.h"
#include "indexer/ledger/ledger.h"
#include "indexer/model/work.h"
#include "server/search/searcher.h"

namespace tidings {

// One thread.
class Attendant {
 public:
  Attendant(Ledger& ledger, const Searcher& searcher, const Clock& clock)
      : ledger_(ledger), searcher_(searcher), clock_(clock) {}

  // Until `stop`. What goes wrong is logged and tried again.
  void run(const Stop& stop);

  // Tells holders that a lease ends within kLeaseWarning, takes back what was not kept alive, and tells them that too.
  // How many leases ended.
  int watch_leases();
  static constexpr Millis kLeaseWarning{300'000};

  // Gives waiting work of queues that hand out to whoever's turn it is (see Team::choose); how much.
  int hand_out();

  // Escalates as the queues say, in their working hours; how often.
  int escalate();

  // Weighs open work anew that was not weighed for a day, a batch of it, with its witnesses: other clients with a note
  // that says the same (kSaysTheSame). How much was weighed.
  int weigh();

  // Tells reps of clients to be asked again and of windows that have passed; how many.
  int remind();

 private:
  int escalate(const Queue& queue);
  Ledger& ledger_;
  const Searcher& searcher_;
  const Clock& clock_;
};

}  // namespace tidings
