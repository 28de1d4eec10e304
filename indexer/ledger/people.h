// SPDX-License-Identifier: GPL-3.0-or-later
// Users, their passwords and tokens, and the answers kept for requests that may be sent again.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "indexer/ledger/session.h"
#include "indexer/model/user.h"

namespace tidings {

// What a token may be used for: everything its user may do, reading alone, or logging insights and importing alone.
enum class TokenScope { all, read, log };
template <>
struct Names<TokenScope> {
  static constexpr std::pair<TokenScope, std::string_view> all[] = {
      {TokenScope::all, "all"}, {TokenScope::read, "read"}, {TokenScope::log, "log"}};
};

struct TokenInfo {
  std::int64_t id = 0;
  std::string name;
  std::string user;
  Time created_at{};
  TokenScope scope = TokenScope::all;
  std::optional<Time> expires_at;  // never, if not given
};
void to_json(json& out, const TokenInfo& token);

class People {
 public:
  explicit People(Session& session) : session_(session) {}

  // `password_hash` is argon2id's text, or empty for somebody who cannot sign in with a password.
  // Throws Refusal: conflict (the name is taken), invalid (the name's letters).
  User create(User user, const std::string& password_hash, const Actor& by);
  User change(User user, const Actor& by);  // Refusal: stale
  void set_password(const std::string& name, const std::string& password_hash,
                    const Actor& by);                        // ends the user's sign-ins
  User find(const std::string& name) const;                  // Refusal: not_found
  std::string password_hash(const std::string& name) const;  // empty if there is none
  std::vector<User> list() const;
  bool any_skills() const;
  std::optional<int> open_limit(const std::string& name) const;  // nothing for who is not there
  // When each was given work last; who never was, is not in it. No event.
  std::map<std::string, Time> given() const;
  void note_given(const std::string& name);

  // Keeps the digest of a new random token and returns the token, which is shown once.
  std::pair<TokenInfo, std::string> create_token(TokenInfo token, const Actor& by);
  void remove_token(std::int64_t id, const Actor& by);           // Refusal: not_found
  std::vector<TokenInfo> tokens(const std::string& user) const;  // of everybody for an empty name

  // The active user whose token this is, unless it has expired.
  std::optional<std::pair<User, TokenScope>> by_token(const std::string& token) const;
  std::optional<User> active(const std::string& name) const;  // nothing for who is not there or may not come in

 private:
  Session& session_;
};

// A name of a user, queue or the like: lower-case letters, digits, and `marks`, beginning with a letter or digit.
// Throws Refusal: invalid.
void require_identity(const std::string& name, std::string_view marks);

struct KeptReply {
  int status = 0;
  std::string body;
};

class Replies {
 public:
  explicit Replies(Session& session) : session_(session) {}

  // The reply kept for `key` of `actor`. Throws Refusal: conflict, when the key came with another request.
  std::optional<KeptReply> find(const std::string& actor, const std::string& key, const std::string& request) const;
  void keep(const std::string& actor, const std::string& key, const std::string& request, const KeptReply& reply);
  // Forgets replies from before `time`.
  void forget(Time time);

 private:
  Session& session_;
};

}  // namespace tidings
