// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/app.h"

#include <fmt/format.h>

#include <charconv>

#include "indexer/base/log.h"
#include "indexer/base/secrets.h"
#include "indexer/base/text.h"
#include "indexer/ledger/people.h"
#include "indexer/ledger/sign_ins.h"
#include "server/desk/rights.h"
#include "server/http/imports.h"
#include "server/http/limits.h"

namespace tidings {
namespace {

constexpr std::chrono::minutes kSeenPace{10};  // how exactly it is known when a sign-in was used

constexpr const char* kAnyPath = R"([\s\S]*)";
constexpr std::size_t kMaxIdempotencyKey = 200;

// Fills `words` with what stands for {…} in the pattern; false if the path does not fit.
bool fits(std::string_view pattern, std::string_view path, std::vector<std::string>& words) {
  words.clear();
  while (true) {
    const std::size_t pattern_end = pattern.find('/', 1), path_end = path.find('/', 1);
    const std::string_view wanted = pattern.substr(0, pattern_end), got = path.substr(0, path_end);
    if (wanted.starts_with("/{")) {
      if (got.size() < 2) return false;
      words.emplace_back(got.substr(1));
    } else if (wanted != got) {
      return false;
    }
    if (pattern_end == std::string_view::npos || path_end == std::string_view::npos) return pattern_end == path_end;
    pattern.remove_prefix(pattern_end);
    path.remove_prefix(path_end);
  }
}

const Endpoint& find_endpoint(const std::string& method, const std::string& path, std::vector<std::string>& words) {
  std::string allowed;
  for (const Endpoint& endpoint : endpoints()) {
    if (!fits(endpoint.pattern, path, words)) continue;
    if (endpoint.method == method || (method == "HEAD" && std::string_view(endpoint.method) == "GET")) return endpoint;
    allowed += (allowed.empty() ? "" : ", ") + std::string(endpoint.method);
  }
  if (allowed.empty()) throw Refusal(Code::not_found, "there is nothing at this path");
  throw Refusal(Code::not_found, "this path answers to " + allowed + " only");
}

// A page of another site may make a browser send our cookie along in some old browsers; what it cannot do is hide its
// origin.
void require_own_origin(const httplib::Request& request) {
  const std::string origin = request.get_header_value("Origin");
  if (origin.empty()) return;
  const std::size_t host = origin.find("://");
  if (host == std::string::npos || origin.substr(host + 3) != request.get_header_value("Host"))
    throw Refusal(Code::forbidden, "the request comes from a page of another site");
}

// What a token is not made for. Throws Refusal: forbidden.
void require_scope(const httplib::Request& request, bool changes, TokenScope scope) {
  const bool logs =
      request.method == "POST" && (request.path == "/api/v1/insights" || request.path == "/api/v1/imports");
  if ((scope == TokenScope::read && changes) || (scope == TokenScope::log && !logs))
    throw Refusal(Code::forbidden, fmt::format("this token is for \"{}\" alone", to_string(scope)));
}

bool comes_by_proxy(const httplib::Request& request, const Proxies& proxies) {
  return std::find(proxies.addresses.begin(), proxies.addresses.end(), request.remote_addr) != proxies.addresses.end();
}

// What a read is about, for the record of who looked at what: "client:7"; empty for lists and the like.
std::string subject_of(const Endpoint& endpoint, const std::vector<std::string>& words) {
  const std::string_view pattern = endpoint.pattern;
  for (const std::string_view of : {"insight", "client", "contact", "work"})
    if (pattern.starts_with(fmt::format("/api/v1/{}{}/{{id}}", of, of == "work" ? "" : "s")))
      return fmt::format("{}:{}", of, words.at(0));
  return "";
}

// The first language that the request wants, if it is one of ours, else the user's own.
std::string language_of(const httplib::Request& request, const std::string& own) {
  const std::string wanted = request.get_header_value("Accept-Language").substr(0, 2);
  return wanted == "en" || wanted == "ru" ? wanted : own;
}

}  // namespace

std::int64_t Context::id(std::size_t word) const {
  std::int64_t number = 0;
  const std::string& text = words.at(word);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 1)
    throw Refusal(Code::not_found, "there is nothing of that number");
  return number;
}

std::string Context::cookie_called(const std::string& name) const {
  for (const std::string& pair : split(request.get_header_value("Cookie"), ';'))
    if (pair.starts_with(name + "=")) return pair.substr(name.size() + 1);
  return "";
}

Caller Context::caller() const {
  Caller caller{request.remote_addr, request.get_header_value("User-Agent")};
  // The last entry is the proxy's own; those before it anybody may have written.
  const std::string forwarded = request.get_header_value("X-Forwarded-For");
  if (!forwarded.empty() && forwarded.size() <= kMaxTarget && !invalid_utf8_at(forwarded) &&
      comes_by_proxy(request, parts.proxies))
    if (const auto addresses = split(forwarded, ','); !addresses.empty())
      caller.address = std::string(cut(addresses.back(), 64));
  return caller;
}

