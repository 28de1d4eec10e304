// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/base/clock.h"

#include <date/date.h>
#include <fmt/format.h>

#include <charconv>
#include <sstream>

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
  // The library skips blanks and takes signs where RFC 3339 allows neither, so the shape is checked first.
  if (text.size() < 20 || text.size() > 35 || text[4] != '-' || (text[10] != 'T' && text[10] != 't' && text[10] != ' '))
    return std::nullopt;
  std::string plain(text);
  plain[10] = 'T';
  const bool utc = plain.back() == 'Z' || plain.back() == 'z';
  if (utc) plain.replace(plain.size() - 1, 1, "+00:00");
  const std::size_t offset = plain.size() - 6;
  if ((plain[offset] != '+' && plain[offset] != '-') || plain[offset + 3] != ':') return std::nullopt;
  for (std::size_t at = 0; at < plain.size(); ++at) {
    const bool digit = plain[at] >= '0' && plain[at] <= '9';
    const bool mark = at == 4 || at == 7 || at == 10 || at == 13 || at == 16 || at == offset || at == offset + 3 ||
                      (at == 19 && plain[at] == '.');
    if (digit == mark) return std::nullopt;
  }
  if (!day_of(number(plain.substr(0, 4)), number(plain.substr(5, 2)), number(plain.substr(8, 2)))) return std::nullopt;
  date::sys_time<std::chrono::nanoseconds> parsed;
  std::istringstream stream(plain);
  stream >> date::parse("%FT%T%Ez", parsed);
  if (stream.fail() || stream.peek() != std::char_traits<char>::eof()) return std::nullopt;
  return std::chrono::floor<Millis>(parsed);
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
