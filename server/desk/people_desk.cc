// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/desk/people_desk.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "indexer/base/secrets.h"
#include "indexer/ledger/feed.h"
#include "indexer/ledger/people.h"
#include "server/desk/patch.h"
#include "server/desk/rights.h"

namespace tidings {
std::optional<std::string> make_first_admin(Ledger& ledger) {
  const auto has_admin = [](Session& session) {
    const auto users = People(session).list();
    return std::any_of(users.begin(), users.end(), [](const User& user) { return user.role == Role::admin; });
  };
  if (ledger.read(has_admin)) return std::nullopt;
  constexpr std::size_t kLength = 16;
  const std::string password = random_word(kLength), hash = hash_password(password);
  return ledger.write([&](Session& session) -> std::optional<std::string> {
    if (has_admin(session)) return std::nullopt;  // another server was first
    User admin;
    admin.name = "admin";
    admin.role = Role::admin;
    People(session).create(admin, hash, {"system:first_start", Role::admin});
    return password;
  });
}

json PeopleDesk::users() const {
  require(actor_, Right::lead);
  return {{"items", People(session_).list()}};
}

json PeopleDesk::user(const std::string& name) const {
  if (name != actor_.name) require(actor_, Right::lead);
  return People(session_).find(name);
}

json PeopleDesk::create_user(const json& body, const std::string& password_hash) {
  require(actor_, Right::manage_people);
  record_schema("user").require(body);
  User user;
  update(user, body);
  return People(session_).create(user, password_hash, actor_);
}

json PeopleDesk::change_user(const std::string& name, const json& patch, std::optional<std::int64_t> version) {
  if (!may(actor_.role, Right::manage_people)) {
    // What concerns oneself, and what a lead has to know to share work out.
    const std::set<std::string> own = {"full_name", "away_until", "email", "language", "working", "mails", "digest"};
    const std::set<std::string> leads = {"skills", "open_limit", "away_until"};
    if (!patch.is_object()) throw invalid("", "is not a JSON object");
    for (const auto& [member, value] : patch.items())
      if (!(name == actor_.name && own.contains(member)) && !(may(actor_.role, Right::lead) && leads.contains(member)))
        throw Refusal(Code::forbidden, fmt::format("a {} may not change this", to_string(actor_.role)),
                      {{"/" + member, "is not yours to change"}});
  }
  People people(session_);
  const User now = people.find(name);
  require_version(now.version, version);
  for (const char* member : {"name", "password"})
    if (patch.is_object() && patch.contains(member)) throw invalid(std::string("/") + member, "cannot be changed here");
  const User changed = patched(now, patch, "user", {"version", "created_at"});
  if (now.name == actor_.name && (changed.role != now.role || !changed.active))
    throw Refusal(Code::conflict, "you cannot take your own rights away; let another admin do it");
  return people.change(changed, actor_);
}

void PeopleDesk::set_password(const std::string& name, const std::string& password_hash) {
  if (name != actor_.name) require(actor_, Right::manage_people);
  People(session_).set_password(name, password_hash, actor_);
}

json PeopleDesk::tokens() const {
  return {{"items", People(session_).tokens(may(actor_.role, Right::manage_people) ? "" : actor_.name)}};
}

json PeopleDesk::create_token(const json& body) {
  record_schema("token").require(body);
  const std::string user = body.value("user", actor_.name);
  if (user != actor_.name) require(actor_, Right::manage_people);
  TokenInfo wanted{.name = body["name"].get<std::string>(), .user = user};
  wanted.scope = parse_name<TokenScope>(body.value("scope", "all")).value_or(TokenScope::read);
  if (body.contains("expires_on"))
    wanted.expires_at = Time(*parse_day(body["expires_on"].get<std::string>()) + std::chrono::days(1));
  const auto [info, token] = People(session_).create_token(wanted, actor_);
  json view = info;
  view["token"] = token;
  return view;
}

void PeopleDesk::remove_token(std::int64_t id) {
  People people(session_);
  bool own = false;
  for (const TokenInfo& token : people.tokens(actor_.name)) own |= token.id == id;
  // Another's token is not there for those who may not see it.
  if (!own && !may(actor_.role, Right::manage_people)) throw Refusal(Code::not_found, "there is no such token");
  people.remove_token(id, actor_);
}

json PeopleDesk::events(std::int64_t after, int limit) const {
  require(actor_, Right::lead);
  const auto events = Feed(session_).after(after, limit, true);
  return {{"items", events}, {"cursor", std::to_string(events.empty() ? after : events.back().seq)}};
}

}  // namespace tidings
