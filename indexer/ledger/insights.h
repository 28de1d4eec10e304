// SPDX-License-Identifier: GPL-3.0-or-later
// Insights in the ledger: kept once, changed with a trace, read together with all that belongs to them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "indexer/ledger/accounts.h"
#include "indexer/ledger/session.h"
#include "indexer/model/insight.h"
#include "indexer/model/user.h"

namespace tidings {

// An insight with what belongs to it: what the index, the pages and an export need.
struct WholeInsight {
  Insight insight;
  Client client;
  std::optional<Work> work;
  std::vector<Answer> answers;    // oldest first; the last is the one that counts
  std::vector<Telling> tellings;  // oldest first
};

struct KeepOptions {
  bool create_clients = false;  // make a client that a draft names and the ledger does not know
};

struct Kept {
  InsightId id = 0;
  bool known = false;  // the same note was kept before; nothing was done
};

class Insights {
 public:
  explicit Insights(Session& session) : session_(session) {}

  // Keeps a draft with its client (see KeepOptions), its contacts (made when new) and its history (work, answer,
  // telling). A draft without a key gets one. Throws Refusal: invalid (unknown client or queue, a history that cannot
  // have been), conflict (the key was used for another note).
  Kept keep(const Draft& draft, const KeepOptions& options, const Actor& by);

  // Keeps `insight` as changed; the contacts are those of `contact_names`. Throws Refusal: stale.
  Insight change(Insight insight, const std::vector<std::string>& contact_names, const Actor& by);

  bool has(InsightId id) const;
  // Throws Refusal: not_found.
  Insight find(InsightId id) const;
  WholeInsight whole(InsightId id) const;

  // Ids in order, after `after`; of one client if `client` is given.
  std::vector<InsightId> ids(std::int64_t after, int limit, std::optional<ClientId> client = {}) const;
  std::vector<InsightId> ids_of_contact(ContactId contact, std::int64_t after, int limit) const;
  // With a window that ends on `since` or later, logged by `user` or of a client whose owner they are; the next first.
  std::vector<InsightId> foreseen_by(const std::string& user, Day since, int limit) const;
  std::vector<InsightId> latest(int limit) const;                    // kept last, the latest first
  std::vector<InsightId> ids_newest_first() const;                   // all of them, by recorded_at, then by id
  std::vector<Insight> latest_of(ClientId client, int limit) const;  // by when it was said, the latest first
  std::int64_t count() const;

 private:
  Client client_of(const Draft& draft, const KeepOptions& options, const Actor& by);
  std::optional<Kept> kept_before(const Insight& insight, const Client& client, const std::string& called) const;
  void set_contacts(Insight& insight, const std::vector<std::string>& names, const Actor& by);
  void keep_history(const Insight& insight, const History& history, const Actor& by);
  Session& session_;
};

}  // namespace tidings
