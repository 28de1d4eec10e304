// SPDX-License-Identifier: GPL-3.0-or-later
// bench-connections: no-op requests a second of the guarded server, beside cpp-httplib's own with the same handler and
// as many workers, over the same keep-alive connections, in turns; and how long a new user waits while many idle
// connections are open.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <CLI/CLI.hpp>
#include <thread>

#include "indexer/base/log.h"
#include "server/http/bounded_server.h"
#include "server/http/limits.h"
#include "tests/bench/served.h"

namespace {

using namespace tidings;

constexpr std::string_view kRequest = "GET /noop HTTP/1.1\r\nHost: bench\r\n\r\n";

class Caller {
 public:
  explicit Caller(int port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) fail("no connection");
  }
  ~Caller() { close(socket_); }
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;
  bool call() const {
    if (send(socket_, kRequest.data(), kRequest.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(kRequest.size()))
      return false;
    std::string heard;
    char piece[1024];
    while (!heard.ends_with("\r\n\r\nok")) {
      const ssize_t got = recv(socket_, piece, sizeof piece, 0);
      if (got <= 0) return false;
      heard.append(piece, static_cast<std::size_t>(got));
    }
    return true;
  }

 private:
  int socket_;
};

// A server in this process while it stands.
template <typename Kind>
class Running {
 public:
  Running() {
    server_.Get("/noop",
                [](const httplib::Request&, httplib::Response& response) { response.set_content("ok", "text/plain"); });
    server_.set_tcp_nodelay(true);
    server_.set_keep_alive_max_count(1'000'000'000);
    if constexpr (std::is_same_v<Kind, httplib::Server>)
      server_.new_task_queue = [] { return new httplib::ThreadPool(kWorkers); };
    port_ = server_.bind_to_any_port("127.0.0.1");
    if constexpr (std::is_same_v<Kind, BoundedServer>) server_.deepen_backlog();
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ~Running() {
    server_.stop();
    thread_.join();
  }
  int port() const { return port_; }

 private:
  Kind server_;
  std::thread thread_;
  int port_ = 0;
};

double requests_a_second(int port, int clients, int count) {
  std::vector<std::thread> threads;
  const auto begin = Steady::now();
  for (int i = 0; i < clients; ++i)
    threads.emplace_back([&] {
      const Caller caller(port);
      for (int k = 0; k < count / clients; ++k)
        if (!caller.call()) fail("a request was not answered");
    });
  for (std::thread& thread : threads) thread.join();
  return count / clients * clients / seconds_since(begin);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"No-op requests a second, beside cpp-httplib's own server", "bench-connections"};
  int clients = 16, rounds = 5, count = 40000, idle = 1000;
  app.add_option("--clients", clients, "Keep-alive connections at once")->capture_default_str();
  app.add_option("--rounds", rounds, "Of which the medians are printed")->capture_default_str();
  app.add_option("--requests", count, "In each round")->capture_default_str();
  app.add_option("--idle", idle, "Idle connections while a new user comes")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  spdlog::set_level(spdlog::level::off);
  rlimit descriptors{};
  getrlimit(RLIMIT_NOFILE, &descriptors);
  descriptors.rlim_cur = descriptors.rlim_max;
  setrlimit(RLIMIT_NOFILE, &descriptors);
  std::vector<double> plain, guarded, waits;
  {
    const Running<httplib::Server> theirs;
    const Running<BoundedServer> ours;
    for (int i = 0; i < rounds; ++i) {
      plain.push_back(requests_a_second(theirs.port(), clients, count));
      guarded.push_back(requests_a_second(ours.port(), clients, count));
    }
  }
  {
    const Running<BoundedServer> ours;
    std::vector<std::unique_ptr<Caller>> others;
    for (int i = 0; i < idle; ++i) {
      others.push_back(std::make_unique<Caller>(ours.port()));
      if (!others.back()->call()) fail("one of the idle connections was not answered");
    }
    for (int i = 0; i < 200; ++i) {
      const auto begin = Steady::now();
      if (!Caller(ours.port()).call()) fail("the new user was not answered");
      waits.push_back(1000 * seconds_since(begin));
    }
    for (const auto& other : others)
      if (!other->call()) fail("an idle connection was not answered again");
  }
  std::cout << fmt::format(
      "{} connections, medians of {} rounds of {} requests\ncpp-httplib  {:7.0f} requests/s\nguarded      {:7.0f} "
      "requests/s  "
      "{:.2f} of it\na new user beside {} idle connections waits {:.2f} ms (median), {:.2f} ms (longest of {})\n",
      clients, rounds, count, median(plain), median(guarded), median(guarded) / median(plain), idle, median(waits),
      *std::max_element(waits.begin(), waits.end()), waits.size());
}
