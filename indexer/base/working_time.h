// SPDX-License-Identifier: GPL-3.0-or-later
// Time that counts only while people work: hours of the day, days of the week and holidays, in a time zone.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "indexer/base/clock.h"
#include "indexer/base/json.h"

namespace tidings {

struct WorkingHours {
  std::string zone = "UTC";  // as in the IANA database: Europe/Berlin
  std::vector<int> days;     // 1 Monday to 7 Sunday; none: every hour of every day counts
  int from = 9 * 60;         // minutes of the day
  int to = 17 * 60;          // later than from
  std::vector<Day> holidays;
};

// {zone, days, from: "09:00", to: "17:00", holidays: ["2026-12-25"]}; what is not named stays as it is. Throws Refusal:
// invalid (an unknown zone, a time that is none, an end before the beginning), with pointers below `pointer`.
void update(WorkingHours& hours, const json& in, const std::string& pointer);
void to_json(json& out, const WorkingHours& hours);

// Pure; any thread.
class WorkingTime {
 public:
  // Throws Refusal: invalid (an unknown zone).
  explicit WorkingTime(WorkingHours hours);
  ~WorkingTime();
  WorkingTime(WorkingTime&&) noexcept;

  // When so much working time has passed since `since`. What would take more than 50 years ends there.
  Time after(Time since, Millis working) const;
  // How much working time lies between.
  Millis between(Time from, Time to) const;
  bool is_working(Time time) const;
  Day day_of(Time time) const;  // the local day
  // When the last of so many whole working days before `day` begins; 0: when `day` itself begins to be worked, or the
  // next day that is worked.
  Time before(Day day, int working_days) const;

 private:
  struct Zone;
  bool is_worked(Day day) const;
  Time at(Day day, int minutes) const;  // a local time
  WorkingHours hours_;
  std::unique_ptr<Zone> zone_;
};

}  // namespace tidings
