// SPDX-License-Identifier: GPL-3.0-or-later
// The HTTP edge: everything that crosses it is bounded, and a refusal is always a problem that can be read.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <memory>

#include <thread>

#include "server/http/limits.h"
#include "tests/api/server.h"

namespace tidings {
namespace {

// A connection on which a test may be rude.
class Raw {
 public:
  explicit Raw(int port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{20, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    REQUIRE(connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  }
  ~Raw() { close(socket_); }
  Raw(const Raw&) = delete;
  Raw& operator=(const Raw&) = delete;

  bool say(const std::string& text) {
    return ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
  }
  void read_little() {  // and late: the system holds little for us
    const int bytes = 4096;
    setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  }
  // Everything until the server closes, or `enough` is there.
  std::string hear(const std::string& enough = "") {
    std::string heard;
    char piece[4096];
    for (ssize_t got; (enough.empty() || heard.find(enough) == std::string::npos) &&
                      (got = recv(socket_, piece, sizeof piece, 0)) > 0;)
      heard.append(piece, static_cast<std::size_t>(got));
    return heard;
  }

 private:
  int socket_;
};

}  // namespace

TEST_CASE("open doors: health, readiness, metrics, the contract, the page") {
  Server server;
  server.call("POST", "/api/v1/clients", {{"name", "A"}});
  server.call("POST", "/api/v1/insights", {{"client", "A"}, {"body", "The pump leaks."}});
  server.act_as("");
  CHECK(server.call("GET", "/healthz").text == "alive\n");
  server.settle();  // routed: two documents of one insight
  const json ready = server.call("GET", "/readyz").body;
  CHECK(ready["ready"] == true);
  CHECK(ready["insights"] == 1);
  CHECK(server.call("GET", "/metrics").text.find("tidings_requests_total{") != std::string::npos);
  CHECK(server.call("GET", "/openapi.yaml").text.find("openapi: 3.1.0") != std::string::npos);
  CHECK(server.call("GET", "/records/draft.schema.json").body["title"] == "Draft");
  CHECK(server.call("GET", "/records/../ledger/0001_first.sql").status == 404);
  const Answered page = server.call("GET", "/");
  CHECK(page.status == 200);
  const std::string policy = page.headers.find("Content-Security-Policy")->second;
  CHECK(policy.find("script-src 'self';") != std::string::npos);
  CHECK(policy.find("unsafe") == std::string::npos);
  for (const char* path : {"/nothing", "/api/v1/nothing", "/api/v1/insights/1/2/3", "/app.js/"})
    CHECK(server.call("GET", path).status == 404);
  CHECK(server.call("DELETE", "/api/v1/search").body["detail"] == "this path answers to GET only");
}

TEST_CASE("bodies that are too large, no JSON or no text are refused with the reason") {
  Server server;
  CHECK(server.send("POST", "/api/v1/clients", "{\"name\":", "application/json").body["detail"] ==
        "is not JSON: error at byte 9");
  CHECK(server.send("POST", "/api/v1/clients", "{\"name\":\"\xFF\"}", "application/json").status == 422);
  CHECK(server.send("POST", "/api/v1/clients", "name=x", "application/x-www-form-urlencoded").status == 415);
  CHECK(server.send("POST", "/api/v1/clients", std::string(kMaxRequestBody + 1, ' '), "application/json").status ==
        413);
  CHECK(server.call("POST", "/api/v1/insights", {{"client", "A"}, {"body", std::string(kMaxBody + 1, 'x')}}).status ==
        422);
  CHECK(server.call("GET", "/api/v1/search?q=" + std::string(kMaxTarget, 'a')).status == 413);
  CHECK(server.call("GET", "/healthz").status == 200);
}

TEST_CASE("a chunked body is bounded as well, and what was not read ends the connection") {
  Server server;
  Raw raw(server.port());
  raw.say("POST /api/v1/clients HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + server.admin_token() +
          "\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n");
  const std::string chunk = "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
  bool said = true;
  for (std::size_t sent = 0; said && sent < 2 * kMaxRequestBody; sent += 0x10000) said = raw.say(chunk);
  const std::string heard = raw.hear();
  CHECK((heard.empty() || heard.starts_with("HTTP/1.1 413")));
  CHECK(server.call("GET", "/healthz").status == 200);
}

TEST_CASE("headers are bounded together, slow ones run out of time, and lengths said twice are refused") {
  Server server;
  SUBCASE("many headers") {
    Raw raw(server.port());
    std::string request = "GET /healthz HTTP/1.1\r\nHost: x\r\n";
    for (int i = 0; request.size() < 2 * kMaxHeaders; ++i)
      request += "X-" + std::to_string(i) + ": " + std::string(100, 'y') + "\r\n";
    raw.say(request + "\r\n");
    CHECK(raw.hear().starts_with("HTTP/1.1 431"));
  }
  SUBCASE("a header that never ends") {
    Raw raw(server.port());
    raw.say("GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ");
    const auto begun = std::chrono::steady_clock::now();
    CHECK(raw.hear().find("200 OK") == std::string::npos);
    CHECK(std::chrono::steady_clock::now() - begun < kHeaderTime + std::chrono::seconds(8));
  }
  SUBCASE("two lengths") {
    Raw raw(server.port());
    raw.say(
        "POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
        "2\r\nContent-Length: 30\r\n\r\n{}GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::string heard = raw.hear();
    CHECK(heard.starts_with("HTTP/1.1 400"));
    CHECK(heard.find("alive") == std::string::npos);
  }
  SUBCASE("a body on a GET is not taken for the next request") {
    Raw raw(server.port());
    raw.say(
        "GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 40\r\n\r\nGET /openapi.yaml HTTP/1.1\r\nHost: x\r\n\r\n ");
    const std::string heard = raw.hear();
    CHECK(heard.find("alive") != std::string::npos);
    CHECK(heard.find("openapi: 3.1.0") == std::string::npos);
  }
  SUBCASE("no HTTP at all") {
    Raw raw(server.port());
    raw.say("\x16\x03\x01\x02\x01\r\n\r\n");
    raw.hear();
  }
  CHECK(server.call("GET", "/healthz").status == 200);
}

TEST_CASE("what two programs could read differently is refused, and nothing after it is taken for a request") {
  Server server;
  const std::string get = "GET /healthz HTTP/1.1\r\n", host = "Host: x\r\n",
                    next = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
  const std::string post = "POST /api/v1/session HTTP/1.1\r\n";
  for (const std::string& request : {
           post + host + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           post + host + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
           post + host + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
           post + host + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
           post + host + " Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           post + host + "Content-Length: +2\r\n\r\n{}",
           post + host + "Content-Length: 2, 2\r\n\r\n{}",
           post + host + "Content-Length: 99999999999999999999\r\n\r\n{}",
           post + host + "X: y\r\n folded: z\r\nContent-Length: 0\r\n\r\n",
           post + host + "X: a\rContent-Length: 30\r\n\r\n",
           post + host + "X: a\nContent-Length: 30\r\n\r\n",
           std::string("POST /api/v1/session HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
           get + "\r\n",
           get + host + host + "\r\n",
           get + "Host: x/../y\r\n\r\n",
           get + host + "No colon\r\n\r\n",
           get + host + std::string("X: a\0b\r\n\r\n", 10),
           std::string("GET  /healthz HTTP/1.1\r\nHost: x\r\n\r\n"),
           std::string("GET /healthz HTTP/2.0\r\nHost: x\r\n\r\n"),
           std::string("GET /healthz\r\n\r\n"),
       }) {
    CAPTURE(request);
    Raw raw(server.port());
    raw.say(request + next);
    const std::string heard = raw.hear();
    CHECK(heard.starts_with("HTTP/1.1 "));
    CHECK((heard.starts_with("HTTP/1.1 400") || heard.starts_with("HTTP/1.1 501")));
    CHECK(heard.find("application/problem+json") != std::string::npos);
    CHECK(heard.find("alive") == std::string::npos);
  }
}

TEST_CASE("requests sent one after another without waiting are answered in turn") {
  Server server;
  Raw raw(server.port());
  std::string many;
  for (int i = 0; i < 100; ++i) many += "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
  raw.say(many + "GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string heard = raw.hear();
  std::size_t alive = 0;
  for (std::size_t at = 0; (at = heard.find("alive\n", at)) != std::string::npos; ++at) ++alive;
  CHECK(alive == 100);
  CHECK(heard.rfind("\"ready\"") != std::string::npos);
}

TEST_CASE("a thousand idle connections, slow writers and slow readers hold no worker") {
  rlimit descriptors{};
  getrlimit(RLIMIT_NOFILE, &descriptors);
  descriptors.rlim_cur = std::min<rlim_t>(descriptors.rlim_max, 4096);
  setrlimit(RLIMIT_NOFILE, &descriptors);
  Server server;
  std::vector<std::unique_ptr<Raw>> others;
  const auto open = [&](int count, const std::string& said) {
    for (int i = 0; i < count; ++i) {
      others.push_back(std::make_unique<Raw>(server.port()));
      others.back()->say(said);
    }
  };
  SUBCASE("idle after a request") {
    open(1000, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    int served = 0;
    for (const auto& raw : others) served += raw->hear("alive\n").find("200 OK") != std::string::npos;
    CHECK(served == 1000);
  }
  SUBCASE("a header that comes byte by byte") { open(300, "GET /healthz HTTP/1.1\r\nHost: x\r\nX"); }
  SUBCASE("a small body that does not come") {
    open(300,
         "POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{");
  }
  SUBCASE("large bodies that do not come") {
    open(300,
         "POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
         "900000\r\n\r\n{");
  }
  SUBCASE("replies that are not taken in") {
    std::string many;
    for (int i = 0; i < 50; ++i) many += "GET /openapi.yaml HTTP/1.1\r\nHost: x\r\n\r\n";
    for (int i = 0; i < 100; ++i) {
      others.push_back(std::make_unique<Raw>(server.port()));
      others.back()->read_little();
      others.back()->say(many);
    }
  }
  CHECK(server.call("GET", "/healthz").status == 200);
  CHECK(server.call("POST", "/api/v1/clients", {{"name", "A"}}).status == 201);
}

TEST_CASE("a small body that grows when unpacked is refused at the same bound") {
  Server server;
  const TempFolder folder;
  const auto file = folder.path() / "zeros.gz";
  REQUIRE(std::system(
              fmt::format("head -c {} /dev/zero | gzip -9c > {}", 4 * kMaxRequestBody, file.string()).c_str()) == 0);
  const std::string packed = read_file(file);
  REQUIRE(packed.size() < 64 << 10);
  const int status =
      server.send("POST", "/api/v1/clients", packed, "application/json", {{"Content-Encoding", "gzip"}}).status;
  CHECK((status == 413 || status == 415 || status == 400));
  CHECK(server.call("GET", "/healthz").status == 200);
}

TEST_CASE("SIGTERM lets requests in hand finish") {
  Server server;
  std::string notes;
  for (int i = 0; i < 3000; ++i) notes += json{{"client", "A"}, {"body", "note " + std::to_string(i)}}.dump() + "\n";
  std::string answered;
  std::thread import([&] {
    answered = server.send("POST", "/api/v1/imports?create_clients=true", notes, "application/x-ndjson").text;
  });
  // Once the first batch is kept, the request is in hand.
  for (int i = 0; i < 1000 && server.call("GET", "/api/v1/clients").body["items"].empty(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  server.stop(SIGTERM);
  import.join();
  CHECK(std::count(answered.begin(), answered.end(), '\n') == 3000);
}

}  // namespace tidings
