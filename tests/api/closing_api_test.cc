// SPDX-License-Identifier: GPL-3.0-or-later
// Giving, asking, answering many at once, doubting and judging, over HTTP.
#include "tests/api/server.h"

namespace tidings {

TEST_CASE("work is given, held up by a question, answered together with its like, and followed to the end") {
  Server server;
  const std::string technician = server.user("tech-1", "technician"), rep = server.user("rep-1", "rep");
  for (const char* client : {"Acme", "Borg", "Corto"}) server.call("POST", "/api/v1/clients", {{"name", client}});
  for (int i = 0; i < 30; ++i)
    server.call("POST", "/api/v1/insights", {{"client", "Acme"}, {"body", "Unrelated matter " + std::to_string(i)}});
  server.act_as(rep);
  std::vector<std::string> insights;
  for (const char* client : {"Acme", "Borg", "Corto"}) {
    const json kept = server
                          .call("POST", "/api/v1/insights",
                                {{"client", client},
                                 {"kind", "change"},
                                 {"body", "Their condensate pump seal weeps after every cold start"},
                                 {"foreseen", {{"from", "2026-01-01"}, {"likelihood", 0.5}}}})
                          .body;
    insights.push_back(std::to_string(kept["id"].get<int>()));
  }
  server.settle();
  std::vector<std::string> works;
  for (const std::string& id : insights)
    works.push_back(std::to_string(server.call("GET", "/api/v1/insights/" + id).body["work"]["id"].get<int>()));
  CHECK(server.call("POST", "/api/v1/work/" + works[0] + "/assign", json::object()).status == 403);
  server.act_as(server.admin_token());
  CHECK(server.call("POST", "/api/v1/work/" + works[0] + "/assign", {{"to", "rep-1"}}).status == 422);
  CHECK(server.call("POST", "/api/v1/work/" + works[0] + "/assign", json::object()).body["holder"] == "tech-1");

  server.act_as(technician);
  CHECK(server.call("POST", "/api/v1/work/" + works[0] + "/look").body["looking"] == json{"tech-1"});
  CHECK(server.call("GET", "/api/v1/notifications").body["items"][0]["kind"] == "assigned");
  CHECK(server.call("POST", "/api/v1/work/" + works[0] + "/ask", {{"text", "Which size?"}}).status == 200);
  CHECK(server.call("POST", "/api/v1/work/" + works[0] + "/ask", {{"text", "Which?"}}).status == 409);
  CHECK(server.call("POST", "/api/v1/work/" + works[0] + "/escalate", json::object()).status == 404);
  server.act_as(rep);
  const json to_do = server.call("GET", "/api/v1/follow-ups").body["items"];
  CHECK(to_do[0]["what"] == "outcome");  // the longest waiting first
  CHECK(to_do.back()["what"] == "reply");
  server.call("POST", "/api/v1/work/" + works[0] + "/reply", {{"text", "DN 50"}});

  server.act_as(technician);
  const json alike = server.call("GET", "/api/v1/work/" + works[0] + "/alike").body["items"];
  REQUIRE(alike.size() == 2);
  const json answered = server
                            .call("POST", "/api/v1/work/" + works[0] + "/answer",
                                  {{"body", "Warm the flush first"}, {"also", {alike[0]["work"], alike[1]["work"]}}})
                            .body;
  CHECK(answered["state"] == "answered");
  const std::string answer = std::to_string(answered["answers"][0]["id"].get<int>());
  CHECK(server.call("GET", "/api/v1/work/" + works[0] + "/alike").body["items"].empty());
  CHECK(server.call("GET", "/api/v1/answers/" + answer).body["same"].size() == 2);

  server.act_as(rep);
  CHECK(server.call("POST", "/api/v1/answers/" + answer + "/flag", {{"reason", "It froze"}}).body["flag"]["by"] ==
        "rep-1");
  CHECK(server.call("POST", "/api/v1/answers/" + answer + "/flag", {{"reason", "It froze"}}).status == 409);
  CHECK(server.call("POST", "/api/v1/answers/" + answer + "/review", json::object()).status == 403);
  CHECK(server.call("GET", "/api/v1/answers?limit=1").body["items"].size() == 1);
  server.act_as(technician);
  CHECK(server.call("POST", "/api/v1/answers/" + answer + "/review", {{"body", "Warm the flush, above zero"}}).status ==
        200);
  CHECK(server.call("GET", "/api/v1/answers").body["items"].empty());

  server.act_as(rep);
  CHECK(server
            .call("POST", "/api/v1/insights/" + insights[0] + "/outcome",
                  {{"outcome", "happened"}, {"happened_on", "2026-02-01"}})
            .body["foreseen"]["outcome"] == "happened");
  CHECK(server.call("POST", "/api/v1/insights/" + insights[0] + "/outcome", {{"outcome", "perhaps"}}).status == 422);
  CHECK(server.call("GET", "/api/v1/foresights?by=author").body["items"][0]["brier"] == 0.25);
  CHECK(server.call("GET", "/api/v1/foresights?by=month").status == 422);
}

TEST_CASE("a user's own settings over HTTP") {
  Server server;
  const std::string technician = server.user("tech-1", "technician");
  server.act_as(technician);
  CHECK(server.call("PATCH", "/api/v1/users/tech-1", {{"away_until", "2027-01-07"}, {"language", "ru"}})
            .body["away_until"] == "2027-01-07");
  CHECK(server.call("PATCH", "/api/v1/users/tech-1", {{"open_limit", 9}}).status == 403);
  CHECK(server.call("PATCH", "/api/v1/users/tech-1", {{"working", {{"zone", "Mars/Crater"}}}}).status == 422);
  CHECK(server.call("PATCH", "/api/v1/users/tech-1", {{"away_until", "2027-02-30"}}).status == 422);
}

}  // namespace tidings
