// SPDX-License-Identifier: GPL-3.0-or-later
// Who is signed in, who was invited, and the second factors.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "indexer/ledger/session.h"
#include "indexer/model/user.h"

namespace tidings {

struct SignIn {
  std::int64_t id = 0;
  std::string user;
  Time created_at{}, seen_at{}, expires_at{};
  std::string address;  // from where
  std::string agent;    // by which browser, as it says
};
void to_json(json& out, const SignIn& sign_in);

struct SecondFactor {
  std::string secret;  // base32
  bool confirmed = false;
  std::int64_t last_step = 0;
  std::vector<std::string> recovery;  // digests
};

class SignIns {
 public:
  explicit SignIns(Session& session) : session_(session) {}

  // Returns the cookie's value. It ends at `expires_at`, or when nothing was asked with it for kIdleLasts.
  std::string open(const std::string& user, Time expires_at, const std::string& address, const std::string& agent);
  void close(const std::string& value, const Actor& by);
  void close(std::int64_t id, const Actor& by);             // Refusal: not_found
  void close_all(const std::string& user);                  // no event
  std::vector<SignIn> list(const std::string& user) const;  // of everybody for an empty name; the latest seen first
  // The sign-in that a cookie belongs to, unless it ended.
  std::optional<SignIn> find(const std::string& value) const;
  void note_seen(std::int64_t id);
  static constexpr std::chrono::hours kIdleLasts{12};

  // A word that sets `user`'s password once, until `expires_at`; one they were given before is void.
  std::string invite(const std::string& user, Time expires_at, const Actor& by);
  // Whose it is; it is used up. Nothing if it is none, or its time is over.
  std::optional<std::string> take_invitation(const std::string& word);

  std::optional<SecondFactor> second_factor(const std::string& user) const;
  void set_second_factor(const std::string& user, const SecondFactor& factor);
  void remove_second_factor(const std::string& user, const Actor& by);

 private:
  Session& session_;
};

}  // namespace tidings
