// SPDX-License-Identifier: GPL-3.0-or-later
// Answers as knowledge: "flag it or fix it", and look at it again in time.
#pragma once

#include "indexer/base/json.h"
#include "indexer/ledger/session.h"
#include "indexer/model/user.h"
#include "indexer/model/work.h"

namespace tidings {

class AnswersDesk {
 public:
  AnswersDesk(Session& session, const Actor& actor) : session_(session), actor_(actor) {}

  // Those that are flagged or outdated, the most repeated first; {items, cursor}.
  json doubtful(int offset, int limit) const;
  // An answer with all others that say the same (`same`). Refusal: not_found.
  json show(AnswerId id) const;

  // Anybody may doubt an answer, with a reason; who gave it is told. Refusal: not_found, conflict (flagged already).
  json flag(AnswerId id, const json& body);
  // Whoever works its queue says that it holds, or mends it (`body`); either is good until `review_on`, or the queue's
  // review_days from now. Whose clients have heard a mended answer is told. Refusal: not_found, forbidden, invalid.
  json review(AnswerId id, const json& body);

 private:
  Session& session_;
  const Actor& actor_;
};

}  // namespace tidings
