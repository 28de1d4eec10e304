// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/desk/outlook_desk.h"

#include <fmt/format.h>

#include "indexer/base/text.h"
#include "indexer/ledger/accounts.h"
#include "indexer/ledger/insights.h"
#include "indexer/model/fields.h"
#include "indexer/model/schema.h"
#include "server/desk/patch.h"
#include "server/desk/rights.h"
#include "server/desk/views.h"

namespace tidings {
namespace {

constexpr std::size_t kShownNotes = 5, kShownTerms = 12, kShownAlone = 20;

json notes_of(Session& session, const std::vector<InsightId>& ids, std::size_t most) {
  constexpr std::size_t kLongestText = 240;
  json notes = json::array();
  for (InsightId id : ids) {
    if (notes.size() == most) break;
    const Insight insight = Insights(session).find(id);
    notes.push_back({{"id", id},
                     {"client", {{"id", insight.client}, {"name", Clients(session).find(insight.client).name}}},
                     {"said_on", to_string_day(to_day(insight.recorded_at))},
                     {"text", title_of(insight, kLongestText)}});
  }
  return notes;
}

template <class Key>
json counts_of(const std::map<Key, int>& counts) {
  json all = json::object();
  for (const auto& [key, count] : counts) {
    if constexpr (std::is_same_v<Key, Quarter>)
      all[to_string(key)] = count;
    else
      all[key] = count;
  }
  return all;
}

// The notes that hold the term, as a search.
std::string search_for(const std::string& term) {
  return term.find(' ') == std::string::npos ? "kind:change " + term : fmt::format("kind:change \"{}\"", term);
}

}  // namespace

json OutlookDesk::outlook(const ForesightBook::Given& given) const {
  json items = json::array();
  for (const Theme& theme : given.outlook.themes) {
    json terms = json::array();
    for (TermId term : theme.terms)
      if (terms.size() < kShownTerms) terms.push_back(given.spelled.at(term));
    items.push_back({{"theme", theme.gathered ? json(theme.gathered) : json()},
                     {"title", theme.title},
                     {"terms", std::move(terms)},
                     {"score", theme.score},
                     {"witnesses", theme.witnesses},
                     {"strength", theme.strength},
                     {"named", theme.named},
                     {"notes", theme.insights.size()},
                     {"first_said", to_string_day(theme.first_said)},
                     {"first_heard", to_string(quarter_of(theme.first_said))},
                     {"last_said", to_string_day(theme.last_said)},
                     {"trend", theme.trend},
                     {"likelihood", or_null(theme.likelihood)},
                     {"revenue_share", theme.revenue_share},
                     {"heard", counts_of(theme.heard)},
                     {"foreseen", counts_of(theme.foreseen)},
                     {"industries", counts_of(theme.industries)},
                     {"queues", counts_of(theme.queues)},
                     {"answered", theme.answered},
                     {"insights", notes_of(session_, theme.insights, kShownNotes)}});
  }
  return {{"as_of", to_string(given.as_of)},
          {"foresights", given.outlook.foresights},
          {"before", given.outlook.before},
          {"items", std::move(items)},
          {"alone",
           {{"count", given.outlook.alone.size()}, {"items", notes_of(session_, given.outlook.alone, kShownAlone)}}}};
}

json OutlookDesk::rising(const ForesightBook::Given& given) const {
  json items = json::array();
  for (const RisingTerm& each : given.outlook.rising) {
    const std::string& term = given.spelled.at(each.term);
    items.push_back({{"term", term},
                     {"notes", each.notes},
                     {"before", each.before},
                     {"witnesses", each.witnesses},
                     {"score", each.score},
                     {"find", search_for(term)}});
  }
  return {{"as_of", to_string(given.as_of)},
          {"foresights", given.outlook.foresights},
          {"before", given.outlook.before},
          {"items", std::move(items)}};
}

json OutlookDesk::themes() const { return {{"items", Themes(session_).list()}}; }

json OutlookDesk::create_theme(const json& body) {
  require(actor_, Right::keep_accounts);
  record_schema("theme").require(body);
  KeptTheme theme;
  update(theme, body);
  return Themes(session_).create(theme, actor_);
}

json OutlookDesk::change_theme(std::int64_t id, const json& patch, std::optional<std::int64_t> version) {
  require(actor_, Right::keep_accounts);
  const KeptTheme now = Themes(session_).find(id);
  require_version(now.version, version);
  return Themes(session_).change(patched(now, patch, "theme", {"id", "version", "by", "created_at"}), actor_);
}

void OutlookDesk::remove_theme(std::int64_t id) {
  require(actor_, Right::keep_accounts);
  Themes(session_).remove(id, actor_);
}

}  // namespace tidings
