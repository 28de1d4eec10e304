// SPDX-License-Identifier: GPL-3.0-or-later
// Leases that ended by themselves return their work.
#pragma once

#include "indexer/ledger/session.h"

namespace tidings {

// In a changing session: gives every claimed work whose lease has ended back to its queue (at most 500); how many.
int end_lapsed_leases(Session& session);

}  // namespace tidings
