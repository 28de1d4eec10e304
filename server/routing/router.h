// SPDX-License-Identifier: GPL-3.0-or-later
// Which queue an insight belongs in, and why: a rule that matches; else triage. (The learned router will stand
// between.)
#pragma once

#include <vector>

#include "indexer/ledger/insights.h"
#include "server/search/vocabulary.h"

namespace tidings {

// One decision for each insight. `rules` in the order in which they are tried; disabled ones are passed over. Pure.
std::vector<Route> decide_routes(const std::vector<WholeInsight>& insights, const std::vector<Rule>& rules,
                                 const Vocabulary& vocabulary);

}  // namespace tidings
