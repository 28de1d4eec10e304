// SPDX-License-Identifier: GPL-3.0-or-later
// Which clients we may be losing: key clients, silence, and on whom we depend.
#pragma once

#include <optional>
#include <string>

#include "indexer/ledger/session.h"
#include "indexer/model/user.h"
#include "server/accounts/book.h"

namespace tidings {

struct AttentionFilter {
  std::string owner, industry;  // empty: any
  bool only_key = false;
  bool quiet = false;  // also those that somebody asked to leave alone for now
  int offset = 0;
  int limit = 50;
};

class AttentionDesk {
 public:
  AttentionDesk(Session& session, const Actor& actor) : session_(session), actor_(actor) {}

  json criteria() const;
  json change_criteria(const json& patch);  // leads
  json change_questions(const json& list);  // leads; see accounts/questions.h

  // The curve of a year, of the clients' own figures for year 0: {year, years, share, total, key, items: [{client,
  // amount, share, so_far, key, pinned}], moved_in, moved_out}. The last two against the year before.
  json key_clients(const AccountBook::States& states, std::optional<int> year) const;

  // Clients with a reason, by weight × ratio, the greatest first: {criteria, items, cursor}. The weight is the share of
  // the revenue, at least half of an equal share; the ratio as in accounts/silence.h.
  json attention(const AccountBook::States& states, const AttentionFilter& filter) const;

  // Nobody is reminded of its silence until a day, at most a year away. Refusal: invalid.
  json quieten(ClientId client, const json& body);
  json wake(ClientId client);

 private:
  Session& session_;
  const Actor& actor_;
};

}  // namespace tidings
