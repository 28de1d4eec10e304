// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/api/server.h"

namespace tidings {

TEST_CASE("clients and contacts are made, changed and listed page by page") {
  Server server;
  for (int i = 0; i < 5; ++i)
    CHECK(
        server.call("POST", "/api/v1/clients", {{"name", "Client " + std::to_string(i)}, {"revenue", i * 10}}).status ==
        201);
  CHECK(server.call("POST", "/api/v1/clients", {{"name", "CLIENT 1"}}).status == 409);
  CHECK(server.call("POST", "/api/v1/clients", {{"name", "x"}, {"revenue", -1}}).status == 422);
  CHECK(server.call("POST", "/api/v1/clients", json::array()).status == 422);
  const json first = server.call("GET", "/api/v1/clients?limit=3").body;
  CHECK(first["items"].size() == 3);
  const json second = server.call("GET", "/api/v1/clients?limit=3&cursor=" + first["cursor"].get<std::string>()).body;
  CHECK(second["items"].size() == 2);
  CHECK(second["cursor"].is_null());
  CHECK(server.call("GET", "/api/v1/clients?q=ent%204").body["items"].size() == 1);
  CHECK(server.call("GET", "/api/v1/clients?q=%25").body["items"].empty());
  CHECK(server.call("PATCH", "/api/v1/clients/1", {{"revenue", nullptr}, {"owner", "anna"}}, {{"If-Match", "\"v1\""}})
            .body["revenue"]
            .is_null());
  CHECK(server.call("PATCH", "/api/v1/clients/1", {{"owner", "bob"}}, {{"If-Match", "\"v1\""}}).status == 412);

  const Answered boss = server.call("POST", "/api/v1/clients/1/contacts", {{"name", "Boss"}, {"influence", "decides"}});
  CHECK(boss.status == 201);
  const json worker =
      server.call("POST", "/api/v1/clients/1/contacts", {{"name", "Worker"}, {"reports_to", boss.body["id"]}}).body;
  CHECK(worker["reports_to"] == boss.body["id"]);
  CHECK(server.call("POST", "/api/v1/clients/2/contacts", {{"name", "Stranger"}, {"reports_to", boss.body["id"]}})
            .status == 422);
  CHECK(server.call("POST", "/api/v1/clients/99/contacts", {{"name", "Nobody"}}).status == 404);
  CHECK(server.call("GET", "/api/v1/clients/1/contacts").body["items"].size() == 2);
  CHECK(server.call("PATCH", "/api/v1/contacts/2", {{"left_on", "2026-02-30"}}).status == 422);
  CHECK(server.call("PATCH", "/api/v1/contacts/2", {{"left_on", "2026-02-27"}, {"reports_to", nullptr}})
            .body["left_on"] == "2026-02-27");
  CHECK(server.call("GET", "/api/v1/contacts/2").body["reports_to"].is_null());
}

TEST_CASE("the feed tells of every change") {
  Server server;
  server.call("POST", "/api/v1/clients", {{"name", "A"}});
  const json events = server.call("GET", "/api/v1/events?after=0").body;
  CHECK(events["items"].back()["kind"] == "client.created");
  CHECK(events["items"].back()["actor"] == "admin");
  CHECK(server.call("GET", "/api/v1/events?after=" + events["cursor"].get<std::string>()).body["items"].empty());
}

}  // namespace tidings
