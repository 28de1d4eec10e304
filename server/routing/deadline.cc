// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/routing/deadline.h"

#include <algorithm>

namespace tidings {

Deadline deadline_of(const Queue& queue, const WorkingTime& hours, Time since, std::optional<Day> foreseen_from,
                     const std::vector<Asking>& askings, Time now) {
  const auto after = [&](int working_hours) {
    Time end = hours.after(since, std::chrono::hours(working_hours));
    for (const Asking& asking : askings) {
      const Time from = std::max(asking.at, since), to = asking.replied_at.value_or(now);
      if (from < end && from < to) end = hours.after(end, hours.between(from, to));
    }
    return end;
  };
  const Deadline goal{after(queue.goal_hours), Deadline::By::goal};
  if (!foreseen_from) return goal;
  const Time prepared = hours.before(*foreseen_from, queue.lead_days);
  const Time least = after(kLeastHours);
  const Deadline wished =
      prepared < least ? Deadline{least, Deadline::By::minimum} : Deadline{prepared, Deadline::By::foreseen};
  return wished.at < goal.at ? wished : goal;
}

}  // namespace tidings
