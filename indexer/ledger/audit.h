// SPDX-License-Identifier: GPL-3.0-or-later
// Proves the ledger sound: its file, its foreign keys, its feed, that the feed and the tables tell the same story, and
// that attachments are what was attached.
#pragma once

#include <string>
#include <vector>

#include "indexer/ledger/ledger.h"

namespace tidings {

// What is wrong, one sentence each; empty if nothing is. `url` as for Ledger.
std::vector<std::string> audit(const Ledger& ledger, const std::string& url);

}  // namespace tidings
