// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/search/base.h"

#include <algorithm>
#include <limits>

#include "indexer/index/language.h"

namespace tidings {

Xapian::Document document_at(const Sight& sight, Serial serial) {
  return sight.index.segments[segment_of(sight, serial)].get_document(serial);
}

bool is_number(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool TextTerms::operator()(const std::string& term) const {
  return term.size() >= 3 && !is_prefixed(term) && !is_number(term);
}

std::vector<std::string> stems_in(const std::string& word, const std::vector<std::string>& languages) {
  std::vector<std::string> stems{stem(word, "en")};
  for (const std::string& language : languages)
    if (std::string other = stem(word, language); std::find(stems.begin(), stems.end(), other) == stems.end())
      stems.push_back(std::move(other));
  return stems;
}

Plan plan_of(Plan::Type type, const std::vector<std::string>& terms) {
  std::vector<Plan> parts;
  for (const std::string& term : terms) parts.push_back(make_term(term));
  return make_plan(type, std::move(parts));
}

std::int64_t reached_notes(const Base& base, const Plan& plan, std::int64_t most) {
  Ranking ranking(base.sight, base.manifest.newest_first, std::numeric_limits<InsightId>::max(),
                  {std::chrono::steady_clock::now(), Question().budget}, {});
  return ranking.each(plan, {}, most, [](Serial) {}).total;
}

}  // namespace tidings