json Context::read_body() const {
  if (trim(invalid_utf8_at(body) ? "?" : std::string_view(body)).empty()) return json::object();
  if (!request.get_header_value("Content-Type").starts_with("application/json"))
    throw Refusal(Code::unsupported, "send the body as application/json");
  return parse_json(body);
}

std::optional<std::int64_t> Context::if_match() const {
  const std::string tag = request.get_header_value("If-Match");
  if (tag.empty() || tag == "*") return std::nullopt;
  std::int64_t version = 0;
  if (tag.starts_with("\"v") && tag.ends_with("\"") && tag.size() > 3) {
    const char* end = tag.data() + tag.size() - 1;
    const auto read = std::from_chars(tag.data() + 2, end, version);
    if (read.ec == std::errc() && read.ptr == end) return version;
  }
  throw Refusal(Code::invalid, "If-Match is no ETag that this server gave, such as \"v3\"");
}

std::shared_ptr<const AccountBook::States> Context::reached(
    const std::shared_ptr<const AccountBook::States>& states) const {
  const auto reached = reach();
  if (reached->all()) return states;
  auto fewer = std::make_shared<AccountBook::States>(*states);
  std::erase_if(*fewer, [&](const auto& each) { return !reached->reaches_client(each.first); });
  return fewer;
}

Reply Context::write(const std::function<Reply(Session&)>& change) const {
  const std::string key = request.get_header_value("Idempotency-Key");
  if (key.empty()) return parts.ledger.write(change);
  if (key.size() > kMaxIdempotencyKey || invalid_utf8_at(key))
    throw Refusal(Code::invalid,
                  fmt::format("the Idempotency-Key is longer than {} bytes or not UTF-8", kMaxIdempotencyKey));
  const std::string asked = sha256(request.method + "\n" + request.target + "\n" + body);
  return parts.ledger.write([&](Session& session) {
    Replies replies(session);
    if (const auto kept = replies.find(actor.name, key, asked)) {
      Reply again;
      again.status = kept->status;
      if (!kept->body.empty()) again.body = json::parse(kept->body);
      again.headers["Idempotent-Replayed"] = "true";
      return again;
    }
    replies.forget(session.now() - kRepliesKept);
    Reply reply = change(session);
    replies.keep(actor.name, key, asked, {reply.status, reply.body.is_null() ? "" : dump(reply.body)});
    return reply;
  });
}

App::App(Parts parts) : parts_(parts) {
  const auto without_body = [this](const httplib::Request& request, httplib::Response& response) {
    answer(request, response, nullptr);
  };
  const auto with_body = [this](const httplib::Request& request, httplib::Response& response,
                                const httplib::ContentReader& reader) { answer(request, response, &reader); };
  // Answered before httplib's own routing: long targets never reach its regular expressions.
  server_.set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
    const bool long_target = request.target.size() > kMaxTarget;
    const bool has_body =
        request.method == "POST" || request.method == "PATCH" || request.method == "PUT" || request.method == "DELETE";
    if (!long_target && has_body) return httplib::Server::HandlerResponse::Unhandled;
    // A body on a request that has none by its method stays unread, so the connection cannot go on.
    if (long_target || request.has_header("Content-Length") || request.has_header("Transfer-Encoding"))
      Connection::current()->close_after_reply();
    answer(request, response, nullptr);
    return httplib::Server::HandlerResponse::Handled;
  });
  server_.Post(kAnyPath, with_body);
  server_.Patch(kAnyPath, with_body);
  server_.Put(kAnyPath, with_body);
  server_.Delete(kAnyPath, with_body);
  server_.Get(kAnyPath, without_body);
  // What httplib itself refuses (a request it cannot read) still gets a body.
  server_.set_error_handler([](const httplib::Request& request, httplib::Response& response) {
    if (!response.body.empty() || response.content_length_ > 0) return;
    const int status = response.status;
    send(to_reply(Refusal(Code::invalid, "the request is not HTTP that can be read"), ""), request, response);
    response.status = status;
  });
  server_.set_keep_alive_max_count(kRequestsAConnection);
  server_.set_keep_alive_timeout(kIdle.count());
  server_.set_free_addresses(parts.proxies.addresses);
  server_.set_changes([&ledger = parts.ledger] { return ledger.commits(); });
}

int App::bind(const std::string& host, int port) {
  if (port == 0)
    port = server_.bind_to_any_port(host.c_str());
  else if (!server_.bind_to_port(host.c_str(), port))
    port = -1;
  if (port <= 0)
    throw Refusal(Code::unavailable, fmt::format("cannot listen on {}: is something else using the port?", host));
  server_.deepen_backlog();
  return port;
}

void App::serve() { server_.listen_after_bind(); }

void App::stop() { server_.stop(); }

