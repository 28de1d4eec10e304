// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/api/server.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <thread>

namespace tidings {

std::pair<int, std::string> run(const std::string& command) {
  const std::string line = std::string(TIDINGS_BIN) + "/" + command + " 2>/dev/null";
  FILE* pipe = popen(line.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string text;
  for (int c; (c = fgetc(pipe)) != EOF;) text += static_cast<char>(c);
  return {WEXITSTATUS(pclose(pipe)), text};
}

Server::Server() : data_(folder_.path() / "data") { start({}); }
Server::Server(const std::filesystem::path& data, const std::filesystem::path& log) : data_(data) { start(log); }

void Server::start(const std::filesystem::path& log) {
  int out[2];
  REQUIRE(pipe2(out, O_CLOEXEC) == 0);
  process_ = fork();
  if (process_ == 0) {
    dup2(out[1], STDOUT_FILENO);
    if (!log.empty()) dup2(open(log.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600), STDERR_FILENO);
    const std::string program = std::string(TIDINGS_BIN) + "/tidings-server";
    execl(program.c_str(), program.c_str(), "--data", data_.c_str(), "--listen", "127.0.0.1:0", "--log",
          log.empty() ? "error" : "debug", nullptr);
    _exit(127);
  }
  close(out[1]);
  FILE* lines = fdopen(out[0], "r");
  char line[200] = "";
  REQUIRE(fgets(line, sizeof line, lines) != nullptr);
  REQUIRE(sscanf(line, "listening on http://127.0.0.1:%d", &port_) == 1);
  char password[64] = "";
  // The second line is there on a first start only; what is printed is printed before anything is served.
  fcntl(out[0], F_SETFL, O_NONBLOCK);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  if (fgets(line, sizeof line, lines) &&
      sscanf(line, "first start: sign in as admin with the password %63s", password) == 1)
    first_password_ = password;
  fclose(lines);
  admin_token_ = run("tidings-indexer --data " + data_.string() + " user token admin").second;
  admin_token_ = admin_token_.substr(0, admin_token_.find('\n'));
  token_ = admin_token_;
}

Server::~Server() { stop(SIGTERM); }

void Server::stop(int signal) {
  if (process_ == 0) return;
  kill(process_, signal);
  int status = 0;
  waitpid(process_, &status, 0);
  process_ = 0;
  if (signal == SIGTERM)
    CHECK_MESSAGE((WIFEXITED(status) && WEXITSTATUS(status) == 0), "the server ended with status ", status);
}

Answered Server::send(const std::string& method, const std::string& path, const std::string& body,
                      const std::string& type, httplib::Headers headers) {
  httplib::Client client("127.0.0.1", port_);
  client.set_read_timeout(30);
  httplib::Request request;
  request.method = method;
  request.path = path;
  request.headers = std::move(headers);
  if (!token_.empty() && request.headers.count("Authorization") == 0 && request.headers.count("Cookie") == 0)
    request.headers.emplace("Authorization", "Bearer " + token_);
  if (!type.empty()) request.headers.emplace("Content-Type", type);
  request.body = body;
  const auto result = client.send(request);
  REQUIRE_MESSAGE(result, method, " ", path, " got no answer: ", httplib::to_string(result.error()));
  Answered answered{result->status, nullptr, result->body, result->headers};
  const std::string got = result->get_header_value("Content-Type");
  if (got.find("json") != std::string::npos && got.find("ndjson") == std::string::npos && !result->body.empty())
    answered.body = json::parse(result->body);
  CHECK_MESSAGE(answered.status < 500 + 503 * (answered.status == 503), method, " ", path, " broke: ", result->body);
  Contract::of_the_api().judge(method, path, result->status, got, result->body);
  return answered;
}

Answered Server::call(const std::string& method, const std::string& path, const json& body, httplib::Headers headers) {
  if (body.is_null()) return send(method, path, "", "", std::move(headers));
  return send(method, path, body.dump(), "application/json", std::move(headers));
}

std::string Server::user(const std::string& name, const std::string& role) {
  const auto before = token_;
  token_ = admin_token_;
  CHECK(call("POST", "/api/v1/users", {{"name", name}, {"role", role}}).status == 201);
  const std::string token = call("POST", "/api/v1/tokens", {{"name", "test"}, {"user", name}}).body["token"];
  token_ = before;
  return token;
}

void Server::settle() {
  for (int i = 0; i < 600; ++i) {
    const json ready = call("GET", "/readyz").body;
    if (ready["unrouted"] == 0 && ready["feed"] == ready["indexed"]) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  FAIL("the server does not settle");
}

}  // namespace tidings
