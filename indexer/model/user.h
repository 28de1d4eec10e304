// SPDX-License-Identifier: GPL-3.0-or-later
// The people who use Tidings, and the feed's record of what they did.
#pragma once

#include <cstdint>
#include <string>

#include "indexer/base/clock.h"
#include "indexer/base/json.h"
#include "indexer/model/names.h"

namespace tidings {

// What a person may do grows from left to right; the table of rights is desk/rights.h.
enum class Role { rep, technician, lead, admin };
template <>
struct Names<Role> {
  static constexpr std::pair<Role, std::string_view> all[] = {
      {Role::rep, "rep"}, {Role::technician, "technician"}, {Role::lead, "lead"}, {Role::admin, "admin"}};
};

// `name` is the identity: lower-case letters, digits, dots, dashes, underscores.
struct User {
  std::string name;
  std::int64_t version = 1;
  Role role = Role::rep;
  std::string full_name;
  bool active = true;
  Time created_at{};
};

// Who does something: a person, or a part of Tidings itself ("system:router") with the rights of an admin.
struct Actor {
  std::string name;
  Role role = Role::rep;
};

// One row of the feed.
struct Event {
  std::int64_t seq = 0;
  Time at{};
  std::string actor;
  std::string kind;     // such as "insight.kept", "work.claimed"
  std::string subject;  // such as "insight:1042", "queue:pumps"
  json body;            // what changed; null once erased
};

void to_json(json& out, const User& user);
void to_json(json& out, const Event& event);
void update(User& user, const json& in);

}  // namespace tidings
