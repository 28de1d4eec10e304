// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/ledger/sign_ins.h"

#include <fmt/format.h>

#include "indexer/base/secrets.h"
#include "indexer/base/text.h"
#include "indexer/ledger/feed.h"
#include "indexer/ledger/sql.h"

namespace tidings {
namespace {

constexpr std::size_t kWordBytes = 32;
constexpr std::size_t kMaxAgent = 200;

// Sign-ins for which `condition` holds; `uses` are its values in order.
template <class... Uses>
std::vector<SignIn> sign_ins_where(soci::session& sql, const std::string& condition, const Uses&... uses) {
  std::vector<SignIn> all;
  SignIn each;
  std::int64_t created = 0, seen = 0, expires = 0;
  for_each_row(sql,
               "select id, user_name, created_at, seen_at, expires_at, address, agent from sign_in where " + condition,
               std::tie(each.id, each.user, created, seen, expires, each.address, each.agent), std::tie(uses...), [&] {
                 each.created_at = from_millis(created);
                 each.seen_at = from_millis(seen);
                 each.expires_at = from_millis(expires);
                 all.push_back(each);
               });
  return all;
}

}  // namespace

void to_json(json& out, const SignIn& sign_in) {
  out = {{"id", sign_in.id},
         {"user", sign_in.user},
         {"created_at", to_string(sign_in.created_at)},
         {"seen_at", to_string(sign_in.seen_at)},
         {"expires_at", to_string(sign_in.expires_at)},
         {"address", sign_in.address},
         {"agent", sign_in.agent}};
}

std::string SignIns::open(const std::string& user, Time expires_at, const std::string& address,
                          const std::string& agent) {
  return translated([&] {
    const std::string value = random_hex(kWordBytes), digest = sha256(value);
    const std::int64_t now = to_millis(session_.now()), until = to_millis(expires_at),
                       idle = now - Millis(kIdleLasts).count();
    const std::string shown(invalid_utf8_at(agent) ? "" : cut(agent, kMaxAgent));
    session_.sql() << "delete from sign_in where expires_at <= :now or seen_at <= :idle", use(now), use(idle);
    session_.sql() << "insert into sign_in (digest, user_name, created_at, seen_at, expires_at, address, agent) values "
                      "(:digest, :user, :now, :seen, :until, :address, :agent)",
        use(digest), use(user), use(now), use(now), use(until), use(address), use(shown);
    Feed(session_).append({user, Role::rep}, "session.opened", "user:" + user, {{"address", address}});
    return value;
  });
}

void SignIns::close(const std::string& value, const Actor& by) {
  translated([&] {
    const std::string digest = sha256(value);
    session_.sql() << "delete from sign_in where digest = :digest", use(digest);
    Feed(session_).append(by, "session.closed", "user:" + by.name, json::object());
  });
}

void SignIns::close(std::int64_t id, const Actor& by) {
  translated([&] {
    std::string user;
    session_.sql() << "delete from sign_in where id = :id returning user_name", use(id), into(user);
    if (!session_.sql().got_data()) throw Refusal(Code::not_found, fmt::format("there is no sign-in {}", id));
    Feed(session_).append(by, "session.closed", "user:" + user, json::object());
  });
}

void SignIns::close_all(const std::string& user) {
  translated([&] { session_.sql() << "delete from sign_in where user_name = :user", use(user); });
}

std::vector<SignIn> SignIns::list(const std::string& user) const {
  return translated([&] {
    const std::int64_t now = to_millis(session_.now()), idle = now - Millis(kIdleLasts).count();
    return sign_ins_where(session_.sql(),
                          ":user in ('', user_name) and expires_at > :now and seen_at > :idle order by seen_at desc",
                          user, now, idle);
  });
}

std::optional<SignIn> SignIns::find(const std::string& value) const {
  return translated([&]() -> std::optional<SignIn> {
    const auto found = sign_ins_where(session_.sql(), "digest = :digest", sha256(value));
    if (found.empty() || found[0].expires_at <= session_.now() || found[0].seen_at + kIdleLasts <= session_.now())
      return std::nullopt;
    return found[0];
  });
}

void SignIns::note_seen(std::int64_t id) {
  translated([&] {
    const std::int64_t now = to_millis(session_.now());
    session_.sql() << "update sign_in set seen_at = :now where id = :id", use(now), use(id);
  });
}

std::string SignIns::invite(const std::string& user, Time expires_at, const Actor& by) {
  return translated([&] {
    const std::string word = random_hex(kWordBytes), digest = sha256(word);
    const std::int64_t until = to_millis(expires_at);
    session_.sql() << "delete from invitation where user_name = :user", use(user);
    session_.sql() << "insert into invitation (digest, user_name, expires_at) values (:digest, :user, :until)",
        use(digest), use(user), use(until);
    Feed(session_).append(by, "user.invited", "user:" + user, json::object());
    return word;
  });
}

std::optional<std::string> SignIns::take_invitation(const std::string& word) {
  return translated([&]() -> std::optional<std::string> {
    const std::string digest = sha256(word);
    std::string user;
    std::int64_t until = 0;
    session_.sql() << "delete from invitation where digest = :digest returning user_name, expires_at", use(digest),
        into(user), into(until);
    if (!session_.sql().got_data() || until <= to_millis(session_.now())) return std::nullopt;
    return user;
  });
}

std::optional<SecondFactor> SignIns::second_factor(const std::string& user) const {
  return translated([&]() -> std::optional<SecondFactor> {
    SecondFactor factor;
    int confirmed = 0;
    std::string recovery;
    session_.sql() << "select secret, confirmed, last_step, recovery from second_factor where user_name = :user",
        use(user), into(factor.secret), into(confirmed), into(factor.last_step), into(recovery);
    if (!session_.sql().got_data()) return std::nullopt;
    factor.confirmed = confirmed != 0;
    factor.recovery = json::parse(recovery).get<std::vector<std::string>>();
    return factor;
  });
}

void SignIns::set_second_factor(const std::string& user, const SecondFactor& factor) {
  translated([&] {
    const int confirmed = factor.confirmed;
    const std::string recovery = dump(factor.recovery);
    session_.sql() << "delete from second_factor where user_name = :user", use(user);
    session_.sql() << "insert into second_factor (user_name, secret, confirmed, last_step, recovery) values (:user, "
                      ":secret, :confirmed, :step, :recovery)",
        use(user), use(factor.secret), use(confirmed), use(factor.last_step), use(recovery);
  });
}

void SignIns::remove_second_factor(const std::string& user, const Actor& by) {
  translated([&] {
    session_.sql() << "delete from second_factor where user_name = :user", use(user);
    Feed(session_).append(by, "user.second_factor_removed", "user:" + user, json::object());
  });
}

}  // namespace tidings
