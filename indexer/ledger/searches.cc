// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/ledger/searches.h"

#include <fmt/format.h>

#include "indexer/ledger/feed.h"
#include "indexer/ledger/sql.h"

namespace tidings {
namespace {

std::vector<SavedSearch> searches_where(soci::session& sql, const std::string& condition, const std::string& text,
                                        const std::int64_t number) {
  std::vector<SavedSearch> searches;
  SavedSearch search;
  std::int64_t at = 0;
  for_each_row(sql,
               "select id, version, title, query, audience, owner, created_at from saved_search where " + condition +
                   " order by id",
               std::tie(search.id, search.version, search.title, search.query, search.audience, search.owner, at),
               std::tie(text, number), [&] {
                 search.created_at = from_millis(at);
                 searches.push_back(search);
               });
  return searches;
}

std::vector<SearchedFor> searched_where(soci::session& sql, const std::string& query, const std::string& first,
                                        const std::string& second) {
  std::vector<SearchedFor> rows;
  SearchedFor row;
  std::int64_t at = 0;
  for_each_row(sql, query, std::tie(row.query, row.times, at), std::tie(first, second), [&] {
    row.last_at = from_millis(at);
    rows.push_back(row);
  });
  return rows;
}

}  // namespace

Synonym Synonyms::create(Synonym synonym, const Actor& by) {
  return translated([&] {
    const std::string from = json(synonym.from).dump(), words = json(synonym.words).dump();
    synonym.version = 1;
    session_.sql() << "insert into synonym (version, from_words, words) values (1, :from, :words) returning id",
        use(from), use(words), into(synonym.id);
    Feed(session_).append(by, "synonym.created", subject("synonym", synonym.id), to_json(synonym));
    return synonym;
  });
}

Synonym Synonyms::change(Synonym synonym, const Actor& by) {
  return translated([&] {
    static_cast<void>(find(synonym.id));
    const std::string from = json(synonym.from).dump(), words = json(synonym.words).dump();
    soci::statement update = (session_.sql().prepare << "update synonym set version = version + 1, from_words = :from, "
                                                        "words = :words where id = :id and version = :version",
                              use(from), use(words), use(synonym.id), use(synonym.version));
    update.execute(true);
    if (update.get_affected_rows() != 1)
      throw Refusal(Code::stale, "the synonym was changed since it was read; read it again");
    ++synonym.version;
    Feed(session_).append(by, "synonym.changed", subject("synonym", synonym.id), to_json(synonym));
    return synonym;
  });
}

void Synonyms::remove(SynonymId id, const Actor& by) {
  translated([&] {
    const Synonym synonym = find(id);
    session_.sql() << "delete from synonym where id = :id", use(id);
    Feed(session_).append(by, "synonym.removed", subject("synonym", id), to_json(synonym));
  });
}

Synonym Synonyms::find(SynonymId id) const {
  for (Synonym& synonym : list())
    if (synonym.id == id) return synonym;
  throw Refusal(Code::not_found, fmt::format("there is no synonym {}", id));
}

std::vector<Synonym> Synonyms::list() const {
  return translated([&] {
    std::vector<Synonym> synonyms;
    Synonym synonym;
    std::string from, words;
    for_each_row(session_.sql(), "select id, version, from_words, words from synonym order by id",
                 std::tie(synonym.id, synonym.version, from, words), std::tuple<>(), [&] {
                   synonym.from = json::parse(from).get<std::vector<std::string>>();
                   synonym.words = json::parse(words).get<std::vector<std::string>>();
                   synonyms.push_back(synonym);
                 });
    return synonyms;
  });
}

std::int64_t Synonyms::count() const {
  return translated([&] {
    std::int64_t count = 0;
    session_.sql() << "select count(*) from synonym", into(count);
    return count;
  });
}

SavedSearch SavedSearches::create(SavedSearch search, const Actor& by) {
  return translated([&] {
    search.version = 1;
    search.created_at = session_.now();
    const std::int64_t at = to_millis(search.created_at);
    session_.sql()
        << "insert into saved_search (version, title, query, audience, owner, created_at) values (1, :title, "
           ":query, :audience, :owner, :at) returning id",
        use(search.title), use(search.query), use(search.audience), use(search.owner), use(at), into(search.id);
    Feed(session_).append(by, "saved_search.created", subject("saved_search", search.id), search);
    return search;
  });
}

void SavedSearches::remove(SavedSearchId id, const Actor& by) {
  translated([&] {
    const SavedSearch search = find(id);
    session_.sql() << "delete from saved_search where id = :id", use(id);
    Feed(session_).append(by, "saved_search.removed", subject("saved_search", id), search);
  });
}

SavedSearch SavedSearches::find(SavedSearchId id) const {
  return translated([&] {
    const auto found = searches_where(session_.sql(), ":text = '' and id = :id", "", id);
    if (found.empty()) throw Refusal(Code::not_found, fmt::format("there is no saved search {}", id));
    return found.front();
  });
}

std::vector<SavedSearch> SavedSearches::list() const {
  return translated([&] { return searches_where(session_.sql(), ":text = '' and id > :id", "", 0); });
}

std::vector<SavedSearch> SavedSearches::of(const std::string& owner) const {
  return translated([&] { return searches_where(session_.sql(), "owner = :owner and id > :id", owner, 0); });
}

bool Notifications::add(const Notification& notification) {
  return translated([&] {
    soci::session& sql = session_.sql();
    std::int64_t known = 0;
    sql << "select count(*) from notification where user_name = :user and insight = :insight and reason = :reason",
        use(notification.user), use(notification.insight), use(notification.reason), into(known);
    if (known > 0) return false;
    const std::int64_t at = to_millis(notification.at);
    const std::string kind(to_string(notification.kind)), detail = notification.detail.dump();
    sql << "insert into notification (user_name, at, kind, insight, reason, detail) values (:user, :at, :kind, "
           ":insight, :reason, :detail)",
        use(notification.user), use(at), use(kind), use(notification.insight), use(notification.reason), use(detail);
    return true;
  });
}

std::vector<Notification> Notifications::list(const std::string& user, bool only_unseen, const std::int64_t before,
                                              int limit) const {
  return translated([&] {
    std::vector<Notification> notifications;
    Notification row;
    std::int64_t at = 0;
    std::string kind, detail;
    Nullable<std::int64_t> seen_at;
    for_each_row(session_.sql(),
                 fmt::format("select id, user_name, at, kind, insight, reason, detail, seen_at from notification where "
                             "user_name = :user and (:before = 0 or id < :again) {} order by id desc limit {}",
                             only_unseen ? "and seen_at is null" : "", limit),
                 std::tie(row.id, row.user, at, kind, row.insight, row.reason, detail, seen_at),
                 std::tie(user, before, before), [&] {
                   row.at = from_millis(at);
                   row.kind = parse_name<NoticeKind>(kind).value_or(NoticeKind::found);
                   row.detail = json::parse(detail);
                   const auto seen = seen_at.get();
                   row.seen_at = seen ? std::optional(from_millis(*seen)) : std::nullopt;
                   notifications.push_back(row);
                 });
    return notifications;
  });
}

std::int64_t Notifications::unseen(const std::string& user) const {
  return translated([&] {
    std::int64_t count = 0;
    session_.sql() << "select count(*) from notification where user_name = :user and seen_at is null", use(user),
        into(count);
    return count;
  });
}

void Notifications::see(const std::string& user, std::int64_t until) {
  translated([&] {
    const std::int64_t now = to_millis(session_.now());
    session_.sql() << "update notification set seen_at = :now where user_name = :user and id <= :until and seen_at is "
                      "null",
        use(now), use(user), use(until);
  });
}

void SearchLog::remember(const std::string& user, const std::string& query) {
  translated([&] {
    soci::session& sql = session_.sql();
    const std::int64_t now = to_millis(session_.now());
    sql << "insert into past_query (user_name, query, times, last_at) values (:user, :query, 1, :now) on conflict "
           "(user_name, query) do update set times = past_query.times + 1, last_at = excluded.last_at",
        use(user), use(query), use(now);
    sql << fmt::format(
        "delete from past_query where user_name = :user and last_at < (select min(last_at) from (select "
        "last_at from past_query where user_name = :again order by last_at desc limit {}) latest)",
        kMaxPast),
        use(user), use(user);
  });
}

std::vector<SearchedFor> SearchLog::past(const std::string& user, const std::string& beginning, int limit) const {
  return translated([&] {
    // Compared as it is written: % and _ stand for themselves.
    return searched_where(
        session_.sql(),
        fmt::format("select query, times, last_at from past_query where user_name = :user and "
                    "substr(query, 1, length(:beginning)) = :beginning order by last_at desc limit {}",
                    limit),
        user, beginning);
  });
}

void SearchLog::remember_empty(const std::string& query) {
  translated([&] {
    soci::session& sql = session_.sql();
    const std::int64_t now = to_millis(session_.now());
    sql << "insert into empty_search (query, times, last_at) values (:query, 1, :now) on conflict (query) do update "
           "set "
           "times = empty_search.times + 1, last_at = excluded.last_at",
        use(query), use(now);
    sql << fmt::format(
        "delete from empty_search where last_at < (select min(last_at) from (select last_at from "
        "empty_search order by last_at desc limit {}) latest)",
        kMaxEmpty);
  });
}

std::vector<SearchedFor> SearchLog::empty(int limit) const {
  return translated([&] {
    const std::string nothing;
    return searched_where(session_.sql(),
                          fmt::format("select query, times, last_at from empty_search where :one = :two order by times "
                                      "desc, last_at desc limit {}",
                                      limit),
                          nothing, nothing);
  });
}

}  // namespace tidings
