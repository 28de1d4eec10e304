// SPDX-License-Identifier: GPL-3.0-or-later
// Everything in the ledger as records that an import takes back: users (without passwords), queues, rules, clients,
// contacts, and insights with their work, answer and telling. Not the feed's history, tokens or sign-ins.
#pragma once

#include <cstdint>
#include <functional>

#include "indexer/base/json.h"
#include "indexer/ledger/ledger.h"

namespace tidings {

// Calls `on_record` for each record, in an order in which they can be imported. Returns how many there were.
std::int64_t export_all(const Ledger& ledger, const std::function<void(const json&)>& on_record);

}  // namespace tidings
