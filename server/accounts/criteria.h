// SPDX-License-Identifier: GPL-3.0-or-later
// By what accounts are judged: the settings that a lead may change, with their defaults.
#pragma once

#include <string>
#include <vector>

#include "indexer/base/json.h"
#include "indexer/ledger/session.h"
#include "indexer/model/user.h"

namespace tidings {

struct Criteria {
  double key_share = 0.8;               // key clients bring at least this share of the revenue
  int usual_gap = 30;                   // days between contacts, for a client whose rhythm is not known yet
  std::vector<int> ladder{30, 60, 90};  // days of silence after which somebody is to call, for such a client
  int half_life = 180;                  // days after which a contact counts half
  double sole_share = 0.7;              // more than this from one person is a single source
  int deal_weeks = 13;                  // how long before and after a deal its contacts are counted
  // Local parts of addresses that no person answers to.
  std::vector<std::string> impersonal{"info",    "sales",   "office", "contact", "mail",
                                      "support", "service", "hello",  "noreply"};
};
void to_json(json& out, const Criteria& criteria);

// As kept in the ledger; what was not changed is the default.
Criteria criteria_of(Session& session);
// Lays `patch` (schemas/records/criteria.schema.json) over them and keeps that. Throws Refusal: invalid.
Criteria change_criteria(Session& session, const json& patch, const Actor& by);

}  // namespace tidings
