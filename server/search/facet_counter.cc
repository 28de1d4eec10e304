// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/search/facet_counter.h"

#include <fmt/format.h>

#include <algorithm>

namespace tidings {
namespace {

using std::chrono::year_month_day;

constexpr std::string_view kFacts[] = {"kind", "industry", "client", "queue", "state", "author", "language"};
constexpr std::string_view kIntervals[] = {"day", "week", "month", "quarter", "year"};
constexpr int kMaxQuarters = 40;  // of one foreseen window

Day day_of(int days) { return Day(std::chrono::days(days)); }

Day first_of_quarter(Day day) {
  const year_month_day date(day);
  const unsigned month = (static_cast<unsigned>(date.month()) - 1) / 3 * 3 + 1;
  return date.year() / std::chrono::month(month) / 1;
}

Day begin_of(Day day, std::string_view interval) {
  const year_month_day date(day);
  if (interval == "year") return date.year() / 1 / 1;
  if (interval == "quarter") return first_of_quarter(day);
  if (interval == "month") return date.year() / date.month() / 1;
  if (interval == "week") return day - (std::chrono::weekday(day) - std::chrono::Monday);
  return day;
}

}  // namespace

const std::vector<std::string_view>& facet_names() {
  static const std::vector<std::string_view> names = {"kind",   "industry", "client", "queue", "state",
                                                      "author", "language", "tag",    "year",  "quarter"};
  return names;
}

bool is_facet(std::string_view name) {
  return std::find(facet_names().begin(), facet_names().end(), name) != facet_names().end();
}

bool is_interval(std::string_view name) {
  return std::find(std::begin(kIntervals), std::end(kIntervals), name) != std::end(kIntervals);
}

std::string quarter_name(Day day) {
  const year_month_day date(day);
  return fmt::format("{}-Q{}", static_cast<int>(date.year()), (static_cast<unsigned>(date.month()) + 2) / 3);
}

FacetCounter::FacetCounter(const Tables& tables, const std::vector<std::string>& facets, std::string interval)
    : tables_(tables), interval_(std::move(interval)) {
  for (const std::string& name : facets) counted_.push_back({name, {}, {}});
}

void FacetCounter::count(Serial serial) {
  for (Counted& counted : counted_) count(counted, serial);
  if (!interval_.empty()) ++intervals_[begin_of(to_day(from_millis(tables_.recorded_at(serial))), interval_)];
}

void FacetCounter::count(Counted& counted, Serial serial) const {
  const auto add = [&](NameCode code) {
    if (code == 0) return;
    if (code >= counted.by_code.size()) counted.by_code.resize(code + 64, 0);
    ++counted.by_code[code];
  };
  const auto* fact = std::find(std::begin(kFacts), std::end(kFacts), counted.name);
  if (fact != std::end(kFacts)) {
    add(tables_.code(static_cast<Fact>(fact - std::begin(kFacts)), serial));
  } else if (counted.name == "tag") {
    for (NameCode code : tables_.tags(serial)) add(code);
  } else if (counted.name == "year") {
    const year_month_day date(to_day(from_millis(tables_.recorded_at(serial))));
    ++counted.by_text[std::to_string(static_cast<int>(date.year()))];
  } else {  // quarters that the foreseen window touches
    const int from = tables_.foreseen_from(serial), to = tables_.foreseen_to(serial);
    if (from > to) return;
    Day quarter = first_of_quarter(day_of(from));
    for (int i = 0; i < kMaxQuarters && quarter <= day_of(to); ++i) {
      ++counted.by_text[quarter_name(quarter)];
      quarter = first_of_quarter(quarter + std::chrono::days(100));
    }
  }
}

json FacetCounter::facets() const {
  json all = json::object();
  for (const Counted& counted : counted_) {
    json rows = json::array();
    for (const auto& [value, count] : counted.by_text) rows.push_back({{"value", value}, {"count", count}});
    const auto* fact = std::find(std::begin(kFacts), std::end(kFacts), counted.name);
    const NameBook& book =
        fact != std::end(kFacts) ? tables_.names(static_cast<Fact>(fact - std::begin(kFacts))) : tables_.tag_names();
    std::vector<std::pair<std::uint32_t, NameCode>> best;
    for (NameCode code = 1; code < counted.by_code.size(); ++code)
      if (counted.by_code[code] > 0) best.emplace_back(counted.by_code[code], code);
    const std::size_t shown = std::min(best.size(), kFacetValues);
    std::partial_sort(best.begin(), best.begin() + static_cast<std::ptrdiff_t>(shown), best.end(),
                      [&](const auto& a, const auto& b) {
                        return a.first != b.first ? a.first > b.first : book.name(a.second) < book.name(b.second);
                      });
    for (std::size_t i = 0; i < shown; ++i)
      rows.push_back({{"value", book.name(best[i].second)}, {"count", best[i].first}});
    all[counted.name] = std::move(rows);
  }
  return all;
}

json FacetCounter::histogram() const {
  json rows = json::array();
  for (const auto& [day, count] : intervals_) rows.push_back({{"from", to_string_day(day)}, {"count", count}});
  return rows;
}

}  // namespace tidings
