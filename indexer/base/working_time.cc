// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/base/working_time.h"

#include <fmt/format.h>
#include <unicode/timezone.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <mutex>

#include "indexer/base/refusal.h"
#include "indexer/base/text.h"

namespace tidings {
namespace {

constexpr int kMinutesADay = 24 * 60;
constexpr int kMostDays = 50 * 366;

// "09:30" in minutes, up to "24:00"; −1 for anything else.
int parse_minutes(const std::string& text) {
  int hours = -1, minutes = -1;
  const char *begin = text.data(), *end = begin + text.size();
  if (text.size() != 5 || text[2] != ':') return -1;
  if (std::from_chars(begin, begin + 2, hours).ptr != begin + 2) return -1;
  if (std::from_chars(begin + 3, end, minutes).ptr != end) return -1;
  const int all = hours * 60 + minutes;
  return hours < 0 || minutes < 0 || minutes > 59 || all > kMinutesADay ? -1 : all;
}

std::string to_clock(int minutes) { return fmt::format("{:02}:{:02}", minutes / 60, minutes % 60); }

// ICU makes a zone from its files each time; a copy of one that was made before costs next to nothing.
std::unique_ptr<icu::TimeZone> find_zone(const std::string& name, const std::string& pointer) {
  constexpr std::size_t kMostKept = 1000;  // there are some six hundred
  static std::mutex mutex;
  static std::map<std::string, std::unique_ptr<icu::TimeZone>> known;
  const std::lock_guard lock(mutex);
  if (const auto found = known.find(name); found != known.end())
    return std::unique_ptr<icu::TimeZone>(found->second->clone());
  std::unique_ptr<icu::TimeZone> zone(icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(name)));
  if (!zone || *zone == icu::TimeZone::getUnknown())
    throw invalid(pointer + "/zone", fmt::format("\"{}\" is no time zone such as Europe/Berlin", cut(name, 60)));
  if (known.size() < kMostKept) known.emplace(name, zone->clone());
  return zone;
}

}  // namespace

struct WorkingTime::Zone {
  std::unique_ptr<icu::TimeZone> zone;
  // Minutes that a clock there is ahead of UTC, at a time of UTC or of that clock.
  Millis ahead(Millis since_1970, bool local) const {
    std::int32_t raw = 0, summer = 0;
    UErrorCode error = U_ZERO_ERROR;
    zone->getOffset(static_cast<UDate>(since_1970.count()), local, raw, summer, error);
    return Millis(raw + summer);
  }
};

void update(WorkingHours& hours, const json& in, const std::string& pointer) {
  if (in.is_null()) {
    hours = WorkingHours();
    return;
  }
  if (in.contains("zone")) hours.zone = in["zone"].get<std::string>();
  if (in.contains("days")) {
    hours.days = in["days"].get<std::vector<int>>();
    std::sort(hours.days.begin(), hours.days.end());
    hours.days.erase(std::unique(hours.days.begin(), hours.days.end()), hours.days.end());
  }
  for (const auto& [name, minutes] : {std::pair("from", &hours.from), std::pair("to", &hours.to)}) {
    if (!in.contains(name)) continue;
    *minutes = parse_minutes(in[name].get<std::string>());
    if (*minutes < 0) throw invalid(pointer + "/" + name, "is no time of day such as 09:30");
  }
  if (hours.to <= hours.from) throw invalid(pointer + "/to", "is not after from");
  if (in.contains("holidays")) {
    hours.holidays.clear();
    for (const json& each : in["holidays"]) {
      const auto day = parse_day(each.get<std::string>());
      if (!day) throw invalid(pointer + "/holidays", fmt::format("\"{}\" is no day", cut(each.get<std::string>(), 20)));
      hours.holidays.push_back(*day);
    }
    std::sort(hours.holidays.begin(), hours.holidays.end());
  }
  static_cast<void>(find_zone(hours.zone, pointer));
}

void to_json(json& out, const WorkingHours& hours) {
  json holidays = json::array();
  for (Day day : hours.holidays) holidays.push_back(to_string_day(day));
  out = {{"zone", hours.zone},
         {"days", hours.days},
         {"from", to_clock(hours.from)},
         {"to", to_clock(hours.to)},
         {"holidays", std::move(holidays)}};
}

WorkingTime::WorkingTime(WorkingHours hours)
    : hours_(std::move(hours)), zone_(std::make_unique<Zone>(Zone{find_zone(hours_.zone, "")})) {
  if (!hours_.days.empty()) return;
  hours_.days = {1, 2, 3, 4, 5, 6, 7};
  hours_.from = 0;
  hours_.to = kMinutesADay;
}
WorkingTime::~WorkingTime() = default;
WorkingTime::WorkingTime(WorkingTime&&) noexcept = default;

bool WorkingTime::is_worked(Day day) const {
  if (std::binary_search(hours_.holidays.begin(), hours_.holidays.end(), day)) return false;
  const int weekday = static_cast<int>(std::chrono::weekday(day).iso_encoding());
  return std::binary_search(hours_.days.begin(), hours_.days.end(), weekday);
}

Time WorkingTime::at(Day day, int minutes) const {
  const Millis local = std::chrono::duration_cast<Millis>(day.time_since_epoch()) + std::chrono::minutes(minutes);
  return Time(local - zone_->ahead(local, true));
}

Day WorkingTime::day_of(Time time) const { return to_day(time + zone_->ahead(time.time_since_epoch(), false)); }

Time WorkingTime::after(Time since, Millis working) const {
  if (working <= Millis(0)) return since;
  Day day = day_of(since);
  Time reached = since;
  for (int i = 0; i < kMostDays; ++i, day += std::chrono::days(1)) {
    if (!is_worked(day)) continue;
    const Time begins = std::max(since, at(day, hours_.from));
    const Time ends = at(day, hours_.to);
    if (begins >= ends) continue;
    if (working <= ends - begins) return begins + working;
    working -= ends - begins;
    reached = ends;
  }
  return reached;
}

Millis WorkingTime::between(Time from, Time to) const {
  Millis sum{0};
  Day day = day_of(from);
  for (int i = 0; i < kMostDays && at(day, 0) < to; ++i, day += std::chrono::days(1)) {
    if (!is_worked(day)) continue;
    const Time begins = std::max(from, at(day, hours_.from)), ends = std::min(to, at(day, hours_.to));
    if (begins < ends) sum += ends - begins;
  }
  return sum;
}

bool WorkingTime::is_working(Time time) const {
  const Day day = day_of(time);
  return is_worked(day) && time >= at(day, hours_.from) && time < at(day, hours_.to);
}

Time WorkingTime::before(Day day, int working_days) const {
  for (int i = 0; working_days > 0 && i < kMostDays; ++i) {
    day -= std::chrono::days(1);
    if (is_worked(day)) --working_days;
  }
  for (int i = 0; !is_worked(day) && i < kMostDays; ++i) day += std::chrono::days(1);
  return at(day, hours_.from);
}

}  // namespace tidings
