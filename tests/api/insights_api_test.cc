// SPDX-License-Identifier: GPL-3.0-or-later
#include <atomic>
#include <csignal>
#include <mutex>
#include <thread>

#include "tests/api/server.h"

namespace tidings {
namespace {

std::vector<json> lines_of(const std::string& text) {
  std::vector<json> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(json::parse(line));
  return lines;
}

}  // namespace

TEST_CASE("an import answers one outcome a line, and is durable when it answers") {
  Server server;
  const std::string notes =
      "{\"client\":\"A\",\"body\":\"one\",\"key\":\"1\"}\n{\"client\":\"A\"}\nnot "
      "json\n{\"client\":\"A\",\"body\":\"two\",\"key\":\"2\"}\n";
  const Answered answered = server.send("POST", "/api/v1/imports?create_clients=true", notes, "application/x-ndjson");
  CHECK(answered.status == 200);
  const auto lines = lines_of(answered.text);
  REQUIRE(lines.size() == 4);
  CHECK(lines[0]["status"] == "kept");
  CHECK(lines[1]["status"] == "refused");
  CHECK(lines[1]["errors"][0]["detail"] == "lacks the member \"body\"");
  CHECK(lines[2]["line"] == 3);
  CHECK(lines[3]["id"] == 2);
  server.stop(SIGKILL);
  Server reborn(server.data());
  const auto again = lines_of(reborn.send("POST", "/api/v1/imports", notes, "application/x-ndjson").text);
  CHECK(again[0]["status"] == "known");
  CHECK(again[3]["id"] == 2);
}

TEST_CASE("a CSV import with columns renamed, and a dry run") {
  Server server;
  const std::string csv = "client;Комментарий\nАкме;течёт\n";
  const std::string path =
      "/api/v1/imports?create_clients=true&map=body:%D0%9A%D0%BE%D0%BC%D0%BC%D0%B5%D0%BD%D1%82%D0%B0%D1%80%D0%B8%D0%B9";
  CHECK(lines_of(server.send("POST", path + "&dry_run=true", csv, "text/csv").text)[0]["status"] == "kept");
  CHECK(server.call("GET", "/api/v1/clients").body["items"].empty());
  CHECK(lines_of(server.send("POST", path, csv, "text/csv").text)[0]["id"] == 1);
  CHECK(server.send("POST", path, csv, "application/pdf").status == 415);
}

TEST_CASE("an insight is changed with a version, and a stale change is refused") {
  Server server;
  server.call("POST", "/api/v1/clients", {{"name", "A"}});
  const Answered kept = server.call("POST", "/api/v1/insights", {{"client", "A"}, {"body", "x"}});
  CHECK(kept.headers.find("ETag")->second == "\"v1\"");
  CHECK(server.call("PATCH", "/api/v1/insights/1", {{"title", "T"}}, {{"If-Match", "\"v1\""}}).status == 200);
  CHECK(server.call("PATCH", "/api/v1/insights/1", {{"title", "U"}}, {{"If-Match", "\"v1\""}}).status == 412);
  CHECK(server.call("PATCH", "/api/v1/insights/1", {{"title", "U"}}, {{"If-Match", "nonsense"}}).status == 422);
  CHECK(server.call("GET", "/api/v1/insights/1").body["title"] == "T");
  CHECK(server.call("GET", "/api/v1/insights/2").status == 404);
  CHECK(server.call("GET", "/api/v1/insights/x").status == 404);
  CHECK(server.call("POST", "/api/v1/insights/preview", {{"client", "A"}, {"body", "y"}}).body["route"]["queue"] ==
        "triage");
}

TEST_CASE("search never fails on what is typed, and refuses parameters that cannot be") {
  Server server;
  server.send("POST", "/api/v1/imports?create_clients=true",
              "{\"client\":\"A\",\"body\":\"pump leaks\",\"kind\":\"problem\"}\n", "application/x-ndjson");
  server.settle();
  for (const char* q : {"(", "%22", "AND", "kind%3A", "a%20-", "*", "%E2%80%A6", "%00", "field%3Ax"})
    CHECK_MESSAGE(server.call("GET", std::string("/api/v1/search?q=") + q).status == 200, q);
  server.send("POST", "/api/v1/imports?create_clients=true", "{\"client\":\"Foo, Inc.\",\"body\":\"x\"}\n",
              "application/x-ndjson");
  server.settle();
  CHECK(server.call("GET", "/api/v1/search?client=foo%2C%20inc.").body["hits"].size() == 1);
  CHECK(server.call("GET", "/api/v1/search?client=foo%2C%20inc.&client=A").body["hits"].size() == 2);
  const json faceted = server.call("GET", "/api/v1/search?q=leak&facets=kind,client&kind=problem,change").body;
  CHECK(faceted["facets"]["kind"][0]["count"] == 1);
  CHECK(faceted["total"] == json{{"value", 1}, {"relation", "exact"}});
  for (const char* bad : {"limit=0", "limit=x", "kind=odd", "from=soon", "sort=size", "cursor=z", "facets=z",
                          "colour=red", "q=%FF", "state=asleep"})
    CHECK_MESSAGE(server.call("GET", std::string("/api/v1/search?") + bad).status == 422, bad);
}

TEST_CASE("acknowledged notes survive kill -9 under load, each exactly once") {
  Server server;
  server.call("POST", "/api/v1/clients", {{"name", "A"}});
  std::atomic<bool> dead{false};
  std::mutex mutex;
  std::vector<std::string> acknowledged;
  std::vector<std::thread> threads;
  for (int t = 0; t < 6; ++t)
    threads.emplace_back([&, t] {
      httplib::Client client("127.0.0.1", server.port());
      client.set_bearer_token_auth(server.admin_token());
      for (int i = 0; !dead; ++i) {
        const std::string key = std::to_string(t) + "-" + std::to_string(i);
        const auto result = client.Post("/api/v1/insights", json{{"client", "A"}, {"body", "x"}, {"key", key}}.dump(),
                                        "application/json");
        if (!result || result->status != 201) continue;
        std::lock_guard lock(mutex);
        acknowledged.push_back(key);
      }
    });
  std::this_thread::sleep_for(std::chrono::milliseconds(700));
  server.stop(SIGKILL);
  dead = true;
  for (std::thread& thread : threads) thread.join();
  CHECK(acknowledged.size() > 20);
  Server reborn(server.data());
  reborn.settle();
  for (const std::string& key : acknowledged)
    CHECK(reborn.call("GET", "/api/v1/search?q=key%3A" + key).body["hits"].size() == 1);
  CHECK(run("tidings-indexer --data " + server.data().string() + " check").first == 0);
}

}  // namespace tidings
