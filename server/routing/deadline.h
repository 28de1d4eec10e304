// SPDX-License-Identifier: GPL-3.0-or-later
// When work is to be answered. One formula, shown with its reason.
#pragma once

#include <optional>

#include "indexer/base/working_time.h"
#include "indexer/model/work.h"

namespace tidings {

//   goal      = since + the queue's goal_hours
//   prepared  = the beginning of the last of lead_days whole working days before the foreseen window begins
//   least     = since + kLeastHours
//   deadline  = min(goal, max(least, prepared))
//
// in the queue's working hours; while a question to the client is open, the clock of goal and least stands still. So
// that what the client foresees can be prepared in time, never later than the queue's ordinary goal, and never so soon,
// for the client's sake, that nobody could meet it. `since` is when the work came into its queue.
struct Deadline {
  enum class By { goal, foreseen, minimum };
  Time at{};
  By by = By::goal;
};
template <>
struct Names<Deadline::By> {
  static constexpr std::pair<Deadline::By, std::string_view> all[] = {
      {Deadline::By::goal, "goal"}, {Deadline::By::foreseen, "foreseen"}, {Deadline::By::minimum, "minimum"}};
};

constexpr int kLeastHours = 4;

// Pure. `hours` are those of the queue; `askings` are the work's, one without a reply is open until `now`.
Deadline deadline_of(const Queue& queue, const WorkingTime& hours, Time since, std::optional<Day> foreseen_from,
                     const std::vector<Asking>& askings = {}, Time now = {});

}  // namespace tidings
