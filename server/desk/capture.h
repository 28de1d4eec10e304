// SPDX-License-Identifier: GPL-3.0-or-later
// Logging what a client said.
#pragma once

#include <optional>

#include "indexer/base/json.h"
#include "indexer/ledger/session.h"
#include "indexer/model/insight.h"
#include "indexer/model/user.h"
#include "server/routing/router.h"
#include "server/search/searcher.h"

namespace tidings {

class Capture {
 public:
  Capture(Session& session, const Actor& actor) : session_(session), actor_(actor) {}

  // Keeps a draft; the view of the insight, new or known. A rep or technician logs in their own name, and brings no
  // history. Throws Refusal: invalid, conflict (the key was used for another note), forbidden.
  json keep(const json& draft);

  // Changes members of an insight; null empties a member. `version` is the one that was read (If-Match), if given.
  // Only its author or a lead may. Throws Refusal: not_found, invalid, stale, forbidden.
  json change(InsightId id, const json& patch, std::optional<std::int64_t> version);

  json show(InsightId id) const;     // Refusal: not_found
  json history(InsightId id) const;  // the events of the insight and its work, oldest first

  // What would become of a draft: {client_known, route, priority}, and what is like it already (`similar`). Nothing is
  // kept.
  json preview(const json& draft, const Router& router, const Searcher& searcher,
               const std::shared_ptr<const Reach>& reach) const;

 private:
  Draft checked(const json& draft) const;
  Session& session_;
  const Actor& actor_;
};

}  // namespace tidings
