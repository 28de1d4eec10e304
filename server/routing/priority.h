// SPDX-License-Identifier: GPL-3.0-or-later
// How urgent work is. One formula, shown with its parts.
#pragma once

#include "indexer/base/clock.h"
#include "indexer/base/json.h"
#include "indexer/ledger/insights.h"

namespace tidings {

//   priority = weight + impact + nearness + witnesses + rule
//
//   weight    0 to 40: 40 · min(1, share of revenue / 5 %). A client that brings a twentieth of the revenue has all of
//   it. impact    a problem 30, a foreseen change 20, news of people 10, anything else 0. nearness  0 to 30: 30 ·
//   max(0, 1 − days until the foreseen window begins / 365); a window that has begun has all of it. witnesses 0 to 20:
//   5 for each other client whose notes say the same (see server/desk/attendant.h), up to four. rule: what the rule
//   that put it into its queue adds.
//
// Age comes on top: each day of waiting is worth one point, so that work of 100 points is overtaken by work of 70 that
// has waited thirty days longer. It is not in the figure, since it is the same whenever one asks which of two goes
// first; the ledger orders by priority − days(created_at) (see `standing` in ledger/works.h).
struct Priority {
  double weight = 0;
  double impact = 0;
  double nearness = 0;
  double witnesses = 0;
  double rule = 0;
  double total() const { return weight + impact + nearness + witnesses + rule; }
};

// `witnesses`: how many other clients say the same.
Priority priority_of(const WholeInsight& whole, double total_revenue, Day today, int witnesses = 0);

void to_json(json& out, const Priority& priority);

}  // namespace tidings
