// SPDX-License-Identifier: GPL-3.0-or-later
// Clients and contacts that were kept twice: one is merged into the other, and can be parted from it again.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "indexer/ledger/accounts.h"
#include "indexer/ledger/session.h"
#include "indexer/model/insight.h"

namespace tidings {

enum class Mergeable { client, contact };
template <>
struct Names<Mergeable> {
  static constexpr std::pair<Mergeable, std::string_view> all[] = {{Mergeable::client, "client"},
                                                                   {Mergeable::contact, "contact"}};
};

struct Merger {
  std::int64_t id = 0;
  Mergeable what = Mergeable::client;
  std::int64_t kept = 0, lost = 0;
  // What went along: {rows: {"insight.client": [id, …], …}, filled: {field: value}, mergers: [id, …]} for a client; for
  // a contact also {twice: [[insight, place], …]}, where both were named, own_superior and joins_person.
  json moved = json::object();
  std::string by;
  Time at{};
  std::optional<Time> undone_at;
};
// {id, what, kept, lost, moved: {table: how many}, filled, by, at, undone_at}
void to_json(json& out, const Merger& merger);

// What belongs to `lost` belongs to `kept` afterwards: for a client its notes, contacts (those of one name become one),
// deals, revenue, other names and findings; for a contact its notes, ties, reports, acquaintances, findings and
// departures. What `kept` has already (a deal of that day and title, a year's revenue, a tie) stays behind, counted no
// more. Fields that `kept` leaves empty are filled. Followers are told of both.
class Mergers {
 public:
  explicit Mergers(Session& session) : session_(session) {}

  // Refusal: not_found, conflict (one is merged already), invalid (the same one; contacts of two clients).
  Merger merge_clients(ClientId kept, ClientId lost, const Actor& by);
  Merger merge_contacts(ContactId kept, ContactId lost, const Actor& by);
  // What went along goes back; what came since stays with `kept`, but for notes whose first contact goes back. A filled
  // field is emptied unless it was changed since. Refusal: not_found, conflict (undone already, or a later merger of
  // what went along stands on it).
  Merger undo(std::int64_t id, const Actor& by);
  Merger find(std::int64_t id) const;  // Refusal: not_found
  std::vector<Merger> latest(int limit) const;

 private:
  Merger keep(Merger merger, const Actor& by);
  Merger merge(Contact kept, const Contact& lost, const Actor& by);
  void require_last(const Merger& merger) const;
  void part_clients(const Merger& merger, const Actor& by);
  void bring_back(const Merger& merger);  // the rows of contacts
  void part_contacts(const Merger& merger, const Actor& by);
  void tell(const Merger& merger, const std::string& event, const Actor& by);
  void end(const Merger& merger, const Actor& by);
  Session& session_;
};

}  // namespace tidings
