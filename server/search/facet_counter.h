// SPDX-License-Identifier: GPL-3.0-or-later
// Counts of what matched, by facet and by time, from the tables.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/base/json.h"
#include "server/search/tables.h"

namespace tidings {

// What results can be counted and narrowed by: the facts, and tag, year (said), quarter (foreseen).
const std::vector<std::string_view>& facet_names();
bool is_facet(std::string_view name);

constexpr std::size_t kFacetValues = 50;  // shown of each, the most frequent

class FacetCounter {
 public:
  // `facets` are facet_names(); `interval` is day, week, month, quarter, year or empty for no histogram.
  FacetCounter(const Tables& tables, const std::vector<std::string>& facets, std::string interval);

  void count(Serial serial);

  // name -> [{value, count}], the most frequent first; years and quarters in order of time.
  json facets() const;
  // [{from, count}] in order of time, intervals without a note left out.
  json histogram() const;

 private:
  struct Counted {
    std::string name;
    std::vector<std::uint32_t> by_code;            // of names
    std::map<std::string, std::uint32_t> by_text;  // of times
  };
  void count(Counted& counted, Serial serial) const;

  const Tables& tables_;
  std::vector<Counted> counted_;
  std::string interval_;
  std::map<Day, std::uint32_t> intervals_;
};

bool is_interval(std::string_view name);

// "2027-Q2" and the days it covers.
std::string quarter_name(Day day);

}  // namespace tidings
