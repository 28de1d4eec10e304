// SPDX-License-Identifier: GPL-3.0-or-later
// The people who use Tidings, and the feed's record of what they did.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "indexer/base/clock.h"
#include "indexer/base/json.h"
#include "indexer/base/working_time.h"
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
  std::vector<std::string> teams;  // whose clients they reach (see ledger/reach.h)
  bool sees_contacts = false;      // of a technician: contacts too, which others see anyway
  Time created_at{};
  // As one who works queues:
  std::vector<std::string> skills;  // tags of insights that they know how to solve
  std::optional<int> open_limit;    // so many claimed works at a time and no more
  std::optional<Day> away_until;    // away before this day
  // As one who is written to:
  std::string email;
  std::string language = "en";     // or "ru"
  WorkingHours working;            // when mail comes; without days, at any hour
  std::vector<std::string> mails;  // the kinds of notices that also come by mail
  bool digest = false;             // a summary once a week
};

// Whether somebody is there on `today`.
bool is_present(const User& user, Day today);

// Who does something: a person, or a part of Tidings itself ("system:router") with the rights of an admin.
struct Actor {
  std::string name;
  Role role = Role::rep;
  std::string language;  // in which they are answered, where answers are in words: en or ru
  bool sees_contacts = false;
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
