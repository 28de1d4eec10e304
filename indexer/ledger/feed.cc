// SPDX-License-Identifier: GPL-3.0-or-later
// body_hash = SHA-256(salt, line feed, body); hash = SHA-256(hash before, line feed, the row's other columns as one
// JSON array). JSON keeps the columns apart without ambiguity.
#include "indexer/ledger/feed.h"

#include <fmt/format.h>

#include <charconv>

#include "indexer/base/secrets.h"
#include "indexer/ledger/sql.h"

namespace tidings {
namespace {

constexpr std::size_t kSaltBytes = 16;

std::string hash_body(const std::string& salt, const std::string& body) { return sha256(salt + "\n" + body); }

std::string hash_row(const std::string& before, std::int64_t seq, std::int64_t at, std::string_view actor,
                     std::string_view kind, std::string_view subject, const std::string& body_hash) {
  return sha256(before + "\n" + dump(json::array({seq, at, actor, kind, subject, body_hash})));
}

}  // namespace

std::string subject(std::string_view of, std::int64_t id) { return fmt::format("{}:{}", of, id); }

std::optional<std::int64_t> subject_id(std::string_view subject, std::string_view of) {
  if (!subject.starts_with(of) || subject.size() <= of.size() || subject[of.size()] != ':') return std::nullopt;
  std::int64_t id = 0;
  const char* end = subject.data() + subject.size();
  const auto [at, error] = std::from_chars(subject.data() + of.size() + 1, end, id);
  if (error != std::errc() || at != end) return std::nullopt;
  return id;
}

void Feed::append(const Actor& by, std::string_view kind, const std::string& subject, const json& body) {
  translated([&] {
    soci::session& sql = session_.sql();
    // The update comes first: on a database with row locks it is what makes feed order commit order.
    sql << "update feed_head set seq = seq + 1 where id = 1";
    std::int64_t seq = 0;
    std::string before;
    sql << "select seq, hash from feed_head where id = 1", into(seq), into(before);
    const std::int64_t at = to_millis(session_.now());
    const std::string name(kind), text = dump(body), salt = random_hex(kSaltBytes), body_hash = hash_body(salt, text);
    const std::string hash = hash_row(before, seq, at, by.name, name, subject, body_hash);
    sql << "insert into event (seq, at, actor, kind, subject, body, salt, body_hash, hash) "
           "values (:seq, :at, :actor, :kind, :subject, :body, :salt, :body_hash, :hash)",
        use(seq), use(at), use(by.name), use(name), use(subject), use(text), use(salt), use(body_hash), use(hash);
    sql << "update feed_head set hash = :hash where id = 1", use(hash);
    // The outbox (see outbox.h).
    const std::string group = name.substr(0, name.find('.')) + ".*";
    sql << "insert into delivery (webhook, event, state, attempts, next_at, error, created_at) select id, :seq, "
           "'pending', 0, :next, '', :at from webhook where enabled = 1 and exists (select 1 from webhook_kind where "
           "webhook = webhook.id and kind in ('*', :group, :kind))",
        use(seq), use(at), use(at), use(group), use(name);
  });
}

std::int64_t Feed::head() const {
  return translated([&] {
    std::int64_t seq = 0;
    session_.sql() << "select seq from feed_head where id = 1", into(seq);
    return seq;
  });
}

std::string Feed::head_hash() const {
  return translated([&] {
    std::string hash;
    session_.sql() << "select hash from feed_head where id = 1", into(hash);
    return hash;
  });
}

namespace {

std::vector<Event> read_events(soci::session& sql, const std::string& columns, const std::string& condition,
                               std::int64_t number, const std::string& text) {
  std::vector<Event> events;
  Event event;
  std::int64_t at = 0;
  Nullable<std::string> body;
  soci::statement statement =
      (sql.prepare << "select seq, at, actor, kind, subject, " << columns << " from event where " << condition,
       into(event.seq), into(at), into(event.actor), into(event.kind), into(event.subject), into(body),
       use(number, "number"), use(text, "text"));
  statement.execute();
  while (statement.fetch()) {
    event.at = from_millis(at);
    const auto held = body.get();
    event.body = held ? json::parse(*held) : json();
    events.push_back(event);
  }
  return events;
}

}  // namespace

std::vector<Event> Feed::after(std::int64_t seq, int limit, bool with_bodies) const {
  return translated([&] {
    return read_events(session_.sql(), with_bodies ? "body" : "null",
                       fmt::format("seq > :number and :text = '' order by seq limit {}", limit), seq, "");
  });
}

std::vector<Event> Feed::of(const std::string& subject) const {
  return translated([&] {
    return read_events(session_.sql(), "body", "subject = :text and seq > :number order by seq", 0, subject);
  });
}

std::int64_t Feed::place(const std::string& follower) const {
  return translated([&] {
    std::int64_t seq = 0;
    session_.sql() << "select seq from follower where name = :name", into(seq), use(follower);
    return seq;
  });
}

void Feed::set_place(const std::string& follower, std::int64_t seq) {
  translated([&] {
    session_.sql() << "delete from follower where name = :name", use(follower);
    session_.sql() << "insert into follower (name, seq) values (:name, :seq)", use(follower), use(seq);
  });
}

std::optional<std::string> Feed::fault() const {
  return translated([&]() -> std::optional<std::string> {
    soci::session& sql = session_.sql();
    std::int64_t seq = 0, at = 0, expected = 1;
    std::string actor, kind, subject, body_hash, hash, before;
    Nullable<std::string> body, salt;
    soci::statement statement =
        (sql.prepare << "select seq, at, actor, kind, subject, body, salt, body_hash, hash from event order by seq",
         into(seq), into(at), into(actor), into(kind), into(subject), into(body), into(salt), into(body_hash),
         into(hash));
    statement.execute();
    for (; statement.fetch(); ++expected) {
      if (seq != expected) return fmt::format("event {} is missing from the feed", expected);
      const auto text = body.get();
      if (text && hash_body(salt.get().value_or(""), *text) != body_hash)
        return fmt::format("the body of event {} ({}) was changed", seq, kind);
      if (hash_row(before, seq, at, actor, kind, subject, body_hash) != hash)
        return fmt::format("event {} ({}) does not follow from the one before", seq, kind);
      before = hash;
    }
    std::int64_t head = 0;
    std::string head_hash;
    sql << "select seq, hash from feed_head where id = 1", into(head), into(head_hash);
    if (head != expected - 1 || head_hash != before)
      return fmt::format("the feed's head says {} events, there are {}", head, expected - 1);
    return std::nullopt;
  });
}

}  // namespace tidings
