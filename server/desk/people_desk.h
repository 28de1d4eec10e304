// SPDX-License-Identifier: GPL-3.0-or-later
// Users, tokens, and the feed of what everybody did.
#pragma once

#include <optional>
#include <string>

#include "indexer/base/json.h"
#include "indexer/ledger/ledger.h"
#include "indexer/ledger/session.h"
#include "indexer/model/user.h"

namespace tidings {

constexpr std::size_t kMinPassword = 10;

class PeopleDesk {
 public:
  PeopleDesk(Session& session, const Actor& actor) : session_(session), actor_(actor) {}

  json users() const;
  json user(const std::string& name) const;
  // `password_hash` of the body's password, or empty: hashing is slow and must not be done inside a transaction.
  json create_user(const json& body, const std::string& password_hash);
  json change_user(const std::string& name, const json& patch, std::optional<std::int64_t> version);
  void set_password(const std::string& name, const std::string& password_hash);

  json tokens() const;                  // one's own; everybody's for an admin
  json create_token(const json& body);  // with the token itself, this once
  void remove_token(std::int64_t id);

  json events(std::int64_t after, int limit) const;  // {items, cursor}

 private:
  Session& session_;
  const Actor& actor_;
};

// Makes a user "admin" if nobody is one, and returns the password, which is shown once. Throws Refusal: conflict, if
// somebody who is no admin bears that name.
std::optional<std::string> make_first_admin(Ledger& ledger);

}  // namespace tidings
