// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/ledger/accounts.h"

#include <fmt/format.h>

#include <algorithm>

#include "indexer/base/text.h"
#include "indexer/ledger/feed.h"
#include "indexer/ledger/reach.h"
#include "indexer/ledger/sql.h"

namespace tidings {
namespace {

constexpr const char* kClientColumns =
    "id, version, name, industry, region, revenue, owner, pinned, domain, team, company_group, quiet_until, "
    "quiet_reason, "
    "quiet_by, merged_into, created_at";
constexpr const char* kContactColumns =
    "id, version, client, name, role, email, phone, reports_to, influence, note, began_on, left_on, plans, plans_on, "
    "person, merged_into, created_at";

std::optional<Day> day_of(const Nullable<std::string>& column) {
  return column.get() ? parse_day(column.value) : std::nullopt;
}

// Clients for which `condition` holds; `uses` are its values in order.
template <class... Uses>
std::vector<Client> clients_where(soci::session& sql, const std::string& condition, const Uses&... uses) {
  std::vector<Client> clients;
  Client client;
  Nullable<double> revenue;
  Nullable<std::string> quiet_until;
  Nullable<std::int64_t> merged_into;
  int pinned = 0;
  std::int64_t created_at = 0;
  for_each_row(sql, fmt::format("select {} from client where {}", kClientColumns, condition),
               std::tie(client.id, client.version, client.name, client.industry, client.region, revenue, client.owner,
                        pinned, client.domain, client.team, client.group, quiet_until, client.quiet_reason,
                        client.quiet_by, merged_into, created_at),
               std::tie(uses...), [&] {
                 client.revenue = revenue.get();
                 client.pinned = pinned != 0;
                 client.quiet_until = day_of(quiet_until);
                 client.merged_into = merged_into.get();
                 client.created_at = from_millis(created_at);
                 clients.push_back(client);
               });
  return clients;
}

template <class... Uses>
std::vector<Contact> contacts_where(soci::session& sql, const std::string& condition, const Uses&... uses) {
  std::vector<Contact> contacts;
  Contact contact;
  Nullable<std::int64_t> reports_to, person, merged_into;
  Nullable<std::string> began_on, left_on, plans_on;
  std::string influence;
  std::int64_t created_at = 0;
  for_each_row(sql, fmt::format("select {} from contact where {}", kContactColumns, condition),
               std::tie(contact.id, contact.version, contact.client, contact.name, contact.role, contact.email,
                        contact.phone, reports_to, influence, contact.note, began_on, left_on, contact.plans, plans_on,
                        person, merged_into, created_at),
               std::tie(uses...), [&] {
                 contact.reports_to = reports_to.get();
                 contact.influence = parse_name<Influence>(influence).value_or(Influence::unknown);
                 contact.began_on = day_of(began_on);
                 contact.left_on = day_of(left_on);
                 contact.plans_on = day_of(plans_on);
                 contact.person = person.get();
                 contact.merged_into = merged_into.get();
                 contact.created_at = from_millis(created_at);
                 contacts.push_back(contact);
               });
  return contacts;
}

template <class T>
std::optional<T> first_of(const std::vector<T>& all) {
  return all.empty() ? std::nullopt : std::optional<T>(all.front());
}

template <class Thing>
void require_unmerged(const Thing& thing, std::string_view what) {
  if (thing.merged_into)
    throw Refusal(Code::conflict, fmt::format("{0} {1} was merged into {0} {2}", what, thing.id, *thing.merged_into));
}

std::optional<std::string> day_text(const std::optional<Day>& day) {
  return day ? std::optional(to_string_day(*day)) : std::nullopt;
}

}  // namespace

Client Clients::create(Client client, const Actor& by) {
  return translated([&] {
    const std::string key = fold(client.name);
    if (find_by_name(client.name))
      throw Refusal(Code::conflict, "there is a client of that name already", {{"/name", "is taken"}});
    client.created_at = session_.now();
    client.version = 1;
    const std::int64_t at = to_millis(client.created_at);
    const Nullable<double> revenue(client.revenue);
    const int pinned = client.pinned;
    session_.sql()
        << "insert into client (version, name, name_key, industry, region, revenue, owner, pinned, domain, "
           "team, company_group, created_at) values (1, :name, :key, :industry, :region, :revenue, :owner, :pinned, "
           ":domain, :team, :group, :at) "
           "returning id",
        use(client.name), use(key), use(client.industry), use(client.region), use(revenue), use(client.owner),
        use(pinned), use(client.domain), use(client.team), use(client.group), use(at), into(client.id);
    if (!client.team.empty()) reach_changed(session_);
    Feed(session_).append(by, "client.created", subject("client", client.id), client);
    return client;
  });
}

Client Clients::change(Client client, const Actor& by) {
  return translated([&] {
    require_unmerged(client, "client");
    const std::string key = fold(client.name);
    if (const auto other = find_by_name(client.name); other && other->id != client.id)
      throw Refusal(Code::conflict, "there is a client of that name already", {{"/name", "is taken"}});
    const Nullable<double> revenue(client.revenue);
    const Nullable<std::string> quiet_until(day_text(client.quiet_until));
    const int pinned = client.pinned;
    soci::statement update =
        (session_.sql().prepare
             << "update client set version = version + 1, name = :name, name_key = :key, industry = :industry, "
                "region = :region, revenue = :revenue, owner = :owner, pinned = :pinned, domain = :domain, "
                "team = :team, company_group = :group, quiet_until = :until, quiet_reason = :reason, quiet_by = :by "
                "where id = :id "
                "and version = :version",
         use(client.name), use(key), use(client.industry), use(client.region), use(revenue), use(client.owner),
         use(pinned), use(client.domain), use(client.team), use(client.group), use(quiet_until),
         use(client.quiet_reason), use(client.quiet_by), use(client.id), use(client.version));
    update.execute(true);
    if (update.get_affected_rows() != 1)
      throw Refusal(Code::stale, "the client was changed since it was read; read it again");
    ++client.version;
    reach_changed(session_);  // owner or team may be others
    Feed(session_).append(by, "client.changed", subject("client", client.id), client);
    return client;
  });
}

namespace {

// Nothing is removed from under others: foreign keys refuse, whatever refers to it.
template <class Thing>
void remove_row(Session& session, const std::string& table, const Thing& thing, const Actor& by) {
  try {
    session.sql() << "delete from " + table + " where id = :id", use(thing.id);
  } catch (const soci::soci_error& error) {
    try {
      throw_translated(error);
    } catch (const Refusal& refusal) {
      if (refusal.code() != Code::invalid) throw;
      throw Refusal(Code::conflict, fmt::format("{} {} cannot be removed: something refers to it", table, thing.id));
    }
  }
  Feed(session).append(by, table + ".removed", subject(table, thing.id), thing);
}

}  // namespace

void Clients::remove(ClientId id, const Actor& by) {
  translated([&] { remove_row(session_, "client", find(id), by); });
}

Client Clients::find(ClientId id) const {
  return translated([&] {
    const auto client = first_of(clients_where(session_.sql(), "id = :id", id));
    if (!client) throw Refusal(Code::not_found, fmt::format("there is no client {}", id));
    return *client;
  });
}

Client Clients::find_unmerged(ClientId id) const {
  const Client client = find(id);
  require_unmerged(client, "client");
  return client;
}

Client Clients::resolve(ClientId id) const {
  Client client = find(id);
  while (client.merged_into) client = find(*client.merged_into);
  return client;
}

std::optional<Client> Clients::find_by_name(const std::string& name) const {
  return translated([&] {
    const std::string key = fold(name);
    auto client = first_of(clients_where(session_.sql(), "name_key = :key", key));
    if (!client)
      client =
          first_of(clients_where(session_.sql(), "id = (select client from client_alias where name_key = :key)", key));
    return client && client->merged_into ? std::optional(resolve(*client->merged_into)) : client;
  });
}

std::optional<Client> Clients::find_by_domain(const std::string& domain) const {
  return translated([&]() -> std::optional<Client> {
    const auto found = clients_where(session_.sql(),
                                     "domain <> '' and domain = :domain and merged_into is null limit 2", fold(domain));
    return found.size() == 1 ? std::optional(found.front()) : std::nullopt;
  });
}

void Clients::call(ClientId id, const std::string& name, const Actor& by) {
  translated([&] {
    const auto known = find_by_name(name);
    if (known && known->id == id) return;
    if (known) throw Refusal(Code::conflict, fmt::format("{} is the name of another client", name));
    const std::string key = fold(name);
    session_.sql() << "insert into client_alias (name_key, client) values (:key, :client)", use(key), use(id);
    Feed(session_).append(by, "client.called", subject("client", id), {{"client", id}, {"name", name}});
  });
}

std::vector<Client> Clients::list(const Page& page, const std::string& part) const {
  return translated([&] {
    std::string pattern = "%";
    for (char c : fold(part))
      pattern += (c == '%' || c == '_' || c == '\\') ? std::string("\\") + c : std::string(1, c);
    pattern += "%";
    return clients_where(
        session_.sql(),
        "id > :after and merged_into is null and name_key like :pattern escape '\\' order by id limit :limit",
        page.after, pattern, page.limit);
  });
}

double Clients::total_revenue() const {
  return translated([&] {
    double total = 0;
    session_.sql() << "select coalesce(sum(revenue), 0.0) from client where merged_into is null", into(total);
    return total;
  });
}

void Contacts::require_superior(const Contact& contact) const {
  if (!contact.reports_to) return;
  std::int64_t client = 0;
  session_.sql() << "select client from contact where id = :id", use(*contact.reports_to), into(client);
  if (client != contact.client || *contact.reports_to == contact.id)
    throw invalid("/reports_to", "is no other contact of the same client");
}

Contact Contacts::create(Contact contact, const Actor& by) {
  return translated([&] {
    Clients(session_).find_unmerged(contact.client);
    if (find_by_name(contact.client, contact.name))
      throw Refusal(Code::conflict, "there is a contact of that name at this client already", {{"/name", "is taken"}});
    require_superior(contact);
    const std::string key = fold(contact.name), influence(to_string(contact.influence));
    contact.created_at = session_.now();
    contact.version = 1;
    const std::int64_t at = to_millis(contact.created_at);
    const Nullable<std::int64_t> superior(contact.reports_to);
    const Nullable<std::int64_t> person(contact.person);
    const Nullable<std::string> began(day_text(contact.began_on)), left(day_text(contact.left_on)),
        plans_on(day_text(contact.plans_on));
    session_.sql() << "insert into contact (version, client, name, name_key, role, email, phone, reports_to, "
                      "influence, note, began_on, left_on, plans, plans_on, person, created_at) values (1, :client, "
                      ":name, :key, :role, :email, :phone, :superior, :influence, :note, :began, :left, :plans, "
                      ":plans_on, :person, :at) returning id",
        use(contact.client), use(contact.name), use(key), use(contact.role), use(contact.email), use(contact.phone),
        use(superior), use(influence), use(contact.note), use(began), use(left), use(contact.plans), use(plans_on),
        use(person), use(at), into(contact.id);
    Feed(session_).append(by, "contact.created", subject("contact", contact.id), contact);
    return contact;
  });
}

Contact Contacts::change(Contact contact, const Actor& by) {
  return translated([&] {
    require_unmerged(contact, "contact");
    if (const auto other = find_by_name(contact.client, contact.name); other && other->id != contact.id)
      throw Refusal(Code::conflict, "there is a contact of that name at this client already", {{"/name", "is taken"}});
    require_superior(contact);
    const std::string key = fold(contact.name), influence(to_string(contact.influence));
    const Nullable<std::int64_t> superior(contact.reports_to);
    const Nullable<std::int64_t> person(contact.person);
    const Nullable<std::string> began(day_text(contact.began_on)), left(day_text(contact.left_on)),
        plans_on(day_text(contact.plans_on));
    soci::statement update =
        (session_.sql().prepare
             << "update contact set version = version + 1, name = :name, name_key = :key, role = :role, "
                "email = :email, phone = :phone, reports_to = :superior, influence = :influence, note = :note, "
                "began_on = :began, left_on = :left, plans = :plans, plans_on = :plans_on, person = :person where id = "
                ":id and version = :version",
         use(contact.name), use(key), use(contact.role), use(contact.email), use(contact.phone), use(superior),
         use(influence), use(contact.note), use(began), use(left), use(contact.plans), use(plans_on), use(person),
         use(contact.id), use(contact.version));
    update.execute(true);
    if (update.get_affected_rows() != 1)
      throw Refusal(Code::stale, "the contact was changed since it was read; read it again");
    ++contact.version;
    Feed(session_).append(by, "contact.changed", subject("contact", contact.id), contact);
    return contact;
  });
}

void Contacts::remove(ContactId id, const Actor& by) {
  translated([&] { remove_row(session_, "contact", find(id), by); });
}

std::vector<Contact> Contacts::employments(const Contact& contact) const {
  return translated([&] {
    const ContactId person = contact.person.value_or(contact.id);
    return contacts_where(session_.sql(),
                          "(person = :person or id = :id) and merged_into is null order by coalesce(began_on, ''), id",
                          person, person);
  });
}

std::vector<Contact> Contacts::find_by_email(const std::string& email) const {
  return translated([&] {
    std::vector<Contact> found;
    for (Contact& each :
         contacts_where(session_.sql(), "email <> '' and lower(email) = :email order by id limit 20", fold(email))) {
      while (each.merged_into) each = find(*each.merged_into);
      const bool known = std::any_of(found.begin(), found.end(), [&](const Contact& one) { return one.id == each.id; });
      if (!known) found.push_back(std::move(each));
    }
    return found;
  });
}

Contact Contacts::find(ContactId id) const {
  return translated([&] {
    const auto contact = first_of(contacts_where(session_.sql(), "id = :id", id));
    if (!contact) throw Refusal(Code::not_found, fmt::format("there is no contact {}", id));
    return *contact;
  });
}

Contact Contacts::find_unmerged(ContactId id) const {
  const Contact contact = find(id);
  require_unmerged(contact, "contact");
  return contact;
}

std::optional<Contact> Contacts::find_by_name(ClientId client, const std::string& name) const {
  return translated([&] {
    auto contact = first_of(contacts_where(session_.sql(), "client = :client and name_key = :key", client, fold(name)));
    while (contact && contact->merged_into) contact = find(*contact->merged_into);
    return contact;
  });
}

std::vector<Contact> Contacts::of(ClientId client) const {
  return translated(
      [&] { return contacts_where(session_.sql(), "client = :client and merged_into is null order by id", client); });
}

}  // namespace tidings
