// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/ledger/themes.h"

#include <fmt/format.h>

#include "indexer/ledger/feed.h"
#include "indexer/ledger/sql.h"
#include "indexer/model/fields.h"

namespace tidings {

void to_json(json& out, const KeptTheme& theme) {
  out = {{"id", theme.id},       {"version", theme.version}, {"title", theme.title},
         {"terms", theme.terms}, {"by", theme.by},           {"created_at", to_string(theme.created_at)}};
}

void update(KeptTheme& theme, const json& in) {
  take_text(in, "title", theme.title);
  take(in, "terms", theme.terms);
}

KeptTheme Themes::create(KeptTheme theme, const Actor& by) {
  return translated([&] {
    theme.by = by.name;
    theme.created_at = session_.now();
    theme.version = 1;
    const std::string terms = dump(json(theme.terms));
    const std::int64_t at = to_millis(theme.created_at);
    session_.sql() << "insert into theme (version, title, terms, by_name, created_at) values (1, :title, :terms, :by, "
                      ":at) returning id",
        use(theme.title), use(terms), use(theme.by), use(at), into(theme.id);
    Feed(session_).append(by, "theme.created", subject("theme", theme.id), theme);
    return theme;
  });
}

KeptTheme Themes::change(KeptTheme theme, const Actor& by) {
  return translated([&] {
    const std::string terms = dump(json(theme.terms));
    soci::statement update =
        (session_.sql().prepare << "update theme set version = version + 1, title = :title, terms = :terms where id = "
                                   ":id and version = :version",
         use(theme.title), use(terms), use(theme.id), use(theme.version));
    update.execute(true);
    if (update.get_affected_rows() != 1)
      throw Refusal(Code::stale, "the theme was changed since it was read; read it again");
    ++theme.version;
    Feed(session_).append(by, "theme.changed", subject("theme", theme.id), theme);
    return theme;
  });
}

void Themes::remove(std::int64_t id, const Actor& by) {
  translated([&] {
    const KeptTheme theme = find(id);
    session_.sql() << "delete from theme where id = :id", use(id);
    Feed(session_).append(by, "theme.removed", subject("theme", id), theme);
  });
}

KeptTheme Themes::find(std::int64_t id) const {
  for (KeptTheme& theme : list())
    if (theme.id == id) return theme;
  throw Refusal(Code::not_found, fmt::format("there is no theme {}", id));
}

std::vector<KeptTheme> Themes::list() const {
  return translated([&] {
    std::vector<KeptTheme> all;
    KeptTheme one;
    std::string terms;
    std::int64_t at = 0;
    for_each_row(session_.sql(), "select id, version, title, terms, by_name, created_at from theme order by id",
                 std::tie(one.id, one.version, one.title, terms, one.by, at), std::tuple<>(), [&] {
                   one.terms = json::parse(terms).get<std::vector<std::string>>();
                   one.created_at = from_millis(at);
                   all.push_back(one);
                 });
    return all;
  });
}

}  // namespace tidings
