// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/ledger/people.h"

#include <fmt/format.h>

#include "indexer/base/secrets.h"
#include "indexer/base/text.h"
#include "indexer/ledger/feed.h"
#include "indexer/ledger/reach.h"
#include "indexer/ledger/sign_ins.h"
#include "indexer/ledger/sql.h"

namespace tidings {
namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr const char* kUserColumns =
    "name, version, role, full_name, active, created_at, skills, open_limit, away_until, email, language, working, "
    "mails, "
    "digest, teams, sees_contacts";

// What of a user can change, as the table holds it.
struct UserColumns {
  explicit UserColumns(const User& user)
      : role(to_string(user.role)),
        skills(dump(user.skills)),
        working(dump(user.working)),
        mails(dump(user.mails)),
        teams(dump(user.teams)),
        active(user.active),
        digest(user.digest),
        sees_contacts(user.sees_contacts),
        open_limit(user.open_limit),
        away_until(user.away_until ? std::optional(to_string_day(*user.away_until)) : std::nullopt) {}
  std::string role, skills, working, mails, teams;
  int active, digest, sees_contacts;
  Nullable<int> open_limit;
  Nullable<std::string> away_until;
};

// Users for which `condition` holds; `uses` are its values in order.
template <class... Uses>
std::vector<User> users_where(soci::session& sql, const std::string& condition, const Uses&... uses) {
  std::vector<User> users;
  User user;
  std::string role, skills, working, mails, teams;
  int active = 0, digest = 0, sees_contacts = 0;
  std::int64_t created_at = 0;
  Nullable<int> open_limit;
  Nullable<std::string> away_until;
  for_each_row(sql, fmt::format("select {} from users where {}", kUserColumns, condition),
               std::tie(user.name, user.version, role, user.full_name, active, created_at, skills, open_limit,
                        away_until, user.email, user.language, working, mails, digest, teams, sees_contacts),
               std::tie(uses...), [&] {
                 user.role = parse_name<Role>(role).value_or(Role::rep);
                 user.active = active != 0;
                 user.created_at = from_millis(created_at);
                 user.skills = json::parse(skills).get<std::vector<std::string>>();
                 user.open_limit = open_limit.get();
                 user.away_until = away_until.get() ? parse_day(away_until.value) : std::nullopt;
                 user.working = WorkingHours();
                 update(user.working, json::parse(working), "/working");
                 user.mails = json::parse(mails).get<std::vector<std::string>>();
                 user.digest = digest != 0;
                 user.teams = json::parse(teams).get<std::vector<std::string>>();
                 user.sees_contacts = sees_contacts != 0;
                 users.push_back(user);
               });
  return users;
}

}  // namespace

void require_identity(const std::string& name, std::string_view marks) {
  bool good = !name.empty() && name.size() <= 64;
  for (std::size_t i = 0; i < name.size() && good; ++i) {
    const char c = name[i];
    const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    good = letter || (i > 0 && marks.find(c) != std::string_view::npos);
  }
  if (!good)
    throw invalid(
        "/name",
        fmt::format(
            "must be 1 to 64 lower-case letters (a-z), digits or any of \"{}\", beginning with a letter or digit",
            marks));
}

void to_json(json& out, const TokenInfo& token) {
  out = {{"id", token.id},       {"name", token.name},
         {"user", token.user},   {"created_at", to_string(token.created_at)},
         {"scope", token.scope}, {"expires_at", token.expires_at ? json(to_string(*token.expires_at)) : json()}};
}

