// SPDX-License-Identifier: GPL-3.0-or-later
// Clients and contacts in the ledger. Each change writes its event. What was merged into another (see mergers.h) is in
// no list, and its name, alias or address finds the other.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "indexer/ledger/session.h"
#include "indexer/model/account.h"
#include "indexer/model/user.h"

namespace tidings {

// A page of a list in the order of ids: what comes after `after`.
struct Page {
  std::int64_t after = 0;
  int limit = 50;
};

class Clients {
 public:
  explicit Clients(Session& session) : session_(session) {}

  // Keeps a new client and returns it with its id. Throws Refusal: conflict (the name is taken).
  Client create(Client client, const Actor& by);
  // Keeps `client` as changed; returns it with its new version. Throws Refusal: stale (changed since it was read),
  // conflict (the name is taken, or it was merged).
  Client change(Client client, const Actor& by);
  // Refusal: conflict (something refers to it), not_found.
  void remove(ClientId id, const Actor& by);
  // Throws Refusal: not_found.
  Client find(ClientId id) const;                                     // also one that was merged
  Client find_unmerged(ClientId id) const;                            // Refusal: conflict (it was merged into another)
  Client resolve(ClientId id) const;                                  // the one it was merged into, or itself
  std::optional<Client> find_by_name(const std::string& name) const;  // or by another name (see call)
  // The one client of this domain; nothing if there are several.
  std::optional<Client> find_by_domain(const std::string& domain) const;
  // The client is found by this name too from now on. Refusal: conflict (another's).
  void call(ClientId id, const std::string& name, const Actor& by);
  // Clients whose folded name holds the folded `part`; all for an empty one.
  std::vector<Client> list(const Page& page, const std::string& part = "") const;
  // The sum of the clients' revenue.
  double total_revenue() const;

 private:
  Session& session_;
};

class Contacts {
 public:
  explicit Contacts(Session& session) : session_(session) {}

  // Throws Refusal: conflict (the name is taken at that client), not_found (no such client), invalid (reports_to).
  Contact create(Contact contact, const Actor& by);
  Contact change(Contact contact, const Actor& by);
  // Refusal: conflict (something refers to it), not_found.
  void remove(ContactId id, const Actor& by);
  Contact find(ContactId id) const;           // also one that was merged
  Contact find_unmerged(ContactId id) const;  // Refusal: conflict
  std::optional<Contact> find_by_name(ClientId client, const std::string& name) const;
  std::vector<Contact> of(ClientId client) const;
  // The same human being at all clients, the first employment first; the contact itself at least.
  std::vector<Contact> employments(const Contact& contact) const;
  // With this address, whatever its case, at any client, also where they have left.
  std::vector<Contact> find_by_email(const std::string& email) const;

 private:
  void require_superior(const Contact& contact) const;
  Session& session_;
};

}  // namespace tidings
