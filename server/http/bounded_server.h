// SPDX-License-Identifier: GPL-3.0-or-later
// What cpp-httplib 0.11 leaves open, closed: connections wait in a poller, only ready ones take a worker, and every
// bound of server/http/limits.h holds before httplib reads a request.
#pragma once

#include <httplib.h>
#include <sys/epoll.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "server/http/connection.h"

namespace tidings {

// Threads that all wait on one epoll instance: a connection's event wakes one of them, and is not armed again before
// that one is done with it.
class Workers : public httplib::TaskQueue {
 public:
  // `serve` answers one request whose head is whole; false ends the connection after the reply.
  // `changes` counts, ever up, what may end the wait of a request that is held; asked from a thread of ours.
  Workers(int count, std::vector<std::string> free_addresses, std::function<bool(Connection&)> serve,
          std::function<std::uint64_t()> changes);
  ~Workers() override;

  void enqueue(std::function<void()> task) override { task(); }  // httplib's accepting thread hands over a socket
  void shutdown() override;                                      // requests in hand are finished
  void take(socket_t socket);

 private:
  void work();
  void keep_time();
  void go_on(Connection& connection);
  bool put_aside(Connection& connection);      // false if too many are held
  void wake_held();                            // called with the mutex held
  bool serve_request(Connection& connection);  // false ends the connection after the reply
  void refuse(Connection& connection, int status, const char* reason);
  // Waits for the events; false if the system does not let it.
  bool arm(Connection& connection, unsigned events, int how = EPOLL_CTL_MOD);
  void end(Connection& connection);
  bool has_room(const std::string& address);

  const std::vector<std::string> free_addresses_;
  const std::function<bool(Connection&)> serve_;
  const std::function<std::uint64_t()> changes_;
  int epoll_, bell_;  // the bell ends the workers
  std::atomic<int> slow_bodies_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ending_ = false;
  std::unordered_map<const Connection*, std::unique_ptr<Connection>> connections_;
  std::unordered_map<std::string, std::size_t> addresses_;
  struct Held {
    Connection* connection;
    Connection::Instant look;
  };
  std::vector<Held> held_;  // not armed: nothing else touches them
  std::uint64_t last_changes_ = 0;
  std::vector<std::thread> threads_;
};

// httplib's server over Workers.
class BoundedServer : public httplib::Server {
 public:
  BoundedServer();
  // Addresses whose connections are not counted: proxies, behind which many people are. Call before listen.
  void set_free_addresses(std::vector<std::string> addresses) { free_addresses_ = std::move(addresses); }
  // Counts what requests that are held wait for. Call before listen; any thread may then ask.
  void set_changes(std::function<std::uint64_t()> changes) { changes_ = std::move(changes); }
  // Call between bind and listen: a backlog deeper than httplib's 5.
  void deepen_backlog();

 private:
  bool process_and_close_socket(socket_t socket) override;
  std::vector<std::string> free_addresses_;
  std::function<std::uint64_t()> changes_ = [] { return std::uint64_t{0}; };
  Workers* workers_ = nullptr;  // httplib's, while it listens
};

}  // namespace tidings
