// SPDX-License-Identifier: GPL-3.0-or-later
// Files over HTTP: what comes in, how it goes out, to whom; what is begun and not sent; and waiting for a change.
#include <fmt/format.h>

#include <atomic>
#include <csignal>
#include <thread>

#include "server/http/limits.h"
#include "tests/api/server.h"

namespace tidings {
namespace {

std::string header(const Answered& answer, const char* name) {
  const auto found = answer.headers.find(name);
  return found == answer.headers.end() ? "" : found->second;
}

const std::string kBytes = "application/octet-stream";

}  // namespace

TEST_CASE("a file comes in by what is in it, and goes out unable to do anything") {
  Server server;
  const std::string photo = read_file(std::filesystem::path(TIDINGS_SOURCE_DIR) / "tests/support/files/photo.jpg");
  server.call("POST", "/api/v1/clients", {{"name", "A"}});
  server.call("POST", "/api/v1/insights", {{"client", "A"}, {"body", "x"}});
  const std::string path = "/api/v1/insights/1/attachments";
  const Answered added = server.send("POST", path + "?name=%D0%BD%D0%B0%D1%81%D0%BE%D1%81%22%0D%0A.exe", photo, kBytes);
  CHECK(added.status == 201);
  CHECK(added.body["type"] == "image/jpeg");
  CHECK(added.body["name"] == "насос\".exe");
  CHECK(server.send("POST", path, photo, kBytes).body["id"] == added.body["id"]);
  CHECK(server.call("GET", "/api/v1/insights/1").body["attachments"].size() == 1);

  const std::string file = fmt::format("/api/v1/attachments/{}", added.body["id"].get<int>());
  const Answered got = server.call("GET", file);
  CHECK(got.status == 200);
  CHECK(header(got, "Content-Type") == "image/jpeg");
  CHECK(header(got, "Content-Disposition") == "inline; filename*=UTF-8''насос\".exe");  // cpp-httplib decodes it
  CHECK(header(got, "Content-Security-Policy") == "default-src 'none'; sandbox");
  CHECK(header(got, "X-Content-Type-Options") == "nosniff");
  CHECK(got.text.size() == added.body["size"]);
  CHECK(server.call("GET", file, nullptr, {{"If-None-Match", header(got, "ETag")}}).status == 304);
  const Answered text = server.send("POST", path + "?name=a.html", "plain words\n", kBytes);
  CHECK(header(server.call("GET", fmt::format("/api/v1/attachments/{}", text.body["id"].get<int>())),
               "Content-Disposition") == "attachment; filename*=UTF-8''a.html");

  CHECK(server.send("POST", path, "<script>alert(1)</script>", "image/png").status == 415);
  CHECK(server.send("POST", path, "", kBytes).status == 422);
  CHECK(server.send("POST", path, std::string(kMaxRequestBody + 1, 'a'), kBytes).status == 413);
  CHECK(server.send("POST", "/api/v1/insights/99/attachments", photo, kBytes).status == 404);
  const std::string rep = server.user("anna", "rep");
  server.act_as(rep);
  CHECK(server.call("DELETE", file).status == 403);
  server.act_as(server.admin_token());
  CHECK(server.call("DELETE", file).status == 204);
  CHECK(server.call("GET", file).status == 404);
  server.act_as("");
  CHECK(server.call("GET", file).status == 401);
}

TEST_CASE("what is begun and not sent waits for its writer") {
  Server server;
  CHECK(server.call("GET", "/api/v1/unsent/answer-1").status == 404);
  CHECK(server.call("PUT", "/api/v1/unsent/answer-1", {{"text", "Begin with"}}).status == 204);
  CHECK(server.call("GET", "/api/v1/unsent/answer-1").body["text"] == "Begin with");
  CHECK(server.call("PUT", "/api/v1/unsent/answer-1", {{"text", std::string(70'000, 'a')}}).status == 422);
  CHECK(server.call("PUT", "/api/v1/unsent/" + std::string(101, 'a'), {{"text", "x"}}).status == 422);
  server.act_as(server.user("anna", "rep"));
  CHECK(server.call("GET", "/api/v1/unsent/answer-1").status == 404);
}

TEST_CASE("who waits for a change is told at once, and takes nobody's place") {
  Server server;
  server.call("POST", "/api/v1/clients", {{"name", "A"}});
  server.settle();
  const auto place = [&] { return server.call("GET", "/api/v1/changes").body["at"].get<std::int64_t>(); };
  const std::int64_t at = place();
  CHECK(server.call("GET", fmt::format("/api/v1/changes?after={}", at - 1)).body["at"] == at);

  // Three times as many wait as there are workers; others are served meanwhile, and a change ends all the waiting.
  constexpr int kWaiting = 3 * kWorkers;
  std::vector<std::thread> waiting;
  std::atomic<int> told{0}, wrong{0};
  for (int i = 0; i < kWaiting; ++i)
    waiting.emplace_back([&] {
      httplib::Client client("127.0.0.1", server.port());
      client.set_read_timeout(60);
      const auto answer = client.Get(fmt::format("/api/v1/changes?after={}", at).c_str(),
                                     {{"Authorization", "Bearer " + server.admin_token()}});
      if (answer && answer->status == 200 && json::parse(answer->body)["at"] != at)
        ++told;
      else
        ++wrong;
    });
  std::this_thread::sleep_for(std::chrono::seconds(1));
  CHECK(told + wrong == 0);
  CHECK(server.call("GET", "/api/v1/queues").status == 200);
  CHECK(server.call("POST", "/api/v1/insights", {{"client", "A"}, {"body", "x"}}).status == 201);
  for (std::thread& thread : waiting) thread.join();
  CHECK(told == kWaiting);
  CHECK(wrong == 0);

  server.act_as("");
  CHECK(server.call("GET", "/api/v1/changes").status == 401);
}

TEST_CASE("who waits and goes, waits for nothing, or waits as the server ends, does no harm") {
  Server server;
  server.settle();
  const std::int64_t at = server.call("GET", "/api/v1/changes").body["at"];
  const auto wait = [&](int seconds) {
    httplib::Client client("127.0.0.1", server.port());
    client.set_read_timeout(seconds);
    return client.Get(fmt::format("/api/v1/changes?after={}", at).c_str(),
                      {{"Authorization", "Bearer " + server.admin_token()}});
  };
  std::vector<std::thread> going;
  for (int i = 0; i < 20; ++i) going.emplace_back([&] { CHECK_FALSE(wait(1)); });
  for (std::thread& thread : going) thread.join();
  const auto nothing = wait(60);  // 25 seconds
  REQUIRE(nothing);
  CHECK(json::parse(nothing->body)["at"] == at);
  std::thread last([&] { wait(60); });
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  server.stop(SIGTERM);
  last.join();
}

}  // namespace tidings
