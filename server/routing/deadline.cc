// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/routing/deadline.h"

namespace tidings {

Deadline deadline_of(const Queue& queue, const WorkingTime& hours, Time since, std::optional<Day> foreseen_from) {
  const Deadline goal{hours.after(since, std::chrono::hours(queue.goal_hours)), Deadline::By::goal};
  if (!foreseen_from) return goal;
  const Time prepared = hours.before(*foreseen_from, queue.lead_days);
  const Time least = hours.after(since, std::chrono::hours(kLeastHours));
  const Deadline wished =
      prepared < least ? Deadline{least, Deadline::By::minimum} : Deadline{prepared, Deadline::By::foreseen};
  return wished.at < goal.at ? wished : goal;
}

}  // namespace tidings