User People::create(User user, const std::string& password_hash, const Actor& by) {
  return translated([&] {
    require_identity(user.name, ".-_");
    int taken = 0;
    session_.sql() << "select count(*) from users where name = :name", use(user.name), into(taken);
    if (taken) throw Refusal(Code::conflict, "there is a user of that name already", {{"/name", "is taken"}});
    user.version = 1;
    user.created_at = session_.now();
    const UserColumns columns(user);
    const std::int64_t at = to_millis(user.created_at);
    session_.sql() << "insert into users (name, version, role, full_name, active, password, created_at, skills, "
                      "open_limit, away_until, email, language, working, mails, digest, teams, sees_contacts) values "
                      "(:name, 1, :role, :full_name, :active, :password, :at, :skills, :open_limit, :away_until, "
                      ":email, :language, :working, :mails, :digest, :teams, :sees_contacts)",
        use(user.name), use(columns.role), use(user.full_name), use(columns.active), use(password_hash), use(at),
        use(columns.skills), use(columns.open_limit), use(columns.away_until), use(user.email), use(user.language),
        use(columns.working), use(columns.mails), use(columns.digest), use(columns.teams), use(columns.sees_contacts);
    reach_changed(session_);
    Feed(session_).append(by, "user.created", "user:" + user.name, user);
    return user;
  });
}

User People::change(User user, const Actor& by) {
  return translated([&] {
    const UserColumns columns(user);
    soci::statement update =
        (session_.sql().prepare
             << "update users set version = version + 1, role = :role, full_name = :full_name, active = :active, "
                "skills "
                "= :skills, open_limit = :open_limit, away_until = :away_until, email = :email, language = :language, "
                "working = :working, mails = :mails, digest = :digest, teams = :teams, sees_contacts = "
                ":sees_contacts where name = :name and version = :version",
         use(columns.role), use(user.full_name), use(columns.active), use(columns.skills), use(columns.open_limit),
         use(columns.away_until), use(user.email), use(user.language), use(columns.working), use(columns.mails),
         use(columns.digest), use(columns.teams), use(columns.sees_contacts), use(user.name), use(user.version));
    update.execute(true);
    if (update.get_affected_rows() != 1)
      throw Refusal(Code::stale, "the user was changed since it was read; read it again");
    ++user.version;
    reach_changed(session_);
    Feed(session_).append(by, "user.changed", "user:" + user.name, user);
    return user;
  });
}

void People::set_password(const std::string& name, const std::string& password_hash, const Actor& by) {
  translated([&] {
    find(name);
    session_.sql() << "update users set password = :password where name = :name", use(password_hash), use(name);
    SignIns(session_).close_all(name);
    Feed(session_).append(by, "user.password_set", "user:" + name, json::object());
  });
}

User People::find(const std::string& name) const {
  return translated([&] {
    const auto users = users_where(session_.sql(), "name = :name", name);
    if (users.empty()) throw Refusal(Code::not_found, fmt::format("there is no user \"{}\"", cut(name, 64)));
    return users.front();
  });
}

std::string People::password_hash(const std::string& name) const {
  return translated([&] {
    std::string hash;
    session_.sql() << "select password from users where name = :name and active = 1", use(name), into(hash);
    return hash;
  });
}

std::vector<User> People::list() const {
  return translated([&] { return users_where(session_.sql(), "1 = 1 order by name"); });
}

std::optional<int> People::open_limit(const std::string& name) const {
  return translated([&] {
    Nullable<int> limit;
    session_.sql() << "select open_limit from users where name = :name", use(name), into(limit);
    return session_.sql().got_data() ? limit.get() : std::nullopt;
  });
}

bool People::any_skills() const {
  return translated([&] {
    int count = 0;
    session_.sql() << "select count(*) from users where skills <> '[]'", into(count);
    return count > 0;
  });
}

std::map<std::string, Time> People::given() const {
  return translated([&] {
    std::map<std::string, Time> given;
    std::string name;
    std::int64_t at = 0;
    for_each_row(session_.sql(), "select name, given_at from users where given_at > 0", std::tie(name, at),
                 std::tuple<>(), [&] { given[name] = from_millis(at); });
    return given;
  });
}

void People::note_given(const std::string& name) {
  translated([&] {
    const std::int64_t now = to_millis(session_.now());
    session_.sql() << "update users set given_at = :now where name = :name", use(now), use(name);
  });
}

