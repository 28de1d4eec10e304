// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/accounts/silence.h"

#include <algorithm>
#include <cmath>

namespace tidings {
namespace {

constexpr std::size_t kGaps = 12, kFewestGaps = 3;
constexpr int kShortestStep = 7;
constexpr int kSteps[] = {2, 4, 6};
constexpr int kDaysToJudge = 28;

int days_between(Day from, Day to) { return static_cast<int>((to - from).count()); }

std::optional<double> rhythm_of(const std::vector<Day>& days) {
  if (days.size() <= kFewestGaps) return std::nullopt;
  std::vector<int> gaps;
  for (std::size_t i = days.size() - std::min(kGaps, days.size() - 1); i < days.size(); ++i)
    gaps.push_back(days_between(days[i - 1], days[i]));
  std::sort(gaps.begin(), gaps.end());
  const std::size_t half = gaps.size() / 2;
  const double median = gaps.size() % 2 ? gaps[half] : (gaps[half - 1] + gaps[half]) / 2.0;
  return std::max(1.0, median);
}

}  // namespace

Silence silence_of(const std::vector<Day>& days, Day since, Day today, const Criteria& criteria) {
  Silence silence;
  const auto end = std::upper_bound(days.begin(), days.end(), today);
  const std::vector<Day> past(days.begin(), end);
  if (!past.empty()) silence.last = past.back();
  const Day from = silence.last.value_or(since);
  silence.days = std::max(0, days_between(from, today));
  silence.rhythm = rhythm_of(past);
  silence.expected = silence.rhythm.value_or(criteria.usual_gap);
  silence.ratio = silence.days / silence.expected;
  silence.ladder = criteria.ladder;
  if (silence.rhythm) {
    silence.ladder.clear();
    for (int times : kSteps)
      silence.ladder.push_back(
          std::max(kShortestStep * times / 2, static_cast<int>(std::ceil(times * *silence.rhythm))));
  }
  for (int step : silence.ladder) silence.step += silence.days >= step;
  if (silence.step > 0)
    silence.call_by = static_cast<std::size_t>(silence.step) < silence.ladder.size()
                          ? from + std::chrono::days(silence.ladder[static_cast<std::size_t>(silence.step)])
                          : today;
  return silence;
}

std::optional<AfterDeal> after_deal(const std::vector<Day>& days, Day signed_on, Day today, const Criteria& criteria) {
  const int most = criteria.deal_weeks * 7;
  const int gone = std::min(most, days_between(signed_on, today));
  if (gone < kDaysToJudge) return std::nullopt;
  const auto count = [&](Day from, Day to) {  // after `from`, up to `to`
    return std::upper_bound(days.begin(), days.end(), to) - std::upper_bound(days.begin(), days.end(), from);
  };
  constexpr int kFewestBefore = 3;
  AfterDeal after;
  after.signed_on = signed_on;
  const auto before = count(signed_on - std::chrono::days(most), signed_on);
  after.before = static_cast<double>(before) / criteria.deal_weeks;
  after.after = static_cast<double>(count(signed_on, signed_on + std::chrono::days(gone))) * 7.0 / gone;
  after.left_alone = before >= kFewestBefore && after.after < after.before / 2;
  return after;
}

}  // namespace tidings
