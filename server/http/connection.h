// SPDX-License-Identifier: GPL-3.0-or-later
// What cpp-httplib 0.11 leaves open, closed: headers and bodies bounded in bytes and time, a deep backlog, and workers
// that idle keep-alive connections cannot hold while others wait.
#pragma once

#include <httplib.h>

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace tidings {

// One client's connection, over many requests; one worker at a time. Reads past a bound fail, which ends the
// connection.
class Connection : public httplib::Stream {
 public:
  explicit Connection(socket_t socket);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Waits for a request's first byte: true when it is there. `hurry` is asked now and then: an idle connection gives
  // way.
  bool wait_for_request(const std::function<bool()>& hurry);
  void begin_request();  // the header's bounds from now on
  void begin_body(std::size_t bytes,
                  std::chrono::seconds time);   // the body's bounds, counted from the request's beginning
  void close_after_reply() { closes_ = true; }  // what was sent was not all read
  void keep_after_reply() { closes_ = false; }
  bool closes() const { return closes_; }

  // The connection this thread is serving, nullptr if none.
  static Connection* current();

  bool is_readable() const override;
  bool is_writable() const override;
  ssize_t read(char* to, size_t size) override;
  ssize_t write(const char* from, size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  socket_t socket() const override { return socket_; }

 private:
  using Instant = std::chrono::steady_clock::time_point;
  bool wait(short events, Instant until) const;

  socket_t socket_;
  std::array<char, 16384> buffer_{};
  std::size_t begin_ = 0, end_ = 0;  // of what is buffered
  std::size_t allowed_ = 0;          // bytes that may still be read
  Instant request_began_{};
  Instant deadline_{};
  bool closes_ = false;
};

// Workers that take connections in turn; `waiting` says whether somebody has none yet.
class Workers : public httplib::TaskQueue {
 public:
  Workers(int count, std::size_t max_waiting, std::atomic<int>& waiting);
  ~Workers() override;
  void enqueue(std::function<void()> task) override;
  void shutdown() override;

 private:
  void work();
  std::size_t max_waiting_;
  std::atomic<int>& waiting_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

// httplib's server over Connections.
class BoundedServer : public httplib::Server {
 public:
  BoundedServer();
  // Call between bind and listen: a backlog deeper than httplib's 5.
  void deepen_backlog();

 private:
  bool process_and_close_socket(socket_t socket) override;
  std::atomic<int> waiting_{0};
};

}  // namespace tidings
