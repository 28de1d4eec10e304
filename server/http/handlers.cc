// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/handlers.h"

#include <fmt/format.h>

#include <limits>

#include "indexer/base/resource.h"
#include "indexer/base/text.h"
#include "indexer/ledger/feed.h"
#include "indexer/ledger/people.h"
#include "indexer/ledger/sign_ins.h"
#include "indexer/ledger/works.h"
#include "indexer/model/schema.h"
#include "server/desk/accounts_desk.h"
#include "server/desk/capture.h"
#include "server/desk/people_desk.h"
#include "server/desk/rights.h"
#include "server/http/limits.h"

namespace tidings {

// Made by tidings_embed: the files of server/web.
const std::vector<Resource>& page_resources();

Reply thing(json body, int status) {
  Reply reply;
  reply.status = status;
  if (body.contains("version")) reply.headers["ETag"] = fmt::format("\"v{}\"", body["version"].get<std::int64_t>());
  reply.body = std::move(body);
  return reply;
}

Reply created(json body) { return thing(std::move(body), 201); }

Reply nothing() {
  Reply reply;
  reply.status = 204;
  return reply;
}

namespace {

Reply text(std::string_view content, const std::string& type) {
  Reply reply;
  reply.text = content;
  reply.type = type;
  return reply;
}

constexpr const char* kCookie = "tidings={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}";

// The pages run their own script and style and nothing else.
constexpr const char* kContentPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'";

}  // namespace

Reply get_health(Context&) { return text("alive\n", "text/plain"); }

Reply get_readiness(Context& context) {
  const auto place = context.parts.searcher.place();
  const auto [head, unrouted] =
      context.read([](Session& session) { return std::pair(Feed(session).head(), Works(session).unrouted()); });
  Reply reply;
  reply.status = place.complete ? 200 : 503;
  reply.body = {{"ready", place.complete},
                {"feed", head},
                {"indexed", place.place},
                {"insights", place.count},
                {"unrouted", unrouted}};
  return reply;
}

Reply get_metrics(Context& context) {
  const std::int64_t head = context.read([](Session& session) { return Feed(session).head(); });
  context.parts.metrics.set_feed(head, context.parts.searcher.place().place);
  return text(context.parts.metrics.text(), "text/plain; version=0.0.4; charset=utf-8");
}

Reply get_openapi(Context&) {
  return text(find_resource(schema_resources(), "openapi.yaml")->bytes, "application/yaml; charset=utf-8");
}

Reply get_record_schema(Context& context) {
  const Resource* resource = find_resource(schema_resources(), "records/" + context.words[0]);
  if (!resource) throw Refusal(Code::not_found, "there is no such schema");
  return text(resource->bytes, "application/schema+json");
}

Reply get_page(Context& context) {
  const std::string name = context.words.empty() ? "index.html" : context.words[0];
  const Resource* resource = find_resource(page_resources(), name);
  if (!resource) throw Refusal(Code::not_found, "there is nothing at this path");
  constexpr std::pair<std::string_view, const char*> kTypes[] = {{".html", "text/html; charset=utf-8"},
                                                                 {".js", "text/javascript; charset=utf-8"},
                                                                 {".mjs", "text/javascript; charset=utf-8"},
                                                                 {".css", "text/css; charset=utf-8"},
                                                                 {".svg", "image/svg+xml"}};
  std::string type = "application/octet-stream";
  for (const auto& [ending, each] : kTypes)
    if (name.ends_with(ending)) type = each;
  Reply reply = text(resource->bytes, type);
  reply.headers = {
      {"Content-Security-Policy", kContentPolicy}, {"Referrer-Policy", "no-referrer"}, {"Cache-Control", "no-cache"}};
  return reply;
}

namespace {

Reply let_in(Context& context, const std::string& name, const std::string& cookie) {
  Reply reply = thing(context.read([&](Session& session) { return json(People(session).find(name)); }));
  reply.headers["Set-Cookie"] = fmt::format(kCookie, cookie, std::chrono::seconds(kSignInLasts).count());
  return reply;
}

}  // namespace

Reply sign_in(Context& context) {
  const json body = context.read_body();
  const std::string cookie = context.parts.door.sign_in(body, context.caller(), context.parts.clock.now());
  return let_in(context, body["name"].get<std::string>(), cookie);
}

Reply accept_invitation(Context& context) {
  const auto [name, cookie] =
      context.parts.door.accept(context.read_body(), context.caller(), context.parts.clock.now());
  return let_in(context, name, cookie);
}

Reply list_sign_ins(Context& context) {
  return thing(context.read([&](Session& session) { return SignInDesk(session, context.actor).sign_ins(); }));
}

Reply end_sign_in(Context& context) {
  return context.write([&](Session& session) {
    SignInDesk(session, context.actor).end(context.id());
    return nothing();
  });
}

// The next three not through Context::write: a secret must not be kept in clear for an Idempotency-Key.
Reply invite_user(Context& context) {
  return created(context.parts.ledger.write(
      [&](Session& session) { return SignInDesk(session, context.actor).invite(context.words[0]); }));
}

Reply begin_second_factor(Context& context) {
  return created(context.parts.ledger.write(
      [&](Session& session) { return SignInDesk(session, context.actor).begin_second_factor(); }));
}

Reply confirm_second_factor(Context& context) {
  const json body = context.read_body();
  return thing(context.parts.ledger.write(
      [&](Session& session) { return SignInDesk(session, context.actor).confirm_second_factor(body); }));
}

Reply remove_second_factor(Context& context) {
  return context.write([&](Session& session) {
    SignInDesk(session, context.actor).remove_second_factor(context.words[0]);
    return nothing();
  });
}

Reply get_session(Context& context) {
  return thing(context.read([&](Session& session) { return json(People(session).find(context.actor.name)); }));
}

Reply sign_out(Context& context) {
  if (!context.cookie.empty())
    context.parts.ledger.write([&](Session& session) { SignIns(session).close(context.cookie, context.actor); });
  Reply reply = nothing();
  reply.headers["Set-Cookie"] = fmt::format(kCookie, "", 0);
  return reply;
}

Reply keep_insight(Context& context) {
  const json draft = context.read_body();
  Reply reply = context.write([&](Session& session) { return created(Capture(session, context.actor).keep(draft)); });
  context.parts.metrics.count_kept(1);
  return reply;
}

Reply preview_insight(Context& context) {
  const json draft = context.read_body();
  return thing(context.read([&](Session& session) {
    return Capture(session, context.actor).preview(draft, context.parts.router, context.parts.searcher);
  }));
}

Reply get_insight(Context& context) {
  return thing(context.read([&](Session& session) { return Capture(session, context.actor).show(context.id()); }));
}

Reply change_insight(Context& context) {
  const json patch = context.read_body();
  return context.write([&](Session& session) {
    return thing(Capture(session, context.actor).change(context.id(), patch, context.if_match()));
  });
}

Reply get_history(Context& context) {
  return thing(context.read([&](Session& session) { return Capture(session, context.actor).history(context.id()); }));
}

Reply list_users(Context& context) {
  return thing(context.read([&](Session& session) { return PeopleDesk(session, context.actor).users(); }));
}

Reply create_user(Context& context) {
  const json body = context.read_body();
  require(context.actor, Right::manage_people);
  record_schema("user").require(body);
  const std::string hash = body.contains("password") ? hash_bounded(body["password"].get<std::string>()) : "";
  return context.write(
      [&](Session& session) { return created(PeopleDesk(session, context.actor).create_user(body, hash)); });
}

Reply get_user(Context& context) {
  return thing(
      context.read([&](Session& session) { return PeopleDesk(session, context.actor).user(context.words[0]); }));
}

Reply change_user(Context& context) {
  const json patch = context.read_body();
  return context.write([&](Session& session) {
    return thing(PeopleDesk(session, context.actor).change_user(context.words[0], patch, context.if_match()));
  });
}

Reply set_password(Context& context) {
  const json body = context.read_body();
  if (context.words[0] != context.actor.name) require(context.actor, Right::manage_people);
  record_schema("password").require(body);
  const std::string hash = hash_bounded(body["password"].get<std::string>());
  return context.write([&](Session& session) {
    PeopleDesk(session, context.actor).set_password(context.words[0], hash);
    return nothing();
  });
}

Reply list_tokens(Context& context) {
  return thing(context.read([&](Session& session) { return PeopleDesk(session, context.actor).tokens(); }));
}

Reply create_token(Context& context) {
  // Not through Context::write: a token must not be kept in clear for an Idempotency-Key.
  const json body = context.read_body();
  return created(context.parts.ledger.write(
      [&](Session& session) { return PeopleDesk(session, context.actor).create_token(body); }));
}

Reply remove_token(Context& context) {
  return context.write([&](Session& session) {
    PeopleDesk(session, context.actor).remove_token(context.id());
    return nothing();
  });
}

Reply list_events(Context& context) {
  Parameters parameters = context.parameters();
  const std::int64_t after = parameters.number("after", 0, 0, std::numeric_limits<std::int64_t>::max());
  const int limit = static_cast<int>(parameters.number("limit", 100, 1, 1000));
  parameters.finish();
  return thing(context.read([&](Session& session) { return PeopleDesk(session, context.actor).events(after, limit); }));
}

}  // namespace tidings
