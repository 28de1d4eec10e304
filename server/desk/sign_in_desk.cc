// SPDX-License-Identifier: GPL-3.0-or-later
// The codes are those of RFC 6238 with its defaults: SHA-1, 30 s, six digits, by liboath.
#include "server/desk/sign_in_desk.h"

#include <fmt/format.h>
#include <liboath/oath.h>

#include <algorithm>
#include <array>
#include <memory>
#include <semaphore>

#include "indexer/base/refusal.h"
#include "indexer/base/secrets.h"
#include "indexer/ledger/feed.h"
#include "indexer/ledger/people.h"
#include "indexer/ledger/sign_ins.h"
#include "indexer/model/schema.h"
#include "server/desk/rights.h"

namespace tidings {
namespace {

constexpr std::int64_t kStep = 30;        // seconds that a code is good for
constexpr std::int64_t kWindow = 1;       // steps that a clock may be early or late
constexpr std::size_t kSecretBytes = 20;  // as SHA-1 has
constexpr int kRecoveryCodes = 10;

// Memory for hashing is a property of the process, not of a desk.
std::counting_semaphore<kMaxHashing>& hashing() {
  static std::counting_semaphore<kMaxHashing> places(kMaxHashing);
  return places;
}

class HashingPlace {
 public:
  HashingPlace() {
    if (!hashing().try_acquire_for(std::chrono::seconds(2)))
      throw Refusal(Code::too_many, "too many are signing in at once; try again in a moment");
  }
  ~HashingPlace() { hashing().release(); }
  HashingPlace(const HashingPlace&) = delete;
  HashingPlace& operator=(const HashingPlace&) = delete;
};

std::string base32(const std::string& bytes) {
  char* encoded = nullptr;
  if (oath_base32_encode(bytes.data(), bytes.size(), &encoded, nullptr) != OATH_OK)
    throw Refusal(Code::broken, "the second factor's secret cannot be written");
  const std::unique_ptr<char, void (*)(void*)> owner(encoded, std::free);
  return encoded;
}

std::string code_at(const std::string& secret, std::int64_t step) {
  char* decoded = nullptr;
  std::size_t size = 0;
  if (oath_base32_decode(secret.data(), secret.size(), &decoded, &size) != OATH_OK)
    throw Refusal(Code::broken, "the second factor's secret cannot be read");
  const std::unique_ptr<char, void (*)(void*)> owner(decoded, std::free);
  std::array<char, 7> code{};
  if (oath_hotp_generate(decoded, size, static_cast<std::uint64_t>(step), 6, false, OATH_HOTP_DYNAMIC_TRUNCATION,
                         code.data()) != OATH_OK)
    throw Refusal(Code::broken, "the second factor's code cannot be made");
  return code.data();
}

// The step of a code that is good now and was not used; nothing if it is none.
std::optional<std::int64_t> step_of(const SecondFactor& factor, const std::string& code, Time now) {
  const std::int64_t step = to_millis(now) / 1000 / kStep;
  for (std::int64_t each = std::max(step - kWindow, factor.last_step + 1); each <= step + kWindow; ++each)
    if (is_same(code_at(factor.secret, each), code)) return each;
  return std::nullopt;
}

bool has_second_factor(Session& session, const std::string& name) {
  const auto factor = SignIns(session).second_factor(name);
  return factor && factor->confirmed;
}

// Uses up a code, or a recovery code; false if it is neither.
bool use_second_factor(Session& session, const std::string& name, const std::string& code, Time now) {
  SignIns sign_ins(session);
  auto factor = sign_ins.second_factor(name);
  if (const auto step = step_of(*factor, code, now)) {
    factor->last_step = *step;
  } else {
    const auto used = std::find(factor->recovery.begin(), factor->recovery.end(), sha256(code));
    if (used == factor->recovery.end()) return false;
    factor->recovery.erase(used);
  }
  sign_ins.set_second_factor(name, *factor);
  return true;
}

}  // namespace

std::string hash_bounded(const std::string& password) {
  const HashingPlace place;
  return hash_password(password);
}

bool Door::is_second_factor(const std::string& name, const std::string& code, Time now) {
  return ledger_.write([&](Session& session) {
    return !has_second_factor(session, name) || use_second_factor(session, name, code, now);
  });
}

std::string Door::sign_in(const json& body, const Caller& caller, Time now) {
  record_schema("signing-in").require(body);
  const auto name = body["name"].get<std::string>(), password = body["password"].get<std::string>(),
             code = body.value("code", "");
  by_name_.require(name, now);
  by_address_.require(caller.address, now);
  const auto refuse = [&](const char* why, std::vector<Fault> faults) {
    by_name_.failed(name, now);
    by_address_.failed(caller.address, now);
    throw Refusal(Code::unauthenticated, why, std::move(faults));
  };
  // Verified against when there is no such user, so that the time does not tell.
  static const std::string nobody = hash_password(random_word(20));
  const auto [hash, has_factor] = ledger_.read([&](Session& session) {
    return std::pair(People(session).password_hash(name), has_second_factor(session, name));
  });
  bool right = false;
  {
    const HashingPlace place;
    right = is_password(password, hash.empty() ? nobody : hash) && !hash.empty();
  }
  if (!right) refuse("the name or the password is wrong", {});
  if (has_factor && code.empty())
    throw Refusal(Code::unauthenticated, "the code of the second factor is needed", {{"/code", "is missing"}});
  if (has_factor && !is_second_factor(name, code, now))
    refuse("the code is wrong, or was used already", {{"/code", "is wrong or was used"}});
  by_name_.succeeded(name);
  return ledger_.write(
      [&](Session& session) { return SignIns(session).open(name, now + kSignInLasts, caller.address, caller.agent); });
}

std::string Door::admit(const std::string& name, const Caller& caller, Time now) {
  return ledger_.write([&](Session& session) {
    if (!People(session).active(name))
      throw Refusal(Code::unauthenticated, "the provider vouches for somebody who is no user here");
    return SignIns(session).open(name, now + kSignInLasts, caller.address, caller.agent);
  });
}

std::pair<std::string, std::string> Door::accept(const json& body, const Caller& caller, Time now) {
  record_schema("accepting").require(body);
  by_address_.require(caller.address, now);
  const std::string hash = hash_bounded(body["password"].get<std::string>()), code = body.value("code", "");
  std::string guesses;  // whose code was wrong
  using ComeIn = std::optional<std::pair<std::string, std::string>>;
  const auto enter = [&](Session& session) -> ComeIn {
    const auto user = SignIns(session).take_invitation(body["word"].get<std::string>());
    if (!user || !People(session).active(*user)) return std::nullopt;
    if (has_second_factor(session, *user)) {  // what is thrown gives the invitation back
      by_name_.require(*user, now);
      if (code.empty())
        throw Refusal(Code::unauthenticated, "the code of the second factor is needed", {{"/code", "is missing"}});
      if (!use_second_factor(session, *user, code, now)) {
        guesses = *user;
        throw Refusal(Code::unauthenticated, "the code is wrong, or was used already",
                      {{"/code", "is wrong or was used"}});
      }
    }
    People(session).set_password(*user, hash, {*user, Role::rep});
    return std::pair(*user, SignIns(session).open(*user, now + kSignInLasts, caller.address, caller.agent));
  };
  ComeIn come_in;
  try {
    come_in = ledger_.write(enter);
  } catch (const Refusal&) {
    if (!guesses.empty()) {
      by_name_.failed(guesses, now);
      by_address_.failed(caller.address, now);
    }
    throw;
  }
  if (come_in) return *come_in;
  by_address_.failed(caller.address, now);
  throw Refusal(Code::unauthenticated, "the invitation was used already, or its time is over; ask for another");
}

json SignInDesk::sign_ins() const {
  return {{"items", SignIns(session_).list(may(actor_.role, Right::manage_people) ? "" : actor_.name)}};
}

void SignInDesk::end(std::int64_t id) {
  SignIns sign_ins(session_);
  const auto own = sign_ins.list(actor_.name);
  const bool is_own = std::any_of(own.begin(), own.end(), [&](const SignIn& each) { return each.id == id; });
  // Another's is not there for those who may not see it.
  if (!is_own && !may(actor_.role, Right::manage_people)) throw Refusal(Code::not_found, "there is no such sign-in");
  sign_ins.close(id, actor_);
}

json SignInDesk::invite(const std::string& user) {
  require(actor_, Right::manage_people);
  if (!People(session_).find(user).active) throw Refusal(Code::conflict, user + " may not use Tidings at present");
  const Time until = session_.now() + kInvitationLasts;
  return {{"word", SignIns(session_).invite(user, until, actor_)}, {"expires_at", to_string(until)}};
}

json SignInDesk::begin_second_factor() {
  SignIns sign_ins(session_);
  if (const auto factor = sign_ins.second_factor(actor_.name); factor && factor->confirmed)
    throw Refusal(Code::conflict, "there is a second factor already; remove it first");
  SecondFactor factor;
  factor.secret = base32(random_bytes(kSecretBytes));
  sign_ins.set_second_factor(actor_.name, factor);
  return {{"secret", factor.secret},
          {"uri", fmt::format("otpauth://totp/Tidings:{}?secret={}&issuer=Tidings", actor_.name, factor.secret)}};
}

json SignInDesk::confirm_second_factor(const json& body) {
  record_schema("second-factor").require(body);
  SignIns sign_ins(session_);
  auto factor = sign_ins.second_factor(actor_.name);
  if (!factor || factor->confirmed) throw Refusal(Code::conflict, "no second factor waits to be confirmed");
  const auto step = step_of(*factor, body["code"].get<std::string>(), session_.now());
  if (!step) throw invalid("/code", "is wrong; is the device's clock right?");
  factor->confirmed = true;
  factor->last_step = *step;
  json codes = json::array();
  for (int i = 0; i < kRecoveryCodes; ++i) {
    codes.push_back(random_word(10));
    factor->recovery.push_back(sha256(codes.back().get<std::string>()));
  }
  sign_ins.set_second_factor(actor_.name, *factor);
  Feed(session_).append(actor_, "user.second_factor_added", "user:" + actor_.name, json::object());
  return {{"recovery", codes}};
}

void SignInDesk::remove_second_factor(const std::string& user, const json& body) {
  if (user != actor_.name) require(actor_, Right::manage_people);
  People(session_).find(user);
  // Whoever found a page left open must not be able to take the lock off.
  if (user == actor_.name && has_second_factor(session_, user)) {
    record_schema("second-factor").require(body);
    if (!use_second_factor(session_, user, body["code"].get<std::string>(), session_.now()))
      throw invalid("/code", "is wrong, or was used already");
  }
  SignIns(session_).remove_second_factor(user, actor_);
}

}  // namespace tidings
