// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/ledger/settings.h"

#include "indexer/ledger/feed.h"
#include "indexer/ledger/sql.h"

namespace tidings {

std::optional<json> Settings::find(const std::string& name) const {
  return translated([&]() -> std::optional<json> {
    std::string value;
    session_.sql() << "select value from setting where name = :name", use(name), into(value);
    return session_.sql().got_data() ? std::optional(json::parse(value)) : std::nullopt;
  });
}

void Settings::set(const std::string& name, const json& value, const Actor& by) {
  translated([&] {
    const std::string text = dump(value);
    session_.sql() << "insert into setting (name, value) values (:name, :value) on conflict (name) do update set value "
                      "= excluded.value",
        use(name), use(text);
    Feed(session_).append(by, "setting.changed", "setting:" + name, value);
  });
}

}  // namespace tidings
