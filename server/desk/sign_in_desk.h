// SPDX-License-Identifier: GPL-3.0-or-later
// Coming in: passwords, second factors, invitations, and the sign-ins that are open.
#pragma once

#include <string>

#include "indexer/base/json.h"
#include "indexer/ledger/ledger.h"
#include "indexer/model/user.h"
#include "server/desk/attempts.h"

namespace tidings {

constexpr auto kSignInLasts = std::chrono::hours(24 * 7);  // less when it is not used, see SignIns::kIdleLasts
constexpr auto kInvitationLasts = std::chrono::hours(24 * 7);

// From where somebody comes.
struct Caller {
  std::string address;
  std::string agent;
};

// The door. Any thread.
class Door {
 public:
  explicit Door(Ledger& ledger) : ledger_(ledger) {}

  // Body {name, password, code} (schemas/records/signing-in): the cookie's value. `code` is the second factor's, or one
  // of the recovery codes, which are used up. Takes as long for a name that is not there. Failures are counted by name
  // and by address (see Attempts). Throws Refusal: unauthenticated (with the pointer /code if only that is missing),
  // too_many.
  std::string sign_in(const json& body, const Caller& caller, Time now);

  // The cookie's value for somebody whom a provider of ours vouches for. Refusal: unauthenticated (no active user).
  std::string admit(const std::string& name, const Caller& caller, Time now);

  // Body {word, password, code}: sets the password of whoever was invited by that word and signs them in: name and
  // cookie. Who has a second factor is asked for it here too. Refusal: unauthenticated (/code as above), too_many.
  std::pair<std::string, std::string> accept(const json& body, const Caller& caller, Time now);

 private:
  bool is_second_factor(const std::string& name, const std::string& code, Time now);

  Ledger& ledger_;
  Attempts by_name_{5}, by_address_{20};
};

class SignInDesk {
 public:
  SignInDesk(Session& session, const Actor& actor) : session_(session), actor_(actor) {}

  json sign_ins() const;  // {items}: one's own; everybody's for an admin
  void end(std::int64_t id);
  json invite(const std::string& user);  // {word, expires_at}, for admins; the word is shown this once

  // A new secret, which counts once a code of it was given: {secret, uri}.
  json begin_second_factor();
  // Body {code}: {recovery}, ten codes for a lost device, shown this once. Refusal: invalid, conflict.
  json confirm_second_factor(const json& body);
  // One's own, by body {code} of it if it is confirmed; or anybody's for an admin (whose device is lost). Refusal:
  // invalid.
  void remove_second_factor(const std::string& user, const json& body);

 private:
  Session& session_;
  const Actor& actor_;
};

// hash_password, at most kMaxHashing at once (each takes 64 MiB). Throws Refusal: too_many.
std::string hash_bounded(const std::string& password);
constexpr int kMaxHashing = 4;

}  // namespace tidings