void App::identify(Context& context) const {
  const httplib::Request& request = context.request;
  const bool changes = request.method != "GET" && request.method != "HEAD";
  const std::string header = request.get_header_value("Authorization");
  std::optional<User> user;
  if (header.starts_with("Bearer ")) {
    const auto found = parts_.ledger.read([&](Session& session) { return People(session).by_token(header.substr(7)); });
    if (!found) throw Refusal(Code::unauthenticated, "the token is not known, or has expired");
    require_scope(request, changes, found->second);
    user = found->first;
  } else if (const std::string cookie = context.cookie_called("tidings"); !cookie.empty()) {
    const auto sign_in = parts_.ledger.read([&](Session& session) {
      const auto found = SignIns(session).find(cookie);
      if (found) user = People(session).active(found->user);
      return found;
    });
    if (user && changes) require_own_origin(request);
    if (user) context.cookie = cookie;
    // A page that waits for news by itself is nobody at work.
    if (user && request.path != kChanges && sign_in->seen_at + kSeenPace < parts_.clock.now())
      parts_.diary.came(sign_in->id);
  }
  if (const std::string& by = parts_.proxies.user_header;
      !user && !by.empty() && comes_by_proxy(request, parts_.proxies)) {
    user = parts_.ledger.read(
        [&](Session& session) { return People(session).active(request.get_header_value(by.c_str())); });
    if (user && changes) require_own_origin(request);
  }
  if (!user) throw Refusal(Code::unauthenticated, "sign in, or send a bearer token");
  context.actor = {user->name, user->role, language_of(request, user->language), user->sees_contacts};
}

void App::identify_if_possible(Context& context) const {
  try {
    identify(context);
  } catch (const Refusal&) {
    context.actor = {};  // as one who has not signed in
  }
}

std::string App::read_body(const httplib::Request& request, const httplib::ContentReader& reader) const {
  Connection* connection = Connection::current();
  connection->close_after_reply();  // until all of it was read
  if (request.get_header_value<std::uint64_t>("Content-Length") > kMaxRequestBody)
    throw Refusal(Code::too_large, fmt::format("a body may have {} bytes", kMaxRequestBody));
  connection->begin_body(kMaxRequestBody, kRequestTime);
  std::string body;
  bool fits_in = true;
  const bool read = reader([&](const char* data, std::size_t size) {
    fits_in = body.size() + size <= kMaxRequestBody;
    if (fits_in) body.append(data, size);
    return fits_in;
  });
  if (!fits_in) throw Refusal(Code::too_large, fmt::format("a body may have {} bytes", kMaxRequestBody));
  if (!read) throw Refusal(Code::invalid, "the body ended too early or came too slowly");
  connection->keep_after_reply();
  return body;
}

Reply App::reply_to(const httplib::Request& request, const httplib::ContentReader* reader, const Endpoint*& endpoint,
                    Actor& actor) {
  if (request.target.size() > kMaxTarget)
    throw Refusal(Code::too_large, fmt::format("path and query may have {} bytes", kMaxTarget));
  Context context{parts_, request, {}, "", {}, ""};
  std::optional<Refusal> refused;
  try {
    endpoint = &find_endpoint(request.method, request.path, context.words);
    if (endpoint->asks == Endpoint::Asks::whoever)
      identify_if_possible(context);
    else if (endpoint->asks != Endpoint::Asks::nobody)
      identify(context);
    actor = context.actor;
    if (endpoint->asks == Endpoint::Asks::import) return import_stream(context, *reader);
  } catch (const Refusal& refusal) {
    refused = refusal;
  }
  // A refused request's body is still read (within its bounds), so that the client gets to read the refusal.
  if (reader) context.body = read_body(request, *reader);
  if (refused) throw *refused;
  Reply reply = endpoint->handler(context);
  if (request.method == "GET")
    if (const std::string subject = subject_of(*endpoint, context.words); !subject.empty())
      parts_.diary.saw(actor.name, subject, parts_.clock.now());
  return reply;
}

void App::answer(const httplib::Request& request, httplib::Response& response, const httplib::ContentReader* reader) {
  const auto begun = std::chrono::steady_clock::now();
  const std::string id = random_hex(6);
  const Endpoint* endpoint = nullptr;
  Actor actor;
  Reply reply;
  try {
    reply = reply_to(request, reader, endpoint, actor);
  } catch (const Refusal& refusal) {
    if (refusal.code() == Code::broken)
      spdlog::error("http event=broken request={} error={}", id, log_value(refusal.detail()));
    reply = to_reply(refusal, id);
  } catch (const std::exception& error) {
    spdlog::error("http event=broken request={} error={}", id, log_value(error.what()));
    reply = to_reply(Refusal(Code::broken, error.what()), id);
  }
  reply.headers.emplace("X-Request-Id", id);
  reply.headers.emplace("X-Content-Type-Options", "nosniff");
  reply.headers.emplace("Cache-Control", "no-store");
  const int status = reply.status;
  const std::size_t bytes = send(std::move(reply), request, response);
  if (Connection::current()->held()) return;  // it is served again, and counted then
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  const std::string pattern = endpoint ? endpoint->pattern : "none";
  const std::string method = endpoint ? endpoint->method : "other";
  parts_.metrics.count_request(method, pattern, status, seconds);
  spdlog::info("http request={} method={} route={} status={} ms={:.1f} user={} bytes={}", id, method, pattern, status,
               1000 * seconds, actor.name.empty() ? "-" : log_value(actor.name), bytes);
}

}  // namespace tidings
