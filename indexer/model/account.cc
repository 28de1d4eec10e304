// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/model/account.h"

#include "indexer/model/fields.h"

namespace tidings {
void to_json(json& out, const Client& client) {
  out = {{"id", client.id},
         {"version", client.version},
         {"name", client.name},
         {"industry", client.industry},
         {"region", client.region},
         {"revenue", or_null(client.revenue)},
         {"owner", client.owner},
         {"pinned", client.pinned},
         {"domain", client.domain},
         {"team", client.team},
         {"group", client.group},
         {"quiet", client.quiet_until ? json({{"until", to_string_day(*client.quiet_until)},
                                              {"reason", client.quiet_reason},
                                              {"by", client.quiet_by}})
                                      : json()},
         {"merged_into", or_null(client.merged_into)},
         {"created_at", to_string(client.created_at)}};
}

void to_json(json& out, const Contact& contact) {
  out = {{"id", contact.id},
         {"version", contact.version},
         {"client", contact.client},
         {"name", contact.name},
         {"role", contact.role},
         {"email", contact.email},
         {"phone", contact.phone},
         {"reports_to", or_null(contact.reports_to)},
         {"influence", contact.influence},
         {"note", contact.note},
         {"began_on", day_or_null(contact.began_on)},
         {"left_on", day_or_null(contact.left_on)},
         {"plans", contact.plans},
         {"plans_on", day_or_null(contact.plans_on)},
         {"person", or_null(contact.person)},
         {"merged_into", or_null(contact.merged_into)},
         {"created_at", to_string(contact.created_at)}};
}

void to_json(json& out, const Tie& tie) {
  out = {{"id", tie.id},     {"contact", tie.contact}, {"other", tie.other},     {"kind", tie.kind},
         {"note", tie.note}, {"by", tie.by},           {"at", to_string(tie.at)}};
}

void to_json(json& out, const Deal& deal) {
  out = {{"id", deal.id},
         {"version", deal.version},
         {"client", deal.client},
         {"title", deal.title},
         {"signed_on", to_string_day(deal.signed_on)},
         {"value", or_null(deal.value)},
         {"created_at", to_string(deal.created_at)}};
}

void to_json(json& out, const Revenue& revenue) {
  out = {{"client", revenue.client}, {"year", revenue.year}, {"amount", revenue.amount}};
}

void to_json(json& out, const Acquaintance& acquaintance) {
  out = {{"contact", acquaintance.contact}, {"user", acquaintance.user}, {"since", to_string_day(acquaintance.since)}};
}

void update(Client& client, const json& in) {
  take_text(in, "name", client.name);
  take_text(in, "industry", client.industry);
  take_text(in, "region", client.region);
  take_text(in, "owner", client.owner);
  take_text(in, "team", client.team);
  take_text(in, "group", client.group);
  take_text(in, "domain", client.domain);
  client.domain = fold(client.domain);
  take(in, "pinned", client.pinned);
  take_optional(in, "revenue", client.revenue);
}

void update(Contact& contact, const json& in) {
  take_text(in, "name", contact.name);
  take_text(in, "role", contact.role);
  take_text(in, "email", contact.email);
  take_text(in, "phone", contact.phone);
  take_text(in, "note", contact.note);
  take_optional(in, "reports_to", contact.reports_to);
  take_name(in, "influence", contact.influence);
  take_day(in, "began_on", contact.began_on);
  take_day(in, "left_on", contact.left_on);
  take_text(in, "plans", contact.plans);
  take_day(in, "plans_on", contact.plans_on);
}

void update(Deal& deal, const json& in) {
  take_text(in, "title", deal.title);
  take_optional(in, "value", deal.value);
  std::optional<Day> day = deal.signed_on;
  take_day(in, "signed_on", day);
  deal.signed_on = day.value_or(Day{});
}

void update(Revenue& revenue, const json& in) {
  take(in, "year", revenue.year);
  take(in, "amount", revenue.amount);
}

void update(Tie& tie, const json& in) {
  take(in, "other", tie.other);
  take_name(in, "kind", tie.kind);
  take_text(in, "note", tie.note);
}

}  // namespace tidings
