// SPDX-License-Identifier: GPL-3.0-or-later
// Search, suggestions, saved searches, notifications and synonyms through the API.
#include <thread>

#include "tests/api/server.h"

namespace tidings {
namespace {

// Asks until `is_so`, for what happens shortly after an answer.
template <class IsSo>
json wait_for(Server& server, const std::string& path, IsSo&& is_so) {
  json body;
  for (int i = 0; i < 100; ++i) {
    body = server.call("GET", path).body;
    if (is_so(body)) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return body;
}

void log_notes(Server& server) {
  for (const auto& [client, body] : std::vector<std::pair<const char*, const char*>>{
           {"Acme Pumps", "Impeller of the condensate pump is worn; bearing PN-1240/B hums."},
           {"Acme Pumps", "They foresee a ban on phosphorus in effluent."},
           {"Волга", "Подшипник насоса греется после пуска."}})
    REQUIRE(server.call("POST", "/api/v1/insights", {{"client", client}, {"kind", "problem"}, {"body", body}}).status ==
            201);
  server.settle();
}

}  // namespace

TEST_CASE("search over HTTP: corrections, synonyms, facets, histogram, explanation, rising, nearest") {
  Server server;
  for (const char* name : {"Acme Pumps", "Волга"}) server.call("POST", "/api/v1/clients", {{"name", name}});
  log_notes(server);
  const json slip = server.call("GET", "/api/v1/search?q=impelller&explain=true&rising=true").body;
  REQUIRE(slip["hits"].size() == 1);
  CHECK(slip["corrections"][0] ==
        json{{"typed", "impelller"}, {"meant", "impeller"}, {"by", "spelling"}, {"instead", true}});
  CHECK(slip["hits"][0]["explanation"].size() == 1);
  CHECK(!slip["rising"].empty());
  CHECK(server.call("GET", "/api/v1/search?q=impelller&literal=true").body["hits"].empty());
  // The vocabulary of a new base joins both languages.
  const json both = wait_for(server, "/api/v1/search?q=bearing", [](const json& b) { return b["hits"].size() == 2; });
  CHECK(both["hits"].size() == 2);
  const json counted =
      server.call("GET", "/api/v1/search?kind=problem&client=Acme%20Pumps&facets=client,kind,year&histogram=year").body;
  CHECK(counted["facets"]["client"].size() == 2);
  CHECK(counted["histogram"].size() == 1);
  CHECK(counted["total"]["value"] == 2);
  const json nearest = server.call("GET", "/api/v1/search?q=%22impeller%20phosphorus%22").body["nearest"];
  CHECK(nearest["dropped"] == "demands");
  for (const char* bad : {"histogram=hour", "year=soon", "like=x", "budget=0", "facets=colour"})
    CHECK(server.call("GET", std::string("/api/v1/search?") + bad).status == 422);
  const std::string id = std::to_string(slip["hits"][0]["id"].get<int>());
  CHECK(server.call("GET", "/api/v1/search?q=pump&like=" + id).body["hits"][0]["id"] == slip["hits"][0]["id"]);
  CHECK(server.call("GET", "/api/v1/insights/" + id + "/similar").status == 200);
  CHECK(server.call("GET", "/api/v1/insights/99999/similar").status == 404);
  const json preview = server
                           .call("POST", "/api/v1/insights/preview",
                                 {{"client", "Acme Pumps"},
                                  {"body", "Impeller of the condensate pump is worn; bearing PN-1240/B hums again."}})
                           .body;
  CHECK(preview["similar"][0]["as"] == "duplicate");
}

TEST_CASE("suggestions: words, clients, contacts, and one's own past queries") {
  Server server;
  for (const char* name : {"Acme Pumps", "Волга"}) server.call("POST", "/api/v1/clients", {{"name", name}});
  log_notes(server);
  const auto kinds = [](const json& body, const std::string& text) {
    std::string found;
    for (const json& item : body["items"])
      if (item["text"] == text) found = item["kind"];
    return found;
  };
  CHECK(kinds(server.call("GET", "/api/v1/suggest?q=impe").body, "impeller") == "word");
  CHECK(kinds(server.call("GET", "/api/v1/suggest?q=acm").body, "Acme Pumps") == "client");
  CHECK(server.call("GET", "/api/v1/suggest?q=").body["items"].empty());
  server.call("GET", "/api/v1/search?q=impeller%20wear");
  server.call("GET", "/api/v1/search?q=typed&typing=true");
  const json past =
      wait_for(server, "/api/v1/suggest?q=impeller", [&](const json& b) { return !kinds(b, "impeller wear").empty(); });
  CHECK(kinds(past, "impeller wear") == "past");
  server.call("GET", "/api/v1/search?q=unobtainium");
  const json empty = wait_for(server, "/api/v1/empty-searches", [](const json& b) { return !b["items"].empty(); });
  CHECK(empty["items"][0]["query"] == "unobtainium");
  server.act_as(server.user("hans", "technician"));
  CHECK(kinds(server.call("GET", "/api/v1/suggest?q=impeller").body, "impeller wear").empty());
  CHECK(server.call("GET", "/api/v1/empty-searches").status == 403);
}

TEST_CASE("saved searches and notifications over HTTP") {
  Server server;
  for (const char* name : {"Acme Pumps", "Волга"}) server.call("POST", "/api/v1/clients", {{"name", name}});
  const std::string admin = server.admin_token(), tech = server.user("hans", "technician");
  server.act_as(tech);
  const Answered saved = server.call("POST", "/api/v1/saved-searches", {{"query", "impeller"}});
  REQUIRE(saved.status == 201);
  CHECK(saved.body["audience"] == "user:hans");
  CHECK(server.call("POST", "/api/v1/saved-searches", {{"query", "-x"}}).status == 422);
  CHECK(server.call("POST", "/api/v1/saved-searches", {{"query", "x"}, {"audience", "role:rep"}}).status == 403);
  server.act_as(admin);
  log_notes(server);
  server.act_as(tech);
  const json told =
      wait_for(server, "/api/v1/notifications?unseen=true", [](const json& b) { return b["unseen"] == 1; });
  REQUIRE(told["items"].size() == 1);
  CHECK(told["items"][0]["detail"]["search"] == saved.body["id"]);
  CHECK(server.call("POST", "/api/v1/notifications/seen", {{"until", told["items"][0]["id"]}}).body["unseen"] == 0);
  CHECK(server.call("GET", "/api/v1/notifications?unseen=true").body["items"].empty());
  const std::string path = "/api/v1/saved-searches/" + std::to_string(saved.body["id"].get<int>());
  server.act_as(server.user("boris", "technician"));
  CHECK(server.call("DELETE", path).status == 404);
  CHECK(server.call("GET", "/api/v1/saved-searches").body["items"].empty());
  server.act_as(tech);
  CHECK(server.call("DELETE", path).status == 204);
  CHECK(server.call("DELETE", path).status == 404);
}

TEST_CASE("synonyms over HTTP") {
  Server server;
  server.call("POST", "/api/v1/clients", {{"name", "Acme"}});
  server.call("POST", "/api/v1/insights", {{"client", "Acme"}, {"body", "The gizmo hums."}});
  server.settle();
  const Answered made = server.call("POST", "/api/v1/synonyms", {{"words", {"gizmo", "widget"}}});
  REQUIRE(made.status == 201);
  const auto finds = [&](std::size_t count) {
    return wait_for(server, "/api/v1/search?q=widget&literal=true",
                    [&](const json& b) { return b["hits"].size() == count; })["hits"]
               .size() == count;
  };
  CHECK(finds(1));
  CHECK(server.call("GET", "/api/v1/search?q=widget").body["hits"][0]["matched"][0]["synonym"] == true);
  const std::string path = "/api/v1/synonyms/" + std::to_string(made.body["id"].get<int>());
  CHECK(server.call("PATCH", path, {{"words", {"gizmo", "doodad"}}}, {{"If-Match", "\"v9\""}}).status == 412);
  CHECK(server.call("PATCH", path, {{"words", {"gizmo", "doodad"}}}).body["version"] == 2);
  CHECK(finds(0));
  CHECK(server.call("DELETE", path).status == 204);
  CHECK(server.call("PATCH", path, {{"words", {"a", "b"}}}).status == 404);
  server.act_as(server.user("anna", "rep"));
  CHECK(server.call("GET", "/api/v1/synonyms").body["items"].size() > 50);
  CHECK(server.call("POST", "/api/v1/synonyms", {{"words", {"a", "b"}}}).status == 403);
}

}  // namespace tidings
