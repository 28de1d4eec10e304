// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/ledger/unsent.h"

#include "indexer/ledger/sql.h"

namespace tidings {

std::optional<UnsentText> Unsent::find(const std::string& user, const std::string& name) const {
  return translated([&]() -> std::optional<UnsentText> {
    UnsentText found;
    std::int64_t at = 0;
    session_.sql() << "select text, at from unsent where user_name = :user and name = :name", use(user), use(name),
        into(found.text), into(at);
    if (!session_.sql().got_data()) return std::nullopt;
    found.at = from_millis(at);
    return found;
  });
}

void Unsent::keep(const std::string& user, const std::string& name, const std::string& text) {
  translated([&] {
    soci::session& sql = session_.sql();
    const std::int64_t now = to_millis(session_.now()), oldest = to_millis(session_.now() - kKept);
    sql << "delete from unsent where (user_name = :user and name = :name) or at < :oldest", use(user), use(name),
        use(oldest);
    if (text.empty()) return;
    sql << "insert into unsent (user_name, name, text, at) values (:user, :name, :text, :at)", use(user), use(name),
        use(text), use(now);
    sql << "delete from unsent where user_name = :user and id not in (select id from unsent where user_name = :same "
           "order by at desc, id desc limit :most)",
        use(user), use(user), use(kMostOfOne);
  });
}

}  // namespace tidings
