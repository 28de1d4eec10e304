// SPDX-License-Identifier: GPL-3.0-or-later
// The main job over HTTP: logged by a rep, found, routed, claimed by a technician, answered, told to the client.
#include <thread>

#include "tests/api/server.h"

namespace tidings {

TEST_CASE("a note becomes knowledge, finds its queue, and comes back as an answer") {
  Server server;
  const std::string rep = server.user("anna", "rep"), tech = server.user("hans", "technician"),
                    other = server.user("boris", "technician");
  CHECK(server.call("POST", "/api/v1/queues", {{"name", "seals"}, {"title", "Seals"}, {"solves", "Leaks"}}).status ==
        201);
  const Answered rule = server.call(
      "POST", "/api/v1/rules", {{"name", "leaks"}, {"query", "leak OR уплотнение"}, {"queue", "seals"}, {"rank", 1}});
  CHECK(rule.status == 201);

  server.act_as(rep);
  CHECK(server.call("POST", "/api/v1/clients", {{"name", "Acme"}, {"revenue", 100}}).status == 201);
  const json draft = {
      {"client", "Acme"}, {"kind", "problem"}, {"body", "Торцевое уплотнение насоса течёт"}, {"contacts", {"Ben"}}};
  const Answered logged = server.call("POST", "/api/v1/insights", draft, {{"Idempotency-Key", "k1"}});
  REQUIRE(logged.status == 201);
  const std::string id = std::to_string(logged.body["id"].get<int>());
  // Sent again, it is kept once and answered alike; another under the same key is refused.
  const Answered again = server.call("POST", "/api/v1/insights", draft, {{"Idempotency-Key", "k1"}});
  CHECK(again.status == 201);
  CHECK(again.text == logged.text);
  CHECK(server.call("POST", "/api/v1/insights", {{"client", "Acme"}, {"body", "other"}}, {{"Idempotency-Key", "k1"}})
            .status == 409);
  server.settle();

  const json found = server.call("GET", "/api/v1/search?q=%D0%BD%D0%B0%D1%81%D0%BE%D1%81%D1%8B").body;  // насосы
  REQUIRE(found["hits"].size() == 1);
  CHECK(found["hits"][0]["queue"] == "seals");
  CHECK(found["hits"][0]["snippet"] == "Торцевое уплотнение <mark>насоса</mark> течёт");
  const json insight = server.call("GET", "/api/v1/insights/" + id).body;
  CHECK(insight["work"]["route"]["by"] == "rule");
  CHECK(insight["work"]["route"]["rule"] == rule.body["id"]);
  const std::string work = "/api/v1/work/" + std::to_string(insight["work"]["id"].get<int>());
  CHECK(server.call("POST", work + "/claim").status == 403);

  server.act_as(tech);
  const Answered claimed = server.call("POST", "/api/v1/queues/seals/claim", {{"lease_seconds", 600}});
  CHECK(claimed.status == 200);
  CHECK(claimed.body["holder"] == "hans");
  CHECK(server.call("POST", "/api/v1/queues/seals/claim").status == 204);
  CHECK(server.call("POST", work + "/heartbeat").status == 200);
  server.act_as(other);
  CHECK(server.call("POST", work + "/claim").status == 409);
  CHECK(server.call("POST", work + "/answer", {{"body", "no"}}).status == 409);
  server.act_as(tech);
  CHECK(server.call("POST", work + "/answer", {{"body", "Fit MS-50-QSS"}}).body["state"] == "answered");
  server.settle();
  CHECK(server.call("GET", "/api/v1/search?q=MS-50-QSS&state=answered").body["hits"].size() == 1);

  server.act_as(rep);
  CHECK(server.call("GET", "/api/v1/work?state=answered&author=me").body["items"].size() == 1);
  CHECK(server.call("POST", work + "/tell", {{"whom", "Ben"}, {"reaction", "solved"}, {"note", "Works!"}})
            .body["state"] == "told");
  CHECK(server.call("GET", "/api/v1/work?state=answered&author=me").body["items"].empty());
  const json history = server.call("GET", "/api/v1/insights/" + id + "/history").body;
  std::vector<std::string> kinds;
  for (const json& event : history["items"]) kinds.push_back(event["kind"]);
  CHECK(kinds == std::vector<std::string>{"insight.kept", "work.placed", "work.claim", "work.heartbeat", "work.answer",
                                          "work.tell"});
  CHECK(run("tidings-indexer --data " + server.data().string() + " check").first == 0);
}

TEST_CASE("work moves: release, reroute, decline, reopen") {
  Server server;
  server.call("POST", "/api/v1/queues", {{"name", "drives"}});
  server.call("POST", "/api/v1/clients", {{"name", "Acme"}});
  server.call("POST", "/api/v1/insights", {{"client", "Acme"}, {"body", "x"}});
  server.settle();
  const std::string work = "/api/v1/work/1";
  CHECK(server.call("GET", "/api/v1/queues/triage/work").body["items"].size() == 1);
  server.call("POST", work + "/claim");
  CHECK(server.call("POST", work + "/release", {{"reason", "lunch"}}).body["reason"] == "lunch");
  const json moved = server.call("POST", work + "/reroute", {{"queue", "drives"}, {"reason", "a drive"}}).body;
  CHECK(moved["queue"] == "drives");
  CHECK(moved["route"]["by"] == "person");
  CHECK(server.call("POST", work + "/decline", {{"reason", "no"}}).body["state"] == "declined");
  CHECK(server.call("POST", work + "/claim").status == 409);
  CHECK(server.call("POST", work + "/reopen").body["state"] == "waiting");
  CHECK(server.call("POST", work + "/fly").status == 404);
  CHECK(server.call("GET", "/api/v1/queues/drives").body["counts"]["waiting"] == 1);
}

TEST_CASE("the next of all queues, one answer for many, and what is not solved is open again") {
  Server server;
  for (const char* client : {"A", "B"}) {
    server.call("POST", "/api/v1/clients", {{"name", client}});
    server.call("POST", "/api/v1/insights", {{"client", client}, {"body", "The valve sticks"}});
  }
  server.settle();
  const json mine = server.call("POST", "/api/v1/work/claim", json::object()).body;
  CHECK(mine["deadline"]["by"] == "goal");
  const json other = server.call("POST", "/api/v1/work/claim").body;
  CHECK(server.call("POST", "/api/v1/work/claim").status == 204);
  const auto path = [](const json& work, const char* act) {
    return "/api/v1/work/" + std::to_string(work["id"].get<int>()) + "/" + act;
  };
  CHECK(server.call("POST", path(mine, "answer"), {{"also", {other["id"]}}}).status == 422);
  const json answered =
      server.call("POST", path(mine, "answer"), {{"body", "Grease it"}, {"also", {other["id"]}}}).body;
  CHECK(answered["answers"][0]["repeated"] == 1);
  const json told =
      server.call("POST", path(other, "tell"), {{"whom", "Ben"}, {"reaction", "not_solved"}, {"note", "sticks again"}})
          .body;
  CHECK(told["state"] == "waiting");
  const json figures = server.call("GET", "/api/v1/told?by=client&since=2026-01-01").body["items"];
  CHECK(figures[0]["name"] == "A");
  CHECK(figures[1]["rate"] == 1.0);
  CHECK(server.call("GET", "/api/v1/told?by=month").status == 422);
  CHECK(told["reason"] == "Ben says it is not solved: sticks again");
}

}  // namespace tidings
