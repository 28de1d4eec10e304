// SPDX-License-Identifier: GPL-3.0-or-later
// Clients and contacts.
#pragma once

#include <optional>
#include <string>

#include "indexer/base/json.h"
#include "indexer/ledger/accounts.h"
#include "indexer/ledger/session.h"
#include "indexer/model/user.h"

namespace tidings {

class AccountsDesk {
 public:
  AccountsDesk(Session& session, const Actor& actor) : session_(session), actor_(actor) {}

  json clients(const Page& page, const std::string& part) const;  // {items, cursor}
  json client(ClientId id) const;
  json create_client(const json& body);
  json change_client(ClientId id, const json& patch, std::optional<std::int64_t> version);

  json contacts(ClientId client) const;
  json contact(ContactId id) const;
  json create_contact(ClientId client, const json& body);
  json change_contact(ContactId id, const json& patch, std::optional<std::int64_t> version);
  // Whoever has this address or had it: {items: [contact with client_name]}.
  json at_address(const std::string& email) const;

  // Body {lost: id}: see ledger/mergers.h. Each can be undone.
  json merge_client(ClientId kept, const json& body);
  json merge_contact(ContactId kept, const json& body);
  json mergers() const;  // {items}, the latest first
  json undo_merger(std::int64_t id);

 private:
  void require_own_team(const Client& changed, const std::string& before) const;
  Session& session_;
  const Actor& actor_;
};

}  // namespace tidings
