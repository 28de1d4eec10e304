// SPDX-License-Identifier: GPL-3.0-or-later
// Time as Tidings keeps it: UTC milliseconds, and days. RFC 3339 on the wire.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tidings {

using Millis = std::chrono::milliseconds;
using Time = std::chrono::sys_time<Millis>;
using Day = std::chrono::sys_days;

// What time it is. Every class that asks gets one of these, so that tests can move time by hand.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;  // any thread
};

class SystemClock : public Clock {
 public:
  Time now() const override;
};

// "2026-11-23T10:15:00.000Z"; always UTC and always with milliseconds, so that text order is time order.
std::string to_string(Time time);
// "2026-11-23".
std::string to_string_day(Day day);

// Reads an RFC 3339 date-time with any offset, or a plain date (midnight UTC). Years 1970 to 9999; nothing on anything
// else.
std::optional<Time> parse_time(std::string_view text);
// Reads YYYY-MM-DD; nothing on anything else, a 30th of February included.
std::optional<Day> parse_day(std::string_view text);

// A span of whole days, both ends included.
struct Days {
  Day from;
  Day to;
};
// Reads a year, month, quarter or day as the days it covers: "2027", "2027-04", "2027-Q2", "2027-04-30".
std::optional<Days> parse_period(std::string_view text);

inline std::int64_t to_millis(Time time) { return time.time_since_epoch().count(); }
inline Time from_millis(std::int64_t millis) { return Time(Millis(millis)); }
inline Day to_day(Time time) { return std::chrono::floor<std::chrono::days>(time); }

}  // namespace tidings
