// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/ledger/relations.h"

#include <fmt/format.h>

#include "indexer/ledger/accounts.h"
#include "indexer/ledger/feed.h"
#include "indexer/ledger/sql.h"

namespace tidings {
namespace {

template <class... Uses>
std::vector<Deal> deals_where(soci::session& sql, const std::string& condition, const Uses&... uses) {
  std::vector<Deal> deals;
  Deal deal;
  std::string signed_on;
  Nullable<double> value;
  std::int64_t created_at = 0;
  for_each_row(sql,
               "select id, version, client, title, signed_on, value, created_at from deal where " + condition +
                   " order by signed_on desc, id desc",
               std::tie(deal.id, deal.version, deal.client, deal.title, signed_on, value, created_at),
               std::tie(uses...), [&] {
                 deal.signed_on = parse_day(signed_on).value();
                 deal.value = value.get();
                 deal.created_at = from_millis(created_at);
                 deals.push_back(deal);
               });
  return deals;
}

template <class... Uses>
std::vector<Tie> ties_where(soci::session& sql, const std::string& condition, const Uses&... uses) {
  std::vector<Tie> ties;
  Tie tie;
  std::string kind;
  std::int64_t at = 0;
  for_each_row(sql, "select id, contact, other, kind, note, by_name, at from tie where " + condition + " order by id",
               std::tie(tie.id, tie.contact, tie.other, kind, tie.note, tie.by, at), std::tie(uses...), [&] {
                 tie.kind = *parse_name<TieKind>(kind);
                 tie.at = from_millis(at);
                 ties.push_back(tie);
               });
  return ties;
}

}  // namespace

Deal Relations::add_deal(Deal deal, const Actor& by) {
  return translated([&] {
    Clients(session_).find_unmerged(deal.client);
    const std::string signed_on = to_string_day(deal.signed_on);
    if (!deals_where(session_.sql(), "client = :client and signed_on = :day and title = :title", deal.client, signed_on,
                     deal.title)
             .empty())
      throw Refusal(Code::conflict, "there is a deal of that title and day already");
    deal.created_at = session_.now();
    deal.version = 1;
    const std::int64_t at = to_millis(deal.created_at);
    const Nullable<double> value(deal.value);
    session_.sql() << "insert into deal (version, client, title, signed_on, value, created_at) values (1, :client, "
                      ":title, :day, :value, :at) returning id",
        use(deal.client), use(deal.title), use(signed_on), use(value), use(at), into(deal.id);
    Feed(session_).append(by, "deal.signed", subject("client", deal.client), deal);
    return deal;
  });
}

void Relations::remove_deal(std::int64_t id, const Actor& by) {
  translated([&] {
    const auto deals = deals_where(session_.sql(), "id = :id", id);
    if (deals.empty()) throw Refusal(Code::not_found, fmt::format("there is no deal {}", id));
    session_.sql() << "delete from deal where id = :id", use(id);
    Feed(session_).append(by, "deal.removed", subject("client", deals.front().client), deals.front());
  });
}

std::vector<Deal> Relations::deals(ClientId client) const {
  return translated([&] { return deals_where(session_.sql(), "client = :client", client); });
}

bool Relations::set_revenue(const Revenue& revenue, const Actor& by) {
  return translated([&] {
    Clients(session_).find_unmerged(revenue.client);
    for (const Revenue& each : revenues(revenue.client))
      if (each.year == revenue.year && each.amount == revenue.amount) return false;
    session_.sql()
        << "insert into revenue (client, year, amount) values (:client, :year, :amount) on conflict (client, "
           "year) do update set amount = excluded.amount",
        use(revenue.client), use(revenue.year), use(revenue.amount);
    Feed(session_).append(by, "revenue.set", subject("client", revenue.client), revenue);
    return true;
  });
}

std::vector<Revenue> Relations::revenues(ClientId client) const {
  return translated([&] {
    std::vector<Revenue> all;
    Revenue one;
    for_each_row(session_.sql(), "select client, year, amount from revenue where client = :client order by year desc",
                 std::tie(one.client, one.year, one.amount), std::tie(client), [&] { all.push_back(one); });
    return all;
  });
}

std::map<ClientId, double> Relations::revenues_of(int year) const {
  return translated([&] {
    std::map<ClientId, double> amounts;
    ClientId client = 0;
    double amount = 0;
    for_each_row(session_.sql(), "select client, amount from revenue where year = :year", std::tie(client, amount),
                 std::tie(year), [&] { amounts[client] = amount; });
    return amounts;
  });
}

std::vector<int> Relations::years() const {
  return translated([&] {
    std::vector<int> years;
    int year = 0;
    for_each_row(session_.sql(), "select distinct year from revenue order by year desc", std::tie(year), std::tuple<>(),
                 [&] { years.push_back(year); });
    return years;
  });
}

Tie Relations::add_tie(Tie tie, const Actor& by) {
  return translated([&] {
    const Contact contact = Contacts(session_).find_unmerged(tie.contact);
    if (tie.contact == tie.other) throw invalid("/other", "is the contact itself");
    try {
      Contacts(session_).find_unmerged(tie.other);
    } catch (const Refusal& refusal) {
      if (refusal.code() != Code::not_found) throw;
      throw invalid("/other", "is no contact");
    }
    const std::string kind(to_string(tie.kind));
    if (!ties_where(session_.sql(), "contact = :contact and other = :other and kind = :kind", tie.contact, tie.other,
                    kind)
             .empty())
      throw Refusal(Code::conflict, "this tie is there already");
    tie.by = by.name;
    tie.at = session_.now();
    const std::int64_t at = to_millis(tie.at);
    session_.sql() << "insert into tie (contact, other, kind, note, by_name, at) values (:contact, :other, :kind, "
                      ":note, :by, :at) returning id",
        use(tie.contact), use(tie.other), use(kind), use(tie.note), use(tie.by), use(at), into(tie.id);
    Feed(session_).append(by, "tie.added", subject("client", contact.client), tie);
    return tie;
  });
}

void Relations::remove_tie(std::int64_t id, const Actor& by) {
  translated([&] {
    const auto ties = ties_where(session_.sql(), "id = :id", id);
    if (ties.empty()) throw Refusal(Code::not_found, fmt::format("there is no tie {}", id));
    const Contact contact = Contacts(session_).find(ties.front().contact);
    session_.sql() << "delete from tie where id = :id", use(id);
    Feed(session_).append(by, "tie.removed", subject("client", contact.client), ties.front());
  });
}

std::vector<Tie> Relations::ties(ClientId client) const {
  return translated([&] {
    return ties_where(session_.sql(),
                      "(contact in (select id from contact where client = :client) or other in (select id from contact "
                      "where client = :same)) and not exists (select 1 from contact m where m.id in (tie.contact, "
                      "tie.other) and m.merged_into is not null)",
                      client, client);
  });
}

void Relations::know(const Acquaintance& acquaintance, const Actor& by) {
  translated([&] {
    const Contact contact = Contacts(session_).find(acquaintance.contact);
    const std::string since = to_string_day(acquaintance.since);
    session_.sql() << "insert into acquaintance (contact, user_name, since) values (:contact, :user, :since) on "
                      "conflict (contact, user_name) do update set since = excluded.since",
        use(acquaintance.contact), use(acquaintance.user), use(since);
    Feed(session_).append(by, "contact.known", subject("client", contact.client), acquaintance);
  });
}

void Relations::forget(ContactId contact, const std::string& user, const Actor& by) {
  translated([&] {
    const Contact found = Contacts(session_).find(contact);
    for (const Acquaintance& each : acquaintances(found.client)) {
      if (each.contact != contact || each.user != user) continue;
      session_.sql() << "delete from acquaintance where contact = :contact and user_name = :user", use(contact),
          use(user);
      return Feed(session_).append(by, "contact.not_known", subject("client", found.client), each);
    }
    throw Refusal(Code::not_found, fmt::format("{} has not said that they know contact {}", user, contact));
  });
}

std::vector<Acquaintance> Relations::acquaintances(ClientId client) const {
  return translated([&] {
    std::vector<Acquaintance> all;
    Acquaintance one;
    std::string since;
    for_each_row(session_.sql(),
                 "select contact, user_name, since from acquaintance where contact in (select id from contact where "
                 "client = :client and merged_into is null) order by since, user_name",
                 std::tie(one.contact, one.user, since), std::tie(client), [&] {
                   one.since = parse_day(since).value();
                   all.push_back(one);
                 });
    return all;
  });
}

}  // namespace tidings
