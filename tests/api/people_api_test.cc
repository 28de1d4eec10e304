// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/api/server.h"

namespace tidings {

TEST_CASE("the first start makes an admin whose password signs in; the cookie is closed to scripts and other sites") {
  Server server;
  REQUIRE_FALSE(server.first_password().empty());
  server.act_as("");
  CHECK(server.call("GET", "/api/v1/session").status == 401);
  CHECK(server.call("POST", "/api/v1/session", {{"name", "admin"}, {"password", "wrong wrong"}}).status == 401);
  CHECK(server.call("POST", "/api/v1/session", {{"name", "nobody"}, {"password", "wrong wrong"}}).status == 401);
  const Answered in =
      server.call("POST", "/api/v1/session", {{"name", "admin"}, {"password", server.first_password()}});
  CHECK(in.status == 200);
  const std::string cookie = in.headers.find("Set-Cookie")->second;
  CHECK(cookie.find("HttpOnly") != std::string::npos);
  CHECK(cookie.find("SameSite=Strict") != std::string::npos);
  const httplib::Headers with = {{"Cookie", cookie.substr(0, cookie.find(';'))}};
  CHECK(server.call("GET", "/api/v1/session", nullptr, with).body["role"] == "admin");
  httplib::Headers foreign = with;
  foreign.emplace("Origin", "http://evil.example");
  CHECK(server.call("POST", "/api/v1/clients", {{"name", "X"}}, foreign).status == 403);
  CHECK(server.call("DELETE", "/api/v1/session", nullptr, with).status == 204);
  CHECK(server.call("GET", "/api/v1/session", nullptr, with).status == 401);
  CHECK(server.call("GET", "/api/v1/session", nullptr, {{"Authorization", "Bearer tdg_0"}}).status == 401);
}

TEST_CASE("the first page says who has signed in, whatever they are called, and is another for another") {
  Server server;
  server.call("PATCH", "/api/v1/users/admin", {{"full_name", "</script><!--<script>alert(1)"}});
  server.act_as("");
  const auto in = server.call("POST", "/api/v1/session", {{"name", "admin"}, {"password", server.first_password()}});
  const std::string cookie = in.headers.find("Set-Cookie")->second;
  const auto page = [&](const std::string& with, const std::string& tag = "") {
    return server.call("GET", "/", nullptr, {{"Cookie", with}, {"If-None-Match", tag}});
  };
  const auto session_in = [](const Answered& answered) {
    const std::string open = "<script id=\"session\" type=\"application/json\">";
    const std::size_t begin = answered.text.find(open) + open.size();
    return json::parse(answered.text.substr(begin, answered.text.find("</script>", begin) - begin));
  };
  const Answered own = page(cookie.substr(0, cookie.find(';'))), nobodys = page("tidings=unknown");
  CHECK(session_in(own) == server.call("GET", "/api/v1/session", nullptr, {{"Cookie", cookie}}).body);
  CHECK(own.text.find("alert(1)") == own.text.rfind("alert(1)"));
  CHECK(own.text.find("<!--<") == std::string::npos);
  CHECK(session_in(nobodys) == nullptr);
  CHECK(nobodys.status == 200);
  const std::string tag = own.headers.find("ETag")->second;
  CHECK(page(cookie, tag).status == 304);
  CHECK(page("", tag).status == 200);
  CHECK(own.headers.find("Cache-Control")->second == "private, no-cache");
}

TEST_CASE("users, passwords and tokens") {
  Server server;
  CHECK(
      server.call("POST", "/api/v1/users", {{"name", "anna"}, {"role", "rep"}, {"password", "long enough!"}}).status ==
      201);
  CHECK(server.call("POST", "/api/v1/users", {{"name", "anna"}, {"role", "rep"}}).status == 409);
  CHECK(server.call("POST", "/api/v1/users", {{"name", "Anna!"}, {"role", "rep"}}).status == 422);
  CHECK(server.call("POST", "/api/v1/users", {{"name", "bob"}, {"role", "king"}}).status == 422);
  CHECK(server.call("POST", "/api/v1/users", {{"name", "bob"}, {"role", "rep"}, {"password", "short"}}).status == 422);
  CHECK(server.call("PATCH", "/api/v1/users/anna", {{"role", "lead"}}).body["role"] == "lead");
  CHECK(server.call("PATCH", "/api/v1/users/admin", {{"role", "rep"}}).status == 409);
  CHECK(server.call("POST", "/api/v1/users/anna/password", {{"password", "another one"}}).status == 204);
  server.act_as("");
  CHECK(server.call("POST", "/api/v1/session", {{"name", "anna"}, {"password", "long enough!"}}).status == 401);
  CHECK(server.call("POST", "/api/v1/session", {{"name", "anna"}, {"password", "another one"}}).status == 200);
  server.act_as(server.admin_token());
  const Answered token = server.call("POST", "/api/v1/tokens", {{"name", "phone"}, {"user", "anna"}});
  CHECK(token.status == 201);
  const std::string id = std::to_string(token.body["id"].get<int>());
  server.act_as(token.body["token"]);
  CHECK(server.call("GET", "/api/v1/session").body["name"] == "anna");
  CHECK(server.call("GET", "/api/v1/tokens").body["items"].size() == 1);
  CHECK(server.call("DELETE", "/api/v1/tokens/1").status == 404);
  CHECK(server.call("DELETE", "/api/v1/tokens/" + id).status == 204);
  CHECK(server.call("GET", "/api/v1/session").status == 401);
}

TEST_CASE("what each role may do, asked of every door") {
  Server server;
  const std::map<std::string, std::string> tokens = {{"rep", server.user("rep-1", "rep")},
                                                     {"technician", server.user("tech-1", "technician")},
                                                     {"lead", server.user("lead-1", "lead")}};
  server.call("POST", "/api/v1/clients", {{"name", "A"}});
  struct Door {
    const char *method, *path;
    json body;
    std::vector<std::string> open_to;
  };
  const std::vector<Door> doors = {
      {"GET", "/api/v1/search", nullptr, {"rep", "technician", "lead"}},
      {"POST", "/api/v1/insights", {{"client", "A"}, {"body", "x"}}, {"rep", "technician", "lead"}},
      {"POST", "/api/v1/clients/1/contacts", {{"name", ""}}, {}},
      {"PATCH", "/api/v1/clients/1", {{"region", "N"}}, {"rep", "lead"}},
      {"POST", "/api/v1/queues/triage/claim", json::object(), {"technician", "lead"}},
      {"PATCH", "/api/v1/queues/triage", {{"goal_hours", 5}}, {"lead"}},
      {"POST", "/api/v1/rules", {{"name", "r"}, {"query", "x"}, {"queue", "triage"}}, {"lead"}},
      {"POST", "/api/v1/rules/preview", {{"query", "x"}}, {"lead"}},
      {"GET", "/api/v1/router", nullptr, {"rep", "technician", "lead"}},
      {"POST", "/api/v1/router/train", json::object(), {"lead"}},
      {"GET", "/api/v1/events", nullptr, {"lead"}},
      {"GET", "/api/v1/users", nullptr, {"lead"}},
      {"POST", "/api/v1/users", {{"name", "new"}, {"role", "rep"}}, {}},
      {"POST", "/api/v1/tokens", {{"name", "t"}, {"user", "admin"}}, {}},
      {"POST", "/api/v1/users/admin/password", {{"password", "taken over!"}}, {}},
  };
  for (const auto& [role, token] : tokens) {
    server.act_as(token);
    for (const Door& door : doors) {
      const int status = server.call(door.method, door.path, door.body).status;
      const bool open = std::find(door.open_to.begin(), door.open_to.end(), role) != door.open_to.end();
      CHECK_MESSAGE((open ? status < 300 : (status == 403 || status == 422)), role, " ", door.method, " ", door.path,
                    " ", status);
    }
    const int import = server.send("POST", "/api/v1/imports", "{}\n", "application/x-ndjson").status;
    CHECK(import == (role == "lead" ? 200 : 403));
  }
  server.act_as("");
  for (const Door& door : doors) CHECK(server.call(door.method, door.path, door.body).status == 401);
}

TEST_CASE("invited, signed in in two places, with tokens for one purpose alone") {
  Server server;
  CHECK(server.call("POST", "/api/v1/users", {{"name", "anna"}, {"role", "rep"}}).status == 201);
  const json invitation = server.call("POST", "/api/v1/users/anna/invitation").body;
  server.act_as("");
  const json accepting = {{"word", invitation["word"]}, {"password", "quite another"}};
  const Answered in = server.call("POST", "/api/v1/invitations", accepting);
  CHECK(in.body["name"] == "anna");
  const std::string cookie = in.headers.find("Set-Cookie")->second;
  for (const char* part : {"HttpOnly", "SameSite=", "Path=/"}) CHECK(cookie.find(part) != std::string::npos);
  CHECK(server.call("POST", "/api/v1/invitations", accepting).status == 401);
  const httplib::Headers signed_in = {{"Cookie", cookie.substr(0, cookie.find(';'))}};
  const json sessions = server.call("GET", "/api/v1/sessions", nullptr, signed_in).body["items"];
  CHECK(sessions.size() == 1);
  CHECK(sessions[0]["address"] == "127.0.0.1");
  CHECK(server.call("POST", "/api/v1/session/second-factor", nullptr, signed_in)
            .body["uri"]
            .get<std::string>()
            .starts_with("otpauth://totp/"));
  CHECK(server.call("POST", "/api/v1/session/second-factor/confirm", {{"code", "1"}}, signed_in).status == 422);
  CHECK(server.call("DELETE", "/api/v1/users/anna/second-factor", nullptr, signed_in).status == 204);

  const auto token_for = [&](const char* scope) {
    const json body = {{"name", scope}, {"scope", scope}, {"expires_on", "2999-01-01"}};
    return server.call("POST", "/api/v1/tokens", body, signed_in).body["token"].get<std::string>();
  };
  const std::string reads = token_for("read"), logs = token_for("log");
  const auto with = [&](const std::string& token, const char* method, const char* path, const json& body = nullptr) {
    return server.call(method, path, body, {{"Authorization", "Bearer " + token}}).status;
  };
  const json note = {{"client", "Acme"}, {"body", "x"}};
  CHECK(with(reads, "GET", "/api/v1/search?q=x") == 200);
  CHECK(with(reads, "POST", "/api/v1/insights", note) == 403);
  CHECK(with(logs, "GET", "/api/v1/search?q=x") == 403);
  CHECK(with(logs, "POST", "/api/v1/insights", note) == 422);  // let in; the client is not known
  CHECK(with(logs, "POST", "/api/v1/clients", {{"name", "Acme"}}) == 403);
  CHECK(server.call("DELETE", "/api/v1/sessions/" + std::to_string(sessions[0]["id"].get<int>()), nullptr, signed_in)
            .status == 204);
  CHECK(server.call("GET", "/api/v1/session", nullptr, signed_in).status == 401);

  // Guessing is slowed down.
  int status = 401;
  for (int i = 0; i < 6 && status == 401; ++i)
    status = server.call("POST", "/api/v1/session", {{"name", "anna"}, {"password", "a wrong guess"}}).status;
  CHECK(status == 429);
}

TEST_CASE("no secret is logged, counted, exported, or told in the feed or in a refusal") {
  const TempFolder folder;
  Server server(folder.path() / "data", folder.path() / "log");
  std::string told;  // every answer that is not the one a secret is shown in
  const auto tell = [&](const char* method, const std::string& path, const json& body = nullptr,
                        const httplib::Headers& headers = {}) {
    told += server.call(method, path, body, headers).text + "\n";
  };
  std::map<std::string, std::string> secrets{{"token", server.admin_token()},
                                             {"first password", server.first_password()},
                                             {"password", "a-password-of-annas"},
                                             {"wrong guess", "a-guess-near-annas"}};
  const auto made = [&](const char* path, const json& body, const char* member) {
    return server.call("POST", path, body).body[member].get<std::string>();
  };
  tell("POST", "/api/v1/users", {{"name", "anna"}, {"role", "rep"}});
  secrets["invitation"] = made("/api/v1/users/anna/invitation", nullptr, "word");
  secrets["webhook's secret"] =
      made("/api/v1/webhooks", {{"url", "https://example.invalid/x"}, {"kinds", {"*"}}}, "secret");
  secrets["webhook's next secret"] = made("/api/v1/webhooks/1/secret", nullptr, "secret");
  secrets["second factor"] = made("/api/v1/session/second-factor", nullptr, "secret");
  secrets["another token"] = made("/api/v1/tokens", {{"name", "phone"}}, "token");
  const std::string calendar = made("/api/v1/calendar", nullptr, "path");
  secrets["calendar's address"] = calendar.substr(calendar.rfind('/') + 1, 30);

  const json accepting = {{"word", secrets["invitation"]}, {"password", secrets["password"]}};
  const Answered in = server.call("POST", "/api/v1/invitations", accepting);
  REQUIRE(in.status == 200);
  const std::string cookie = in.headers.find("Set-Cookie")->second, value = cookie.substr(0, cookie.find(';'));
  secrets["cookie"] = value.substr(value.find('=') + 1);
  tell("POST", "/api/v1/invitations", accepting);
  tell("POST", "/api/v1/session", {{"name", "anna"}, {"password", secrets["wrong guess"]}});
  tell("POST", "/api/v1/session", {{"name", "anna"}, {"password", {secrets["password"]}}});
  tell("POST", "/api/v1/session", {{"name", "anna"}, {"password", secrets["password"]}, {"code", 7}});
  told +=
      server.send("POST", "/api/v1/session", "{\"password\": \"" + secrets["password"] + "\" x}", "application/json")
          .text;
  tell("GET", "/api/v1/session", nullptr, {{"Authorization", "Bearer " + secrets["token"] + "x"}});
  tell("GET", "/api/v1/session", nullptr, {{"Cookie", value}});
  tell("GET", "/api/v1/sessions", nullptr, {{"Cookie", value}});
  tell("DELETE", "/api/v1/clients", nullptr, {{"Cookie", value}});
  tell("GET", calendar);
  tell("GET", calendar + "x");
  for (const char* path : {"/metrics", "/readyz", "/api/v1/events", "/api/v1/users", "/api/v1/tokens",
                           "/api/v1/webhooks", "/api/v1/webhooks/1/deliveries", "/api/v1/calendar"})
    tell("GET", path);
  server.stop(SIGTERM);

  const std::string log = read_file(folder.path() / "log");
  CHECK(log.find("route=/api/v1/session ") != std::string::npos);
  const auto [exported, text] = run("tidings-indexer --data " + server.data().string() + " export");
  CHECK(exported == 0);
  for (const auto& [name, secret] : secrets) {
    CAPTURE(name);
    REQUIRE(secret.size() >= 8);
    for (const std::string& said : {log, told, text}) CHECK(said.find(secret) == std::string::npos);
  }
}

}  // namespace tidings
