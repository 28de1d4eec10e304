// SPDX-License-Identifier: GPL-3.0-or-later
// Leases that ended by themselves return their work.
#pragma once

#include "indexer/ledger/session.h"
#include "indexer/model/work.h"

namespace tidings {

// In a changing session: tells the holder that the lease of claimed work ends, or has ended; of each end once.
void announce_lease(Session& session, const Work& work);

// In a changing session: gives claimed work whose lease has ended back to its queue, and tells who held it. The work as
// it is now.
Work end_lease(Session& session, const Work& work);

// In a changing session: does so for every claimed work whose lease has ended (at most 500); how many.
int end_lapsed_leases(Session& session);

}  // namespace tidings
