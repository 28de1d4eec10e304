// SPDX-License-Identifier: GPL-3.0-or-later
// What comes over a connection, through the whole server: the guard, httplib, who is asking (cookies, tokens), routes,
// parameters, bodies. "$ADMIN" and "$REP" in the input stand for tokens that are good.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "indexer/base/clock.h"
#include "indexer/index/follower.h"
#include "indexer/ledger/people.h"
#include "indexer/reading/importer.h"
#include "server/http/app.h"
#include "tests/fuzz/target.h"

namespace tidings {
namespace {

const Actor kFuzzer{"system:fuzz", Role::admin};

// A server that is there until the process ends.
class Served {
 public:
  Served() {
    ledger_.write([&](Session& session) {
      for (const auto& [name, role] : {std::pair("admin", Role::admin), std::pair("rep", Role::rep)}) {
        User user;
        user.name = name;
        user.role = role;
        People(session).create(user, "", kFuzzer);
        TokenInfo token;
        token.user = name;
        (role == Role::admin ? admin : rep) = People(session).create_token(token, kFuzzer).second;
      }
      Draft draft;
      draft.client = "Acme";
      draft.insight.body = "the pump leaks";
      Insights(session).keep(draft, {true}, kFuzzer);
    });
    follower_.catch_up(stop_);
    port = app_.bind("127.0.0.1", 0);
    std::thread([this] { app_.serve(); }).detach();
  }

  std::string admin, rep;
  int port = 0;

 private:
  SystemClock clock_;
  Stop stop_;
  Ledger ledger_{"sqlite:" + (fuzz_folder() / "ledger.db").string(), clock_};
  Follower follower_{ledger_, fuzz_folder() / "index"};
  Searcher searcher_{fuzz_folder() / "index"};
  Router router_{searcher_};
  Training training_{ledger_, router_, clock_, fuzz_folder() / "router.model", stop_};
  Metrics metrics_;
  Diary diary_;
  AccountBook accounts_{ledger_, clock_};
  ForesightBook foresights_{ledger_, accounts_, clock_};
  Door door_{ledger_};
  App app_{{ledger_,
            searcher_,
            router_,
            training_,
            clock_,
            metrics_,
            diary_,
            accounts_,
            foresights_,
            door_,
            nullptr,
            false,
            false,
            {{"127.0.0.1"}, "X-User"}}};
};

void put_in(std::string& text, const std::string& name, const std::string& value) {
  for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size()))
    text.replace(at, name.size(), value);
}

std::string answer_to(int port, const std::string& request) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string heard;
  if (connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
    // What is not taken in is the server's to refuse.
    static_cast<void>(send(socket, request.data(), request.size(), MSG_NOSIGNAL));
    shutdown(socket, SHUT_WR);
    char piece[16384];
    for (ssize_t got; (got = recv(socket, piece, sizeof piece, 0)) > 0;)
      heard.append(piece, static_cast<std::size_t>(got));
  }
  close(socket);
  return heard;
}

}  // namespace
}  // namespace tidings

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace tidings;
  static const auto* const served = new Served();  // its threads outlive main
  std::string request(input_of(bytes, size));
  put_in(request, "$ADMIN", served->admin);
  put_in(request, "$REP", served->rep);
  const std::string heard = answer_to(served->port, request);
  if (heard.find("HTTP/1.1 500") == 0 || heard.find("\r\nHTTP/1.1 500") != std::string::npos)
    throw std::logic_error("answered with 500: " + heard.substr(0, 400));
  return 0;
}
