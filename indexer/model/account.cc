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
         {"left_on", contact.left_on ? json(to_string_day(*contact.left_on)) : json()},
         {"created_at", to_string(contact.created_at)}};
}

void update(Client& client, const json& in) {
  take_text(in, "name", client.name);
  take_text(in, "industry", client.industry);
  take_text(in, "region", client.region);
  take_text(in, "owner", client.owner);
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
  take_day(in, "left_on", contact.left_on);
}

}  // namespace tidings
