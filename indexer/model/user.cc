// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/model/user.h"

#include "indexer/model/fields.h"

namespace tidings {

void to_json(json& out, const User& user) {
  out = {{"name", user.name},           {"version", user.version}, {"role", user.role},
         {"full_name", user.full_name}, {"active", user.active},   {"created_at", to_string(user.created_at)}};
}

void to_json(json& out, const Event& event) {
  out = {{"seq", event.seq},   {"at", to_string(event.at)}, {"actor", event.actor},
         {"kind", event.kind}, {"subject", event.subject},  {"body", event.body}};
}

void update(User& user, const json& in) {
  take_text(in, "name", user.name);
  take_text(in, "full_name", user.full_name);
  take_name(in, "role", user.role);
  take(in, "active", user.active);
}

}  // namespace tidings
