// SPDX-License-Identifier: GPL-3.0-or-later
// Things as the API and the pages show them.
#pragma once

#include "indexer/base/json.h"
#include "indexer/ledger/insights.h"
#include "server/routing/deadline.h"

namespace tidings {

// The first `most` bytes of a text, with an ellipsis where there is more.
std::string shortened(const std::string& text, std::size_t most);
// Its title, else its body, shortened.
std::string title_of(const Insight& insight, std::size_t most);

// An insight with its work, answers and tellings (schema Insight in openapi.yaml).
json insight_view(const WholeInsight& whole, Day today);

// A work with its deadline, the insight it is about in short, its answers and tellings (schema Work).
json work_view(const WholeInsight& whole, const Deadline& deadline, Time now);

// An answer, and whether it is to be looked at again (schema Answer).
json answer_view(const Answer& answer, Day today);

// The middle of some values; null of none. Moves them about.
json median(std::vector<double>& values);

}  // namespace tidings
