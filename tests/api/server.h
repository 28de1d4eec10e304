// SPDX-License-Identifier: GPL-3.0-or-later
// A real tidings-server on a free port of 127.0.0.1, ended by its own process id; every answer goes past the contract.
#pragma once

#include <httplib.h>
#include <sys/types.h>

#include <string>

#include "tests/api/contract.h"
#include "tests/support/support.h"

namespace tidings {

struct Answered {
  int status = 0;
  json body;  // null if it is no JSON
  std::string text;
  httplib::Headers headers;
};

// Runs a program of build/bin and returns its exit code and what it printed on standard output.
std::pair<int, std::string> run(const std::string& command);

class Server {
 public:
  Server();
  // With a file as `log`, all that it logs goes there.
  explicit Server(const std::filesystem::path& data, const std::filesystem::path& log = {});
  ~Server();

  // As admin, unless another token is given; "" sends none.
  Answered call(const std::string& method, const std::string& path, const json& body = nullptr,
                httplib::Headers headers = {});
  Answered send(const std::string& method, const std::string& path, const std::string& body, const std::string& type,
                httplib::Headers headers = {});
  void act_as(const std::string& token) { token_ = token; }
  // A new user with this role; their token.
  std::string user(const std::string& name, const std::string& role);
  // Until everything acknowledged so far can be searched and is routed.
  void settle();

  int port() const { return port_; }
  const std::filesystem::path& data() const { return data_; }
  std::string admin_token() const { return admin_token_; }
  std::string first_password() const { return first_password_; }
  void stop(int signal);

 private:
  void start(const std::filesystem::path& log);
  TempFolder folder_;
  std::filesystem::path data_;
  pid_t process_ = 0;
  int port_ = 0;
  std::string admin_token_, token_, first_password_;
};

}  // namespace tidings
