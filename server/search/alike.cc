// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/search/alike.h"

#include <algorithm>
#include <limits>

#include "indexer/index/facts.h"
#include "indexer/index/fields.h"
#include "indexer/index/insight_document.h"
#include "server/search/snippet.h"

namespace tidings {
namespace {

constexpr std::size_t kAlikeTerms = 25;

}  // namespace

std::vector<Alike> find_alike(const Base& base, const Xapian::Document& document, InsightId id, std::size_t limit) {
  const Sight& sight = base.sight;
  const double documents = sight.index.all.get_doccount();
  struct Weighted {
    std::string term;
    double weight;
  };
  std::vector<Weighted> terms;
  const TextTerms is_text;
  for (auto it = document.termlist_begin(); it != document.termlist_end(); ++it) {
    if (!is_text(*it)) continue;
    const double with_term = sight.index.all.get_termfreq(*it);
    if (with_term > 0) terms.push_back({*it, bm25_weight(documents, with_term, it.get_wdf(), 1)});
  }
  std::sort(terms.begin(), terms.end(), [](const Weighted& a, const Weighted& b) { return a.weight > b.weight; });
  if (terms.size() > kAlikeTerms) terms.resize(kAlikeTerms);
  double own = 0;
  std::vector<Plan> wishes;
  for (const Weighted& each : terms) {
    own += each.weight;
    wishes.push_back(make_term(each.term));
  }
  std::vector<Alike> alike;
  const Plan plan = make_plan(Plan::Type::any, std::move(wishes));
  if (plan.empty()) return alike;
  Ranking ranking(sight, base.manifest.newest_first, std::numeric_limits<InsightId>::max(),
                  {std::chrono::steady_clock::now(), Question().budget}, {});
  const ClientId client = unpack(document.get_value(kFactsSlot)).client_id;
  for (const Found& found : ranking.best(plan, {}, limit + 1).found) {
    if (sight.tables.insight(found.serial) == id || alike.size() == limit) continue;
    json hit = document_data(document_at(sight, found.serial));
    hit["snippet"] =
        make_snippet(hit["body"].get_ref<const std::string&>(), hit["language"].get<std::string>(), Marker({})).html;
    hit["answered"] = !hit["answer"].get_ref<const std::string&>().empty();
    hit.erase("body");
    alike.push_back({std::move(hit), own > 0 ? std::min(1.0, found.weight / own) : 0,
                     sight.tables.client_id(found.serial) == client});
  }
  return alike;
}

}  // namespace tidings
