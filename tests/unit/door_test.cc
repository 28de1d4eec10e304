// SPDX-License-Identifier: GPL-3.0-or-later
// Who comes in: guessing is slow, codes and invitations are good once, sign-ins end.
#include <liboath/oath.h>

#include <array>

#include "indexer/base/secrets.h"
#include "indexer/ledger/sign_ins.h"
#include "server/desk/sign_in_desk.h"
#include "tests/support/support.h"

namespace tidings {
namespace {

struct Guarded : House {
  Guarded() : door(ledger) {
    static const std::string hash = hash_password("long enough");
    ledger.write([](Session& session) {
      People(session).create({.name = "anna"}, hash, kAdmin);
      People(session).create({.name = "boris"}, hash, kAdmin);
    });
  }
  std::string enter(const std::string& name, const std::string& password, const std::string& code = "",
                    const std::string& address = "192.0.2.1") {
    json body = {{"name", name}, {"password", password}};
    if (!code.empty()) body["code"] = code;
    return door.sign_in(body, {address, "a browser"}, clock.now());
  }
  template <class F>
  auto as(const Actor& who, F&& f) {
    return ledger.write([&](Session& session) { return f(SignInDesk(session, who)); });
  }
  std::string code_of(const std::string& secret) const {
    char* key = nullptr;
    std::size_t size = 0;
    REQUIRE(oath_base32_decode(secret.data(), secret.size(), &key, &size) == OATH_OK);
    std::array<char, 7> code{};
    oath_totp_generate(key, size, to_millis(clock.now()) / 1000, 30, 0, 6, code.data());
    std::free(key);
    return code.data();
  }
  Door door;
};

const Actor kAnna{"anna", Role::rep};

}  // namespace

TEST_CASE("after five failures each guess waits twice as long, and a success begins anew") {
  Attempts attempts(5);
  const Time start = *parse_time("2026-11-23T10:00:00Z");
  Time now = start;
  for (int i = 0; i < 4; ++i) attempts.failed("anna", now);
  attempts.require("anna", now);
  for (int wait = 1; wait <= 512; wait *= 2) {
    attempts.failed("anna", now);
    CHECK_REFUSED(attempts.require("anna", now + std::chrono::milliseconds(1000 * wait - 1)), Code::too_many);
    now += std::chrono::seconds(wait);
    attempts.require("anna", now);
  }
  for (int i = 0; i < 50; ++i) attempts.failed("anna", now);
  CHECK_REFUSED(attempts.require("anna", now + Attempts::kLongest - Millis(1)), Code::too_many);
  attempts.require("anna", now + Attempts::kLongest);
  attempts.require("boris", now);
  attempts.succeeded("anna");
  attempts.require("anna", now);
  for (int i = 0; i < 11'000; ++i) attempts.failed(std::to_string(i), now);  // bounded, and quick
}

TEST_CASE("guessing is slow for a name from anywhere, and for an address at any name") {
  Guarded house;
  for (int i = 0; i < 5; ++i)
    CHECK_REFUSED(house.enter("anna", "wrong guess", "", "192.0.2." + std::to_string(i)), Code::unauthenticated);
  CHECK_REFUSED(house.enter("anna", "long enough", "", "198.51.100.1"), Code::too_many);
  house.clock.advance(Millis(1000));
  CHECK(house.enter("anna", "long enough").size() == 64);
  for (int i = 0; i < 20; ++i)
    CHECK_REFUSED(house.enter("nobody-" + std::to_string(i), "wrong guess", "", "203.0.113.7"), Code::unauthenticated);
  CHECK_REFUSED(house.enter("boris", "long enough", "", "203.0.113.7"), Code::too_many);
  CHECK(house.enter("boris", "long enough").size() == 64);
}

TEST_CASE("a second factor is asked for once it is confirmed, and no code is taken twice") {
  Guarded house;
  const auto begun = house.as(kAnna, [](auto desk) { return desk.begin_second_factor(); });
  const auto secret = begun["secret"].get<std::string>();
  CHECK(house.enter("anna", "long enough").size() == 64);  // not yet
  CHECK_REFUSED(house.as(kAnna,
                         [](auto desk) {
                           return desk.confirm_second_factor({{"code", "000000"}});
                         }),
                Code::invalid);
  const std::string first = house.code_of(secret);
  const json recovery = house.as(kAnna, [&](auto desk) {
    return desk.confirm_second_factor({{"code", first}});
  })["recovery"];
  CHECK(recovery.size() == 10);
  CHECK_REFUSED(house.as(kAnna, [](auto desk) { return desk.begin_second_factor(); }), Code::conflict);
  CHECK_REFUSED(house.enter("anna", "long enough"), Code::unauthenticated);
  CHECK_REFUSED(house.enter("anna", "long enough", first), Code::unauthenticated);  // was used to confirm
  house.clock.advance(Millis(31'000));
  const std::string second = house.code_of(secret);
  CHECK(house.enter("anna", "long enough", second).size() == 64);
  CHECK_REFUSED(house.enter("anna", "long enough", second), Code::unauthenticated);
  house.clock.advance(Millis(300'000));
  const auto lost = recovery[3].get<std::string>();
  CHECK(house.enter("anna", "long enough", lost).size() == 64);
  CHECK_REFUSED(house.enter("anna", "long enough", lost), Code::unauthenticated);
  CHECK(read_file(house.folder.path() / "ledger.db-wal").find(lost) == std::string::npos);
  for (const json& body : {json::object(), json{{"code", "000000"}}, json{{"code", lost}}})
    CHECK_REFUSED(house.as(kAnna,
                           [&](auto desk) {
                             desk.remove_second_factor("anna", body);
                             return 0;
                           }),
                  Code::invalid);
  CHECK_REFUSED(house.as(kRep,
                         [](auto desk) {
                           desk.remove_second_factor("anna", {});
                           return 0;
                         }),
                Code::forbidden);
  house.as(kAdmin, [](auto desk) {
    desk.remove_second_factor("anna", {});
    return 0;
  });
  CHECK(house.enter("anna", "long enough").size() == 64);
}

TEST_CASE("an invitation sets a password once, and not for ever") {
  Guarded house;
  const auto invite = [&] {
    return house.as(kAdmin, [](auto desk) { return desk.invite("anna"); })["word"].template get<std::string>();
  };
  const auto accept = [&](const std::string& word) {
    return house.door.accept({{"word", word}, {"password", "quite another"}}, {"192.0.2.9", ""}, house.clock.now())
        .first;
  };
  CHECK_REFUSED(house.as(kRep, [](auto desk) { return desk.invite("anna"); }), Code::forbidden);
  const std::string first = invite(), second = invite();
  CHECK_REFUSED(accept(first), Code::unauthenticated);  // the second took its place
  CHECK(accept(second) == "anna");
  CHECK_REFUSED(accept(second), Code::unauthenticated);
  CHECK(house.enter("anna", "quite another").size() == 64);
  const std::string third = invite();
  house.clock.advance(std::chrono::hours(24 * 7));
  CHECK_REFUSED(accept(third), Code::unauthenticated);
}

TEST_CASE("an invitation does not go around a second factor, and guessing at it is slow") {
  Guarded house;
  const std::string secret = house.as(kAnna, [](auto desk) { return desk.begin_second_factor(); })["secret"];
  house.as(kAnna, [&](auto desk) { return desk.confirm_second_factor({{"code", house.code_of(secret)}}); });
  house.clock.advance(Millis(31'000));
  const std::string word =
      house.as(kAdmin, [](auto desk) { return desk.invite("anna"); })["word"].template get<std::string>();
  const auto accept = [&](json more, const char* address) {
    more.update({{"word", word}, {"password", "quite another"}});
    return house.door.accept(more, {address, ""}, house.clock.now()).first;
  };
  CHECK_REFUSED(accept({}, "192.0.2.9"), Code::unauthenticated);
  CHECK_REFUSED(house.enter("anna", "quite another", house.code_of(secret)), Code::unauthenticated);  // not set
  int guesses = 0;
  for (Code met = Code::unauthenticated; met == Code::unauthenticated; ++guesses) {
    try {
      accept({{"code", "000000"}}, ("198.51.100." + std::to_string(guesses)).c_str());
    } catch (const Refusal& refusal) {
      met = refusal.code();
    }
  }
  CHECK(guesses < 20);  // from everywhere together
  house.clock.advance(std::chrono::hours(1));
  CHECK(accept({{"code", house.code_of(secret)}}, "192.0.2.9") == "anna");
}

TEST_CASE("sign-ins end when idle, at last, when ended from elsewhere, and with a new password") {
  Guarded house;
  const auto is_in = [&](const std::string& cookie) {
    return house.ledger.read([&](Session& session) { return SignIns(session).find(cookie).has_value(); });
  };
  const std::string idle = house.enter("anna", "long enough"), busy = house.enter("anna", "long enough");
  for (int hour = 0; hour < 24 * 7; hour += 6) {
    REQUIRE(is_in(busy));
    house.ledger.write([&](Session& session) { SignIns(session).note_seen(SignIns(session).find(busy)->id); });
    CHECK(is_in(idle) == (hour < 12));
    house.clock.advance(std::chrono::hours(6));
  }
  CHECK_FALSE(is_in(busy));
  const std::string phone = house.enter("anna", "long enough"), desk_top = house.enter("anna", "long enough");
  const json open = house.as(kAnna, [](auto desk) { return desk.sign_ins(); })["items"];
  CHECK(open.size() == 2);
  CHECK(open[0]["agent"] == "a browser");
  const auto id = house.ledger.read([&](Session& session) { return SignIns(session).find(phone)->id; });
  CHECK_REFUSED(house.as({"boris", Role::rep},
                         [&](auto desk) {
                           desk.end(id);
                           return 0;
                         }),
                Code::not_found);
  house.as(kAnna, [&](auto desk) {
    desk.end(id);
    return 0;
  });
  CHECK_FALSE(is_in(phone));
  CHECK(is_in(desk_top));
  house.ledger.write([](Session& session) { People(session).set_password("anna", "x", kAdmin); });
  CHECK_FALSE(is_in(desk_top));
}

TEST_CASE("a token ends on its day") {
  Guarded house;
  const std::string token = house.ledger.write([&](Session& session) {
    return People(session)
        .create_token({.name = "x",
                       .user = "anna",
                       .scope = TokenScope::read,
                       .expires_at = session.now() + std::chrono::hours(1)},
                      kAdmin)
        .second;
  });
  const auto found = [&] {
    return house.ledger.read([&](Session& session) { return People(session).by_token(token); });
  };
  CHECK(found()->second == TokenScope::read);
  house.clock.advance(std::chrono::hours(1));
  CHECK_FALSE(found());
}

}  // namespace tidings
