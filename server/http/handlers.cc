// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/handlers.h"

#include <fmt/format.h>

#include <limits>

#include "indexer/base/log.h"
#include "indexer/base/resource.h"
#include "indexer/base/secrets.h"
#include "indexer/base/text.h"
#include "indexer/ledger/feed.h"
#include "indexer/ledger/insights.h"
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

std::string cookie(const Context& context, const std::string& value, std::chrono::seconds lasts) {
  return fmt::format("tidings={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}{}", value, lasts.count(),
                     context.parts.over_tls ? "; Secure" : "");
}

// Which sign-in through the provider this browser began. Lax: it comes back from the provider's page.
std::string open_id_cookie(const Context& context, const std::string& state, std::chrono::seconds lasts) {
  return fmt::format("tidings-open-id={}; Path={}; HttpOnly; SameSite=Lax; Max-Age={}{}", state, OpenIdProvider::kBack,
                     lasts.count(), context.parts.over_tls ? "; Secure" : "");
}

Reply go_to(const std::string& where) {
  Reply reply;
  reply.status = 302;
  reply.headers["Location"] = where;
  return reply;
}

// The pages run their own script, style and worker and nothing else.
constexpr const char* kContentPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

std::map<std::string, std::string> page_headers(const char* caching) {
  return {{"Content-Security-Policy", kContentPolicy}, {"Referrer-Policy", "no-referrer"}, {"Cache-Control", caching}};
}

// Whether the browser has just this already; then the reply says so.
bool is_known(const Context& context, Reply& reply, std::string_view bytes) {
  const std::string tag = '"' + sha256(bytes).substr(0, 16) + '"';
  reply.headers["ETag"] = tag;
  if (context.request.get_header_value("If-None-Match") != tag) return false;
  reply.status = 304;
  return true;
}

json session_of(const Context& context) {
  return context.read([&](Session& session) { return json(People(session).find(context.actor.name)); });
}

}  // namespace

Reply get_health(Context&) { return text("alive\n", "text/plain"); }

Reply get_readiness(Context& context) {
  const auto place = context.parts.searcher.place();
  Reply reply;
  reply.status = place.complete ? 200 : 503;
  context.read([&](Session& session) {
    reply.body = {{"ready", place.complete},
                  {"feed", Feed(session).head()},
                  {"indexed", place.place},
                  {"insights", Insights(session).count()},
                  {"unrouted", Works(session).unrouted()},
                  {"writable", context.parts.ledger.is_writable()}};
  });
  return reply;
}

