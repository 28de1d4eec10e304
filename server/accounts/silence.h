// SPDX-License-Identifier: GPL-3.0-or-later
// How long a client has not been spoken with, against its own rhythm, and whether it was farmed after it was hunted.
#pragma once

#include <optional>
#include <vector>

#include "indexer/base/clock.h"
#include "server/accounts/criteria.h"

namespace tidings {

// rhythm    the median of the last 12 gaps between days of contact, at least 1; known from 3 gaps on
// expected  the rhythm, else the criteria's usual_gap
// ratio     days / expected
// ladder    2, 4 and 6 times the rhythm, at least 7, 14 and 21 days; else the criteria's
// step      how many steps of the ladder have gone by
struct Silence {
  std::optional<Day> last;  // the last day of contact
  int days = 0;             // since then, or since `since`
  std::optional<double> rhythm;
  double expected = 0;
  double ratio = 0;
  std::vector<int> ladder;
  int step = 0;
  std::optional<Day> call_by;  // the day of the step that comes next, or today if the last one has gone by
};

// `days` are distinct and ascend; `since` is when we began to serve the client.
Silence silence_of(const std::vector<Day>& days, Day since, Day today, const Criteria& criteria);

// Days of contact a week in the weeks before a deal was signed, and in as many after it or as have gone by; nothing in
// the first four weeks after it. `left_alone`: at least three days of contact before, and less than half as many after.
struct AfterDeal {
  Day signed_on{};
  double before = 0, after = 0;
  bool left_alone = false;
};
std::optional<AfterDeal> after_deal(const std::vector<Day>& days, Day signed_on, Day today, const Criteria& criteria);

}  // namespace tidings
