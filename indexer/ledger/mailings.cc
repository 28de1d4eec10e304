// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/ledger/mailings.h"

#include "indexer/base/secrets.h"
#include "indexer/ledger/people.h"
#include "indexer/ledger/sql.h"

namespace tidings {

std::optional<Mailed> Mailings::of(const std::string& user) const {
  return translated([&]() -> std::optional<Mailed> {
    Mailed mailed;
    std::int64_t at = 0;
    session_.sql() << "select until, at, week from mailed where user_name = :user", use(user), into(mailed.until),
        into(at), into(mailed.week);
    if (!session_.sql().got_data()) return std::nullopt;
    mailed.at = from_millis(at);
    return mailed;
  });
}

void Mailings::set(const std::string& user, const Mailed& mailed) {
  translated([&] {
    const std::int64_t at = to_millis(mailed.at);
    session_.sql()
        << "insert into mailed (user_name, until, at, week, sending_until) values (:user, :until, :at, "
           ":week, 0) on conflict (user_name) do update set until = excluded.until, at = excluded.at, week = "
           "excluded.week, sending_until = 0",
        use(user), use(mailed.until), use(at), use(mailed.week);
  });
}

bool Mailings::take(const std::string& user, Time until) {
  return translated([&] {
    const std::int64_t now = to_millis(session_.now()), later = to_millis(until);
    soci::statement update = (session_.sql().prepare << "update mailed set sending_until = :later where user_name = "
                                                        ":user and sending_until <= :now",
                              use(later), use(user), use(now));
    update.execute(true);
    return update.get_affected_rows() == 1;
  });
}

std::string CalendarAddresses::renew(const std::string& user) {
  return translated([&] {
    constexpr std::size_t kBytes = 24;
    const std::string secret = random_hex(kBytes), digest = sha256(secret);
    session_.sql()
        << "insert into calendar_address (user_name, digest) values (:user, :digest) on conflict (user_name) "
           "do update set digest = excluded.digest",
        use(user), use(digest);
    return secret;
  });
}

void CalendarAddresses::remove(const std::string& user) {
  translated([&] { session_.sql() << "delete from calendar_address where user_name = :user", use(user); });
}

std::optional<User> CalendarAddresses::user_of(const std::string& secret) const {
  return translated([&]() -> std::optional<User> {
    const std::string digest = sha256(secret);
    std::string name;
    session_.sql() << "select user_name from calendar_address where digest = :digest", use(digest), into(name);
    if (name.empty()) return std::nullopt;
    User user = People(session_).find(name);
    if (!user.active) return std::nullopt;
    return user;
  });
}

}  // namespace tidings
