// SPDX-License-Identifier: GPL-3.0-or-later
// The end of the loop: who is still to be told, asked again, or asked whether it came about; and how well we did.
#pragma once

#include <string>

#include "indexer/base/json.h"
#include "indexer/ledger/follow_ups.h"
#include "indexer/ledger/session.h"
#include "indexer/model/user.h"

namespace tidings {

class FollowUpDesk {
 public:
  FollowUpDesk(Session& session, const Actor& actor) : session_(session), actor_(actor) {}

  // What the actor has to do at their clients, the longest waiting first: {items: [{what, insight, work, client, title,
  // queue, since, days}]}.
  json to_do() const;

  // How many answers reached the client, and how fast, by "queue", "author" (the rep) or "client":
  // {items: [{name, answered, told, rate, median_hours, oldest_untold}]}, those with most still to tell first. Refusal:
  // invalid.
  json told(const std::string& by, Time since) const;

  // Whether what was foreseen came about (schemas/records/outcome.schema.json); the insight's view. By its author, the
  // client's owner or a lead. Refusal: not_found, forbidden, conflict (nothing was foreseen), invalid.
  json judge(InsightId insight, const json& body);

  // How right foresights were, by "author", "client" or "contact": {items: [{name, judged, happened, share, brier,
  // median_days_ahead}]}, those with most judged first. `brier` is the mean of (likelihood − outcome)² over those with
  // a likelihood (Brier 1950): 0 is always sure and right, 0.25 what always saying one half gets. `median_days_ahead`
  // is from when it was said to when it happened (or its window began). Refusal: invalid.
  json foresights(const std::string& by) const;

 private:
  Session& session_;
  const Actor& actor_;
};

}  // namespace tidings
