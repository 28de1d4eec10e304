// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/accounts/criteria.h"

#include <algorithm>

#include "indexer/ledger/settings.h"
#include "indexer/model/fields.h"
#include "indexer/model/schema.h"

namespace tidings {
namespace {

constexpr const char* kName = "criteria";

void update(Criteria& criteria, const json& in) {
  take(in, "key_share", criteria.key_share);
  take(in, "usual_gap", criteria.usual_gap);
  take(in, "ladder", criteria.ladder);
  take(in, "half_life", criteria.half_life);
  take(in, "sole_share", criteria.sole_share);
  take(in, "deal_weeks", criteria.deal_weeks);
  take(in, "impersonal", criteria.impersonal);
  if (!std::is_sorted(criteria.ladder.begin(), criteria.ladder.end())) throw invalid("/ladder", "does not ascend");
  for (std::string& each : criteria.impersonal) each = fold(trim(each));
}

}  // namespace

void to_json(json& out, const Criteria& criteria) {
  out = {{"key_share", criteria.key_share},  {"usual_gap", criteria.usual_gap},   {"ladder", criteria.ladder},
         {"half_life", criteria.half_life},  {"sole_share", criteria.sole_share}, {"deal_weeks", criteria.deal_weeks},
         {"impersonal", criteria.impersonal}};
}

Criteria criteria_of(Session& session) {
  Criteria criteria;
  if (const auto kept = Settings(session).find(kName)) update(criteria, *kept);
  return criteria;
}

Criteria change_criteria(Session& session, const json& patch, const Actor& by) {
  record_schema("criteria").require(patch);
  Criteria criteria = criteria_of(session);
  update(criteria, patch);
  Settings(session).set(kName, criteria, by);
  return criteria;
}

}  // namespace tidings
