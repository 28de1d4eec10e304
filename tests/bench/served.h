// SPDX-License-Identifier: GPL-3.0-or-later
// What benchmarks of a running server share: starting one, running programs, medians.
#pragma once

#include <fcntl.h>
#include <httplib.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "indexer/base/json.h"

namespace tidings {

using Steady = std::chrono::steady_clock;

inline double seconds_since(Steady::time_point begin) {
  return std::chrono::duration<double>(Steady::now() - begin).count();
}

inline double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

[[noreturn]] inline void fail(const std::string& why) {
  std::cerr << "bench: " << why << "\n";
  std::exit(2);
}

inline std::string output_of(const std::string& command) {
  FILE* pipe = popen(command.c_str(), "r");
  std::string text;
  for (int c; pipe && (c = fgetc(pipe)) != EOF;) text += static_cast<char>(c);
  if (!pipe || pclose(pipe) != 0) fail(command + " failed");
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

// A server of build/bin on a free port, ended by its own process id.
class Server {
 public:
  explicit Server(const std::filesystem::path& data, const char* option = nullptr) {
    int out[2];
    if (pipe2(out, O_CLOEXEC) != 0) fail("no pipe");
    process_ = fork();
    if (process_ == 0) {
      dup2(out[1], STDOUT_FILENO);
      const std::string program = std::string(TIDINGS_BIN) + "/tidings-server";
      execl(program.c_str(), program.c_str(), "--data", data.c_str(), "--listen", "127.0.0.1:0", "--log", "off", option,
            nullptr);
      _exit(127);
    }
    close(out[1]);
    FILE* lines = fdopen(out[0], "r");
    if (fscanf(lines, "listening on http://127.0.0.1:%d", &port_) != 1) fail("the server did not start");
    fclose(lines);
  }
  ~Server() {
    kill(process_, SIGTERM);
    waitpid(process_, nullptr, 0);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  httplib::Client client(const std::string& token) const {
    httplib::Client client("127.0.0.1", port_);
    client.set_keep_alive(true);
    client.set_tcp_nodelay(true);
    client.set_bearer_token_auth(token.c_str());
    return client;
  }

 private:
  pid_t process_ = 0;
  int port_ = 0;
};

}  // namespace tidings
