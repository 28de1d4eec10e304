// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/base/clock.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace tidings {
namespace {

using std::chrono::days;
using std::chrono::month;
using std::chrono::months;
using std::chrono::year;
using std::chrono::year_month_day;

constexpr int kFirstYear = 1970;
constexpr int kLastYear = 9999;

bool all_digits(std::string_view text) {
  for (char c : text)
    if (c < '0' || c > '9') return false;
  return !text.empty();
}

// Whether `text` is of the shape, in which d stands for a digit and T for t or a blank as well.
bool has_shape(std::string_view text, std::string_view shape) {
  if (text.size() != shape.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    const bool fits = shape[i] == 'd'   ? digit
                      : shape[i] == 'T' ? text[i] == 'T' || text[i] == 't' || text[i] == ' '
                                        : text[i] == shape[i];
    if (!fits) return false;
  }
  return true;
}

int number(std::string_view digits) {
  int value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::optional<Day> day_of(int y, int m, int d) {
  const year_month_day day{year{y}, month{static_cast<unsigned>(m)}, std::chrono::day{static_cast<unsigned>(d)}};
  if (!day.ok() || y < kFirstYear || y > kLastYear) return std::nullopt;
  return Day(day);
}

// The first day of the month that comes `count` months after month `m` of year `y`, less one day.
Day last_day(int y, int m, int count) {
  const auto next = year{y} / month{static_cast<unsigned>(m)} + months{count};
  return Day(next / std::chrono::day{1}) - days{1};
}

}  // namespace

Time SystemClock::now() const { return std::chrono::floor<Millis>(std::chrono::system_clock::now()); }

std::string to_string_day(Day day) {
  const year_month_day parts{day};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(parts.year()), static_cast<unsigned>(parts.month()),
                     static_cast<unsigned>(parts.day()));
}

std::string to_string(Time time) {
  const Day day = to_day(time);
  const std::chrono::hh_mm_ss clock{time - day};
  return fmt::format("{}T{:02}:{:02}:{:02}.{:03}Z", to_string_day(day), clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count(), clock.subseconds().count());
}

std::optional<Time> parse_time(std::string_view text) {
  if (text.size() == 10) {
    const auto day = parse_day(text);
    if (!day) return std::nullopt;
    return Time(*day);
  }
  constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:dd";
  constexpr std::string_view kOffset = "+dd:dd";
  if (text.size() <= kShape.size() || text.size() > 35 || !has_shape(text.substr(0, kShape.size()), kShape))
    return std::nullopt;
  const auto day = parse_day(text.substr(0, 10));
  const int hour = number(text.substr(11, 2)), minute = number(text.substr(14, 2)), second = number(text.substr(17, 2));
  if (!day || hour > 23 || minute > 59 || second > 59) return std::nullopt;

  std::string_view rest = text.substr(kShape.size());
  Millis fraction{0};
  if (rest.front() == '.') {
    const auto digits = rest.substr(1, rest.find_first_not_of("0123456789", 1) - 1);
    if (digits.empty()) return std::nullopt;
    const std::string thousandths =
        std::string(digits.substr(0, 3)) + std::string(3 - std::min<std::size_t>(3, digits.size()), '0');
    fraction = Millis(number(thousandths));
    rest.remove_prefix(1 + digits.size());
  }
  std::chrono::minutes offset{0};
  if (rest != "Z" && rest != "z") {
    if (rest.empty() || !has_shape(rest.substr(1), kOffset.substr(1)) || (rest[0] != '+' && rest[0] != '-'))
      return std::nullopt;
    const int hours = number(rest.substr(1, 2)), minutes = number(rest.substr(4, 2));
    if (hours > 23 || minutes > 59) return std::nullopt;
    offset = std::chrono::minutes((rest[0] == '-' ? -1 : 1) * (60 * hours + minutes));
  }
  const Time time =
      *day + std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second) + fraction - offset;
  if (time < Time(*day_of(kFirstYear, 1, 1)) || time >= Time(last_day(kLastYear, 12, 1) + days{1})) return std::nullopt;
  return time;
}

std::optional<Day> parse_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto y = text.substr(0, 4), m = text.substr(5, 2), d = text.substr(8, 2);
  if (!all_digits(y) || !all_digits(m) || !all_digits(d)) return std::nullopt;
  return day_of(number(y), number(m), number(d));
}

std::optional<Days> parse_period(std::string_view text) {
  if (text.size() == 10) {
    if (const auto day = parse_day(text)) return Days{*day, *day};
    return std::nullopt;
  }
  if (text.size() < 4 || !all_digits(text.substr(0, 4))) return std::nullopt;
  const int y = number(text.substr(0, 4));
  if (y < kFirstYear || y > kLastYear) return std::nullopt;
  if (text.size() == 4) return Days{*day_of(y, 1, 1), *day_of(y, 12, 31)};
  if (text.size() != 7 || text[4] != '-') return std::nullopt;
  if (text[5] == 'Q' || text[5] == 'q') {
    if (text[6] < '1' || text[6] > '4') return std::nullopt;
    const int first = 3 * (text[6] - '1') + 1;
    return Days{*day_of(y, first, 1), last_day(y, first, 3)};
  }
  if (!all_digits(text.substr(5, 2))) return std::nullopt;
  const int m = number(text.substr(5, 2));
  if (m < 1 || m > 12) return std::nullopt;
  return Days{*day_of(y, m, 1), last_day(y, m, 1)};
}

}  // namespace tidings
