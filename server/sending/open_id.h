// SPDX-License-Identifier: GPL-3.0-or-later
// Signing in through an OpenID Connect provider: the authorization code flow (OpenID Connect Core 1.0, section 3.1)
// with PKCE (RFC 7636, S256), a nonce, and a state that is bound to the browser that began.
//
// The provider says who somebody is; whether they may come in, our own list of users says: the claim must be the name
// of an active one. Its second factor stands for ours.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "indexer/base/clock.h"
#include "indexer/base/json.h"

namespace tidings {

struct OpenIdSettings {
  std::string issuer;                        // its URL, as the provider writes it
  std::string client;                        // our client_id there
  std::string secret;                        // empty for a public client
  std::string claim = "preferred_username";  // of the ID token: the name of a user of ours
  std::string public_url;                    // where browsers reach us; the provider must know kBack below it
  bool private_too = false;                  // the provider may have a private or loopback address
};

// Any thread.
class OpenIdProvider {
 public:
  static constexpr const char* kBack = "/api/v1/session/open-id/back";

  explicit OpenIdProvider(OpenIdSettings settings) : settings_(std::move(settings)) {}

  struct Begun {
    std::string url;    // where the browser goes
    std::string state;  // to be kept by that browser, for kPatience
  };
  // Throws Refusal: unavailable (the provider cannot be reached or is none), too_many (kMostBegun are under way).
  Begun begin(Time now);

  // The name that the provider vouches for. `kept` is the state that the browser kept, `state` and `code` come from the
  // provider through it; a state is good once. Throws Refusal: unauthenticated (what is wrong is for the log),
  // unavailable.
  std::string finish(const std::string& code, const std::string& state, const std::string& kept, Time now);

  const OpenIdSettings& settings() const { return settings_; }

  static constexpr std::chrono::minutes kPatience{10};
  static constexpr std::size_t kMostBegun = 10'000;

 private:
  struct Waiting {
    std::string verifier, nonce;
    Time until{};
  };
  json discovered(Time now);
  json keys(bool anew, Time now);
  json claims_of(const std::string& token, Time now);

  const OpenIdSettings settings_;
  std::mutex mutex_;
  std::map<std::string, Waiting> waiting_;
  json discovered_, keys_;
  Time discovered_at_{}, keys_at_{};
};

}  // namespace tidings
