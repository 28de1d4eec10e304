// SPDX-License-Identifier: GPL-3.0-or-later
// Reverse search: which of many queries find these insights. The same analyser, builder and matcher as forward search.
#pragma once

#include <string>
#include <vector>

#include "indexer/ledger/insights.h"

namespace tidings {

// For each insight, the numbers of the `queries` that find it, in order. A query without a word finds nothing.
std::vector<std::vector<std::size_t>> match_queries(const std::vector<WholeInsight>& insights,
                                                    const std::vector<std::string>& queries);

// Throws Refusal: invalid (/query), with the reason, for a query that cannot stand: no word in it, finds everything, or
// was not understood as it is written.
void require_standing_query(const std::string& query);

}  // namespace tidings
