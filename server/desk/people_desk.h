// SPDX-License-Identifier: GPL-3.0-or-later
// Users, signing in, tokens, and the feed of what everybody did.
#pragma once

#include <optional>
#include <string>

#include "indexer/base/json.h"
#include "indexer/ledger/ledger.h"
#include "indexer/ledger/session.h"
#include "indexer/model/user.h"

namespace tidings {

constexpr auto kSignInLasts = std::chrono::hours(12);
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

// Checks name and password and opens a session; the cookie's value. Takes as long for a name that is not there.
// Throws Refusal: unauthenticated, too_many (more than kMaxHashing at once).
std::string sign_in(Ledger& ledger, const std::string& name, const std::string& password, Time now);

// hash_password, at most kMaxHashing at once (each takes 64 MiB). Throws Refusal: too_many.
std::string hash_bounded(const std::string& password);
constexpr int kMaxHashing = 4;

// Makes a user "admin" if nobody is one, and returns the password, which is shown once. Throws Refusal: conflict, if
// somebody who is no admin bears that name.
std::optional<std::string> make_first_admin(Ledger& ledger);

}  // namespace tidings
