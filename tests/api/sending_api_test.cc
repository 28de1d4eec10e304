// SPDX-License-Identifier: GPL-3.0-or-later
// Webhooks and calendars over HTTP, against the contract.
#include "tests/api/server.h"

namespace tidings {

TEST_CASE("webhooks are for admins, their secrets shown once, their deliveries listed") {
  Server server;
  CHECK(server.call("POST", "/api/v1/webhooks", {{"url", "http://127.0.0.1:9/x"}, {"kinds", {"*"}}}).status == 422);
  const Answered made =
      server.call("POST", "/api/v1/webhooks", {{"url", "https://example.invalid/x"}, {"kinds", {"client.*"}}});
  REQUIRE(made.status == 201);
  CHECK(made.body["secret"].is_string());
  server.call("POST", "/api/v1/clients", {{"name", "Acme"}});
  const json listed = server.call("GET", "/api/v1/webhooks").body["items"][0];
  CHECK(!listed.contains("secret"));
  const json deliveries = server.call("GET", "/api/v1/webhooks/1/deliveries?limit=1&state=pending").body["items"];
  REQUIRE(deliveries.size() == 1);
  CHECK(deliveries[0]["kind"] == "client.created");
  const std::string delivery = std::to_string(deliveries[0]["id"].get<int>());
  CHECK(server.call("POST", "/api/v1/webhooks/1/deliveries/" + delivery + "/replay").body["state"] == "pending");
  CHECK(server.call("POST", "/api/v1/webhooks/2/deliveries/" + delivery + "/replay").status == 404);
  CHECK(server.call("POST", "/api/v1/webhooks/1/replay").body["replayed"] == 0);
  CHECK(server.call("POST", "/api/v1/webhooks/1/secret").body["secret"] != made.body["secret"]);
  CHECK(server.call("PATCH", "/api/v1/webhooks/1", {{"enabled", false}}).body["enabled"] == false);
  CHECK(server.call("PATCH", "/api/v1/webhooks/1", {{"enabled", true}}, {{"If-Match", "\"v1\""}}).status == 412);
  server.act_as(server.user("lead-1", "lead"));
  CHECK(server.call("GET", "/api/v1/webhooks").status == 403);
  CHECK(server.call("DELETE", "/api/v1/webhooks/1").status == 403);
  server.act_as(server.admin_token());
  CHECK(server.call("DELETE", "/api/v1/webhooks/1").status == 204);
  CHECK(server.call("GET", "/api/v1/webhooks/1/deliveries").status == 404);
}

TEST_CASE("a calendar is read without signing in, by its secret address alone") {
  Server server;
  const std::string path = server.call("POST", "/api/v1/calendar").body["path"];
  server.act_as("");
  const Answered calendar = server.call("GET", path);
  CHECK(calendar.status == 200);
  CHECK(calendar.text.starts_with("BEGIN:VCALENDAR"));
  CHECK(server.call("GET", "/calendar/.ics").status == 404);
  CHECK(server.call("GET", "/calendar/guess").status == 404);
  server.act_as(server.admin_token());
  CHECK(server.call("DELETE", "/api/v1/calendar").status == 204);
  CHECK(server.call("GET", path).status == 404);
}

}  // namespace tidings