Reply await_changes(Context& context) {
  auto parameters = context.parameters();
  const std::int64_t after = parameters.number("after", -1, 0, std::numeric_limits<std::int64_t>::max());
  parameters.finish();
  const std::uint64_t seen = context.parts.ledger.commits();
  const auto [head, unrouted] =
      context.read([](Session& session) { return std::pair(Feed(session).head(), Works(session).unrouted()); });
  const std::int64_t at = head + context.parts.searcher.place().place + unrouted;
  if (at == after) Connection::current()->hold(seen);
  Reply reply;
  reply.body = {{"at", at}};
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

Reply get_first_page(Context& context) {
  const Resource* resource = find_resource(page_resources(), "index.html");
  std::string html(resource->bytes);
  const std::string who = dump(context.actor.name.empty() ? json() : session_of(context));
  std::string element = "<script id=\"session\" type=\"application/json\">";
  for (char c : who) c == '<' ? element += "\\u003c" : element += c;  // nothing in it ends the element
  html.insert(html.find("</head>"), element + "</script>\n");
  Reply reply;
  reply.headers = page_headers("private, no-cache");
  reply.headers["Vary"] = "Cookie";
  if (is_known(context, reply, html)) return reply;
  reply.text = std::move(html);
  reply.type = "text/html; charset=utf-8";
  return reply;
}

Reply get_page(Context& context) {
  const std::string& file = context.words[0];
  const bool hashed = context.request.path.starts_with("/assets/");
  const std::string name = (hashed ? "assets/" : "") + file;
  const Resource* resource = find_resource(page_resources(), name);
  if (!resource || name.ends_with(".br") || name.ends_with(".gz"))
    throw Refusal(Code::not_found, "there is nothing at this path");
  constexpr std::pair<std::string_view, const char*> kTypes[] = {{".html", "text/html; charset=utf-8"},
                                                                 {".js", "text/javascript; charset=utf-8"},
                                                                 {".css", "text/css; charset=utf-8"},
                                                                 {".svg", "image/svg+xml"},
                                                                 {".png", "image/png"},
                                                                 {".webmanifest", "application/manifest+json"}};
  std::string type = "application/octet-stream";
  for (const auto& [ending, each] : kTypes)
    if (name.ends_with(ending)) type = each;
  Reply reply;
  reply.headers = page_headers(hashed ? "public, max-age=31536000, immutable" : "no-cache");
  reply.headers["Vary"] = "Accept-Encoding";
  if (!hashed && is_known(context, reply, resource->bytes)) return reply;
  for (const auto& [coding, ending] : {std::pair("br", ".br"), std::pair("gzip", ".gz")})
    if (const Resource* packed = find_resource(page_resources(), name + ending);
        packed && accepts(context.request, coding)) {
      resource = packed;
      reply.headers["Content-Encoding"] = coding;
      break;
    }
  reply.text = resource->bytes;
  reply.type = type;
  return reply;
}

namespace {

Reply let_in(Context& context, const std::string& name, const std::string& value) {
  Reply reply = thing(context.read([&](Session& session) { return json(People(session).find(name)); }));
  reply.headers["Set-Cookie"] = cookie(context, value, kSignInLasts);
  return reply;
}

}  // namespace

Reply sign_in(Context& context) {
  const json body = context.read_body();
  const std::string value = context.parts.door.sign_in(body, context.caller(), context.parts.clock.now());
  return let_in(context, body["name"].get<std::string>(), value);
}

Reply accept_invitation(Context& context) {
  const auto [name, value] =
      context.parts.door.accept(context.read_body(), context.caller(), context.parts.clock.now());
  return let_in(context, name, value);
}

Reply list_ways_in(Context& context) {
  return thing({{"password", true}, {"open_id", context.parts.open_id != nullptr}});
}

Reply begin_open_id(Context& context) {
  if (!context.parts.open_id) throw Refusal(Code::not_found, "no provider is set up to sign in through");
  const auto begun = context.parts.open_id->begin(context.parts.clock.now());
  Reply reply = go_to(begun.url);
  reply.headers["Set-Cookie"] = open_id_cookie(context, begun.state, OpenIdProvider::kPatience);
  return reply;
}

// A browser is at the other end, so that what is refused is told by the page.
Reply end_open_id(Context& context) {
  if (!context.parts.open_id) throw Refusal(Code::not_found, "no provider is set up to sign in through");
  const auto given = [&](const char* name) { return context.request.get_param_value(name); };
  const Time now = context.parts.clock.now();
  try {
    const std::string name =
        context.parts.open_id->finish(given("code"), given("state"), context.cookie_called("tidings-open-id"), now);
    Reply reply = go_to("/");
    reply.headers["Set-Cookie"] = cookie(context, context.parts.door.admit(name, context.caller(), now), kSignInLasts);
    return reply;
  } catch (const Refusal& refusal) {
    spdlog::warn("open_id event=refused error={} reason={}", log_value(cut(given("error"), 100)),
                 log_value(refusal.detail()));
    return go_to("/?refused=" + std::string(to_string(refusal.code())));
  }
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
  const json body = context.read_body();
  return context.write([&](Session& session) {
    SignInDesk(session, context.actor).remove_second_factor(context.words[0], body);
    return nothing();
  });
}

Reply get_session(Context& context) { return thing(session_of(context)); }

Reply sign_out(Context& context) {
  if (!context.cookie.empty())
    context.parts.ledger.write([&](Session& session) { SignIns(session).close(context.cookie, context.actor); });
  Reply reply = nothing();
  reply.headers["Set-Cookie"] = cookie(context, "", {});
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
    return Capture(session, context.actor)
        .preview(draft, context.parts.router, context.parts.searcher, context.reach());
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
