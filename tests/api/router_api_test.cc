// SPDX-License-Identifier: GPL-3.0-or-later
// The learned router and rules through the API.
#include "tests/api/server.h"

namespace tidings {

TEST_CASE("the router is trained over HTTP, says how well it does, and why it routes") {
  Server server;
  server.call("POST", "/api/v1/clients", {{"name", "Acme"}});
  for (const char* queue : {"pumps", "drives"}) server.call("POST", "/api/v1/queues", {{"name", queue}});
  const json untrained = server.call("GET", "/api/v1/router").body;
  CHECK(untrained["trained_at"].is_null());
  CHECK(server.call("POST", "/api/v1/router/train").body["queues"].empty());
  std::string notes;
  for (int i = 0; i < 60; ++i)
    notes += json({{"key", std::to_string(i)},
                   {"client", "Acme"},
                   {"kind", "problem"},
                   {"body", (i % 2 ? "Уплотнение насоса течёт, линия " : "Частотник привода перегрет, линия ") +
                                std::to_string(i)},
                   {"queue", i % 2 ? "pumps" : "drives"},
                   {"answer", "Заменили."}})
                 .dump() +
             "\n";
  REQUIRE(server.send("POST", "/api/v1/imports", notes, "application/x-ndjson").status == 200);
  const json trained = server.call("POST", "/api/v1/router/train", json::object()).body;
  CHECK(trained["examples"] == 60);
  CHECK(trained["queues"].size() == 2);
  CHECK(trained["queues"][0]["precision"] == 1.0);
  CHECK(std::filesystem::exists(server.data() / "router.model"));
  const json route = server
                         .call("POST", "/api/v1/insights/preview",
                               {{"client", "Acme"}, {"kind", "problem"}, {"body", "Течёт уплотнение у насоса"}})
                         .body["route"];
  CHECK(route["queue"] == "pumps");
  CHECK(route["by"] == "learned");
  CHECK(route["candidates"][0]["queue"] == "pumps");
  CHECK(!route["evidence"]["for"].empty());
  const json kept = server
                        .call("POST", "/api/v1/insights",
                              {{"client", "Acme"}, {"kind", "problem"}, {"body", "Привод: перегрет частотник"}})
                        .body;
  server.settle();
  const json insight = server.call("GET", "/api/v1/insights/" + std::to_string(kept["id"].get<int>())).body;
  CHECK(insight["work"]["queue"] == "drives");
  CHECK(insight["work"]["route"]["by"] == "learned");
  server.act_as(server.user("tech-1", "technician"));
  CHECK(server.call("GET", "/api/v1/router").status == 200);
  CHECK(server.call("POST", "/api/v1/router/train").status == 403);
}

TEST_CASE("a rule's preview over HTTP") {
  Server server;
  server.call("POST", "/api/v1/clients", {{"name", "Acme"}});
  server.call("POST", "/api/v1/insights", {{"client", "Acme"}, {"body", "The valve sticks"}});
  const json preview = server.call("POST", "/api/v1/rules/preview", {{"query", "valve"}, {"last", 10}}).body;
  CHECK(preview["matches"] == 1);
  CHECK(preview["items"][0]["client"] == "Acme");
  CHECK(server.call("GET", "/api/v1/rules").body["items"].empty());
  CHECK(server.call("POST", "/api/v1/rules/preview", {{"query", "-valve"}}).status == 422);
  CHECK(server.call("POST", "/api/v1/rules/preview", {{"query", "valve"}, {"last", 0}}).status == 422);
  for (const char* audience : {"anna", "user:", "team:x"})
    CHECK(server
              .call("POST", "/api/v1/rules",
                    {{"name", "r"}, {"query", "valve"}, {"queue", "triage"}, {"notify", {audience}}})
              .status == 422);
}

}  // namespace tidings
