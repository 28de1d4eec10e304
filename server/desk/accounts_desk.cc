// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/desk/accounts_desk.h"

#include <algorithm>

#include "indexer/base/text.h"
#include "indexer/ledger/mergers.h"
#include "indexer/ledger/people.h"
#include "indexer/ledger/reach.h"
#include "server/desk/patch.h"
#include "server/desk/rights.h"

namespace tidings {
namespace {

constexpr int kMergers = 50;  // that are listed, the latest

std::int64_t lost_of(const json& body) {
  record_schema("merging").require(body);
  return body["lost"].get<std::int64_t>();
}

}  // namespace

json AccountsDesk::clients(const Page& page, const std::string& part) const {
  Page one_more = page;
  ++one_more.limit;
  auto clients = Clients(session_).list(one_more, part);
  const bool more = static_cast<int>(clients.size()) > page.limit;
  if (more) clients.pop_back();
  return {{"items", clients}, {"cursor", more ? json(std::to_string(clients.back().id)) : json()}};
}

json AccountsDesk::client(ClientId id) const { return Clients(session_).find(id); }

// Only a lead lets others in, or shuts them out: whoever is no lead gives a client to a team of their own.
void AccountsDesk::require_own_team(const Client& changed, const std::string& before) const {
  if (changed.team == before || may(actor_.role, Right::lead)) return;
  const auto teams = People(session_).find(actor_.name).teams;
  if (!before.empty() || std::find(teams.begin(), teams.end(), changed.team) == teams.end())
    throw Refusal(Code::forbidden, "only a lead gives a client to a team that you are not in, or takes it from one",
                  {{"/team", "is for leads"}});
}

json AccountsDesk::create_client(const json& body) {
  require(actor_, Right::keep_accounts);
  record_schema("client").require(body);
  Client client;
  update(client, body);
  if (client.name.empty()) throw invalid("/name", "is empty");
  require_own_team(client, "");
  return Clients(session_).create(client, actor_);
}

json AccountsDesk::change_client(ClientId id, const json& patch, std::optional<std::int64_t> version) {
  require(actor_, Right::keep_accounts);
  require_reached(session_, actor_, "client", id);
  Clients clients(session_);
  const Client now = clients.find(id);
  require_version(now.version, version);
  const Client changed = patched(now, patch, "client", {"id", "version", "created_at", "quiet", "merged_into"});
  if (changed.name.empty()) throw invalid("/name", "is empty");
  require_own_team(changed, now.team);
  return clients.change(changed, actor_);
}

json AccountsDesk::contacts(ClientId client) const {
  require(actor_, Right::see_contacts);
  Clients(session_).find(client);
  return {{"items", Contacts(session_).of(client)}};
}

json AccountsDesk::contact(ContactId id) const {
  require(actor_, Right::see_contacts);
  return Contacts(session_).find(id);
}

json AccountsDesk::create_contact(ClientId client, const json& body) {
  require(actor_, Right::keep_accounts);
  require_reached(session_, actor_, "client", client);
  record_schema("contact").require(body);
  if (body.contains("client")) throw invalid("/client", "is named by the path");
  if (body.contains("reports_to") && body["reports_to"].is_string())
    throw invalid("/reports_to", "must be the contact's id");
  Contact contact;
  update(contact, body);
  contact.client = client;
  if (contact.name.empty()) throw invalid("/name", "is empty");
  return Contacts(session_).create(contact, actor_);
}

json AccountsDesk::change_contact(ContactId id, const json& patch, std::optional<std::int64_t> version) {
  require(actor_, Right::keep_accounts);
  require_reached(session_, actor_, "contact", id);
  Contacts contacts(session_);
  const Contact now = contacts.find(id);
  require_version(now.version, version);
  if (patch.is_object() && patch.contains("client")) throw invalid("/client", "cannot be changed");
  if (patch.is_object() && patch.contains("reports_to") && patch["reports_to"].is_string())
    throw invalid("/reports_to", "must be the contact's id");
  const Contact changed =
      patched(now, patch, "contact", {"id", "version", "created_at", "client", "person", "merged_into"});
  if (changed.name.empty()) throw invalid("/name", "is empty");
  return contacts.change(changed, actor_);
}

json AccountsDesk::at_address(const std::string& email) const {
  require(actor_, Right::see_contacts);
  json items = json::array();
  for (const Contact& each : Contacts(session_).find_by_email(email)) {
    json item = each;
    item["client_name"] = Clients(session_).find(each.client).name;
    items.push_back(std::move(item));
  }
  return {{"items", std::move(items)}};
}

json AccountsDesk::merge_client(ClientId kept, const json& body) {
  require(actor_, Right::keep_accounts);
  const ClientId lost = lost_of(body);
  for (ClientId id : {kept, lost}) require_reached(session_, actor_, "client", id);
  return Mergers(session_).merge_clients(kept, lost, actor_);
}

json AccountsDesk::merge_contact(ContactId kept, const json& body) {
  require(actor_, Right::keep_accounts);
  const ContactId lost = lost_of(body);
  for (ContactId id : {kept, lost}) require_reached(session_, actor_, "contact", id);
  return Mergers(session_).merge_contacts(kept, lost, actor_);
}

json AccountsDesk::mergers() const { return {{"items", Mergers(session_).latest(kMergers)}}; }

json AccountsDesk::undo_merger(std::int64_t id) {
  require(actor_, Right::keep_accounts);
  require_reached(session_, actor_, "merger", id);
  return Mergers(session_).undo(id, actor_);
}

}  // namespace tidings
