// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/sending/open_id.h"

#include <cjose/cjose.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "indexer/base/refusal.h"
#include "indexer/base/secrets.h"
#include "server/sending/outbound.h"

namespace tidings {
namespace {

constexpr std::chrono::hours kDiscoveredFor{1};
constexpr std::chrono::minutes kKeysAtMostEvery{1};
constexpr std::chrono::seconds kClocksDiffer{120};

// Signatures by keys that only the provider has; no "none", and none that our own secret could make.
constexpr std::string_view kAlgorithms[] = {"RS256", "RS384", "RS512", "PS256", "PS384",
                                            "PS512", "ES256", "ES384", "ES512"};

[[noreturn]] void refuse(const std::string& why) { throw Refusal(Code::unauthenticated, why); }

json parsed(const std::string& text, const std::string& what) {
  try {
    json all = parse_json(text);
    if (all.is_object()) return all;
  } catch (const Refusal&) {
  }
  throw Refusal(Code::unavailable, what + " is no JSON object");
}

std::string text_of(const json& object, const char* member) {
  const auto found = object.find(member);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::int64_t number_of(const json& object, const char* member) {
  const auto found = object.find(member);
  return found != object.end() && found->is_number() ? static_cast<std::int64_t>(found->get<double>()) : 0;
}

using Jws = std::unique_ptr<cjose_jws_t, decltype(&cjose_jws_release)>;
using Jwk = std::unique_ptr<cjose_jwk_t, decltype(&cjose_jwk_release)>;

// The header of a token; empty texts where it has none.
std::pair<std::string, std::string> algorithm_and_key(cjose_jws_t* jws) {
  cjose_err error{};
  cjose_header_t* header = cjose_jws_get_protected(jws);
  const char* algorithm = cjose_header_get(header, CJOSE_HDR_ALG, &error);
  const char* key = cjose_header_get(header, CJOSE_HDR_KID, &error);
  return {algorithm ? algorithm : "", key ? key : ""};
}

bool is_signed_by(cjose_jws_t* jws, const json& key) {
  cjose_err error{};
  const std::string text = key.dump(-1, ' ', false, json::error_handler_t::replace);
  const Jwk jwk(cjose_jwk_import(text.data(), text.size(), &error), cjose_jwk_release);
  return jwk && cjose_jws_verify(jws, jwk.get(), &error);
}

}  // namespace

json OpenIdProvider::discovered(Time now) {
  {
    const std::lock_guard lock(mutex_);
    if (!discovered_.is_null() && now - discovered_at_ < kDiscoveredFor) return discovered_;
  }
  std::string base = settings_.issuer;
  while (base.ends_with('/')) base.pop_back();
  json found = parsed(ask({base + "/.well-known/openid-configuration", {}, "", "", ""}, settings_.private_too),
                      "the provider's configuration");
  if (text_of(found, "issuer") != settings_.issuer)
    throw Refusal(Code::unavailable, "the provider calls itself " + text_of(found, "issuer"));
  for (const char* member : {"authorization_endpoint", "token_endpoint", "jwks_uri"})
    if (text_of(found, member).empty())
      throw Refusal(Code::unavailable, fmt::format("the provider's configuration lacks {}", member));
  const std::lock_guard lock(mutex_);
  discovered_at_ = now;
  return discovered_ = std::move(found);
}

// The provider's keys; `anew`: those known do not fit, but are asked for again only once in a while.
json OpenIdProvider::keys(bool anew, Time now) {
  {
    const std::lock_guard lock(mutex_);
    if (!keys_.is_null() && (!anew || now - keys_at_ < kKeysAtMostEvery)) return keys_;
  }
  json found = parsed(ask({text_of(discovered(now), "jwks_uri"), {}, "", "", ""}, settings_.private_too),
                      "the provider's list of keys");
  const std::lock_guard lock(mutex_);
  keys_at_ = now;
  return keys_ = found.value("keys", json::array());
}

OpenIdProvider::Begun OpenIdProvider::begin(Time now) {
  const json provider = discovered(now);
  Begun begun;
  begun.state = random_hex(32);
  const Waiting waiting{random_hex(32), random_hex(16), now + kPatience};
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(waiting_, [&](const auto& each) { return each.second.until <= now; });
    if (waiting_.size() >= kMostBegun)
      throw Refusal(Code::too_many, "too many are signing in at once; try again in a minute");
    waiting_.emplace(begun.state, waiting);
  }
  begun.url = text_of(provider, "authorization_endpoint");
  begun.url += begun.url.find('?') == std::string::npos ? "?" : "&";
  begun.url += fmt::format(
      "response_type=code&scope={}&client_id={}&redirect_uri={}&state={}&nonce={}&code_challenge={}&"
      "code_challenge_method=S256",
      percent_encoded("openid profile email"), percent_encoded(settings_.client),
      percent_encoded(settings_.public_url + kBack), begun.state, waiting.nonce, sha256_base64url(waiting.verifier));
  return begun;
}

// Section 3.1.3.7.
json OpenIdProvider::claims_of(const std::string& token, Time now) {
  cjose_err error{};
  const Jws jws(cjose_jws_import(token.data(), token.size(), &error), cjose_jws_release);
  if (!jws) refuse("the ID token cannot be read");
  const auto [algorithm, key] = algorithm_and_key(jws.get());
  if (std::find(std::begin(kAlgorithms), std::end(kAlgorithms), algorithm) == std::end(kAlgorithms))
    refuse("the ID token is signed by " + algorithm);
  bool is_signed = false;
  for (const bool anew : {false, true})
    for (const json& each : keys(anew, now))
      if (!is_signed && (key.empty() || text_of(each, "kid") == key)) is_signed = is_signed_by(jws.get(), each);
  if (!is_signed) refuse("the ID token's signature is not the provider's");
  std::uint8_t* bytes = nullptr;
  std::size_t size = 0;
  if (!cjose_jws_get_plaintext(jws.get(), &bytes, &size, &error)) refuse("the ID token cannot be read");
  json claims = parsed(std::string(reinterpret_cast<const char*>(bytes), size), "the ID token");
  const auto audience = claims.find("aud");
  const bool is_ours =
      audience != claims.end() &&
      (*audience == settings_.client ||
       (audience->is_array() && std::find(audience->begin(), audience->end(), settings_.client) != audience->end()));
  if (text_of(claims, "iss") != settings_.issuer) refuse("the ID token comes from another provider");
  if (!is_ours) refuse("the ID token is for somebody else");
  if (const std::string party = text_of(claims, "azp"); !party.empty() && party != settings_.client)
    refuse("the ID token is for somebody else");
  const std::int64_t seconds = to_millis(now) / 1000;
  if (number_of(claims, "exp") + kClocksDiffer.count() <= seconds) refuse("the ID token has expired");
  if (number_of(claims, "iat") - kClocksDiffer.count() > seconds) refuse("the ID token is of a time to come");
  return claims;
}

std::string OpenIdProvider::finish(const std::string& code, const std::string& state, const std::string& kept,
                                   Time now) {
  Waiting waiting;
  {
    const std::lock_guard lock(mutex_);
    const auto found = waiting_.find(state);
    if (state.empty() || !is_same(state, kept) || found == waiting_.end() || found->second.until <= now)
      refuse("the state is not that of this browser, was used, or is too old");
    waiting = found->second;
    waiting_.erase(found);
  }
  if (code.empty()) refuse("the provider gave no code");
  Asked asked{text_of(discovered(now), "token_endpoint"), {}, "", "", ""};
  asked.form = fmt::format("grant_type=authorization_code&code={}&redirect_uri={}&code_verifier={}",
                           percent_encoded(code), percent_encoded(settings_.public_url + kBack), waiting.verifier);
  if (settings_.secret.empty()) {
    asked.form += "&client_id=" + percent_encoded(settings_.client);
  } else {  // RFC 6749, 2.3.1: encoded before they are joined
    asked.user = percent_encoded(settings_.client);
    asked.password = percent_encoded(settings_.secret);
  }
  const json answer = parsed(ask(asked, settings_.private_too), "the provider's answer");
  const json claims = claims_of(text_of(answer, "id_token"), now);
  if (!is_same(text_of(claims, "nonce"), waiting.nonce)) refuse("the ID token was made for another sign-in");
  const std::string name = text_of(claims, settings_.claim.c_str());
  if (name.empty()) refuse(fmt::format("the ID token has no {}", settings_.claim));
  return name;
}

}  // namespace tidings
