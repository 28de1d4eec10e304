// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/model/user.h"

#include "indexer/model/fields.h"

namespace tidings {

void to_json(json& out, const User& user) {
  out = {{"name", user.name},
         {"version", user.version},
         {"role", user.role},
         {"full_name", user.full_name},
         {"active", user.active},
         {"teams", user.teams},
         {"sees_contacts", user.sees_contacts},
         {"created_at", to_string(user.created_at)},
         {"skills", user.skills},
         {"open_limit", or_null(user.open_limit)},
         {"away_until", day_or_null(user.away_until)},
         {"email", user.email},
         {"language", user.language},
         {"working", user.working},
         {"mails", user.mails},
         {"digest", user.digest}};
}

bool is_present(const User& user, Day today) { return user.active && (!user.away_until || *user.away_until <= today); }

void to_json(json& out, const Event& event) {
  out = {{"seq", event.seq},   {"at", to_string(event.at)}, {"actor", event.actor},
         {"kind", event.kind}, {"subject", event.subject},  {"body", event.body}};
}

void update(User& user, const json& in) {
  take_text(in, "name", user.name);
  take_text(in, "full_name", user.full_name);
  take_name(in, "role", user.role);
  take(in, "active", user.active);
  take(in, "teams", user.teams);
  take(in, "sees_contacts", user.sees_contacts);
  take(in, "skills", user.skills);
  take_optional(in, "open_limit", user.open_limit);
  take_day(in, "away_until", user.away_until);
  take_text(in, "email", user.email);
  if (in.contains("language")) user.language = in["language"].is_null() ? "en" : in["language"].get<std::string>();
  if (in.contains("working")) update(user.working, in["working"], "/working");
  take(in, "mails", user.mails);
  take(in, "digest", user.digest);
}

}  // namespace tidings
