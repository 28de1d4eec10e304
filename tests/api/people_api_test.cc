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

}  // namespace tidings