std::pair<TokenInfo, std::string> People::create_token(TokenInfo info, const Actor& by) {
  return translated([&] {
    find(info.user);
    const std::string token = "tdg_" + random_hex(kTokenBytes), digest = sha256(token), scope(to_string(info.scope));
    info.created_at = session_.now();
    const std::int64_t at = to_millis(info.created_at);
    const Nullable<std::int64_t> expires_at(info.expires_at ? std::optional(to_millis(*info.expires_at))
                                                            : std::nullopt);
    session_.sql()
        << "insert into token (name, user_name, digest, created_at, scope, expires_at) values (:name, :user, "
           ":digest, :at, :scope, :expires) returning id",
        use(info.name), use(info.user), use(digest), use(at), use(scope), use(expires_at), into(info.id);
    Feed(session_).append(by, "token.created", subject("token", info.id), info);
    return std::pair(info, token);
  });
}

void People::remove_token(std::int64_t id, const Actor& by) {
  translated([&] {
    soci::statement statement = (session_.sql().prepare << "delete from token where id = :id", use(id));
    statement.execute(true);
    if (statement.get_affected_rows() != 1) throw Refusal(Code::not_found, fmt::format("there is no token {}", id));
    Feed(session_).append(by, "token.removed", subject("token", id), json::object());
  });
}

std::vector<TokenInfo> People::tokens(const std::string& user) const {
  return translated([&] {
    std::vector<TokenInfo> tokens;
    TokenInfo token;
    std::int64_t at = 0;
    std::string scope;
    Nullable<std::int64_t> expires_at;
    soci::statement statement =
        (session_.sql().prepare
             << "select id, name, user_name, created_at, scope, expires_at from token where :user in "
                "('', user_name) order by id",
         use(user), into(token.id), into(token.name), into(token.user), into(at), into(scope), into(expires_at));
    for (statement.execute(); statement.fetch();) {
      token.created_at = from_millis(at);
      token.scope = parse_name<TokenScope>(scope).value_or(TokenScope::read);
      token.expires_at = expires_at.get() ? std::optional(from_millis(expires_at.value)) : std::nullopt;
      tokens.push_back(token);
    }
    return tokens;
  });
}

std::optional<User> People::active(const std::string& name) const {
  return translated([&]() -> std::optional<User> {
    const auto users = users_where(session_.sql(), "active = 1 and name = :name", name);
    return users.empty() ? std::nullopt : std::optional(users.front());
  });
}

std::optional<std::pair<User, TokenScope>> People::by_token(const std::string& token) const {
  return translated([&]() -> std::optional<std::pair<User, TokenScope>> {
    const std::string digest = sha256(token);
    std::string name, scope;
    Nullable<std::int64_t> expires_at;
    session_.sql() << "select user_name, scope, expires_at from token where digest = :digest", use(digest), into(name),
        into(scope), into(expires_at);
    if (!session_.sql().got_data() || expires_at.get().value_or(INT64_MAX) <= to_millis(session_.now()))
      return std::nullopt;
    const auto user = active(name);
    if (!user) return std::nullopt;
    return std::pair(*user, parse_name<TokenScope>(scope).value_or(TokenScope::read));
  });
}

std::optional<KeptReply> Replies::find(const std::string& actor, const std::string& key,
                                       const std::string& request) const {
  return translated([&]() -> std::optional<KeptReply> {
    KeptReply reply;
    std::string kept_for;
    session_.sql() << "select request, status, body from idempotency where actor = :actor and key = :key", use(actor),
        use(key), into(kept_for), into(reply.status), into(reply.body);
    if (!session_.sql().got_data()) return std::nullopt;
    if (kept_for != request) throw Refusal(Code::conflict, "this Idempotency-Key was used for another request");
    return reply;
  });
}

void Replies::keep(const std::string& actor, const std::string& key, const std::string& request,
                   const KeptReply& reply) {
  translated([&] {
    const std::int64_t at = to_millis(session_.now());
    session_.sql() << "insert into idempotency (actor, key, request, status, body, at) values (:actor, :key, :request, "
                      ":status, :body, :at)",
        use(actor), use(key), use(request), use(reply.status), use(reply.body), use(at);
  });
}

void Replies::forget(Time time) {
  translated([&] {
    const std::int64_t at = to_millis(time);
    session_.sql() << "delete from idempotency where at < :at", use(at);
  });
}

}  // namespace tidings
