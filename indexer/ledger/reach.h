// SPDX-License-Identifier: GPL-3.0-or-later
// What somebody may see. Leads and admins reach everything; for the others, one rule, written once, in SQL:
//
//   a client     who has no team of ours; whose team is one of the viewer's; whom the viewer owns; technicians serve
//                everybody
//   an insight   whose client is reached; a confidential one only as its author, as its client's owner, or as a
//                technician who works the queue that it lies in
//   the rest     with the client, insight or work that it belongs to
//
// It is enforced below every query: who reads the ledger as somebody (Ledger::read_as) reads views that hold what they
// reach and that stand before the tables, so that no query can forget it.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "indexer/ledger/session.h"
#include "indexer/model/account.h"
#include "indexer/model/user.h"
#include "indexer/model/work.h"

namespace tidings {

// What is out of reach, for what is kept in memory. Never changes once made.
struct Reach {
  std::int64_t version = 0;                       // of the ledger's rules and who falls under them
  std::vector<bool> hidden_clients;               // by id
  std::unordered_set<InsightId> hidden_insights;  // confidential ones; those of hidden clients are not listed

  bool all() const { return hidden_clients.empty() && hidden_insights.empty(); }
  bool reaches_client(ClientId client) const {
    const auto id = static_cast<std::size_t>(client);
    return id >= hidden_clients.size() || !hidden_clients[id];
  }
  bool reaches(InsightId insight, ClientId client) const {
    return reaches_client(client) && !hidden_insights.contains(insight);
  }
};

// For Tidings itself.
inline const std::shared_ptr<const Reach> kEverything;

// Whether somebody of this role may have anything out of reach at all.
inline bool is_limited(const Actor& viewer) {
  return !viewer.name.empty() && (viewer.role == Role::rep || viewer.role == Role::technician);
}

// Makes a connection ready to ask what is reached; `veiled`: and puts the views before the tables. Outside a
// transaction, once.
void prepare_reach(Session& session, bool veiled);
// From here to the end of the transaction, what is reached is what `viewer` reaches. The session must be prepared.
void set_viewer(Session& session, const Actor& viewer);

// Call in the transaction of a change that moves the borders: teams of clients and users, owners, roles, confidential
// insights, their work's queue, who works a queue.
void reach_changed(Session& session);
// The same, if the insight is a confidential one.
void reach_changed_if_confidential(Session& session, InsightId insight);

// What people reach, remembered until it changes. Any thread.
class Reaches {
 public:
  // As of the session's snapshot.
  std::shared_ptr<const Reach> of(Session& session, const Actor& viewer) const;

 private:
  mutable std::mutex mutex_;
  mutable std::unordered_map<std::string, std::shared_ptr<const Reach>> known_;  // by name and role
};

// For changes, which are made on the tables themselves: whether `actor` reaches the thing. `of` is client, contact,
// insight, work, answer, attachment, deal, tie, departure or merger. The session must be prepared, and be in a
// transaction.
bool is_reached(Session& session, const Actor& actor, std::string_view of, std::int64_t id);
// Throws Refusal: not_found, as if there were none, if they do not.
void require_reached(Session& session, const Actor& actor, std::string_view of, std::int64_t id);

}  // namespace tidings
