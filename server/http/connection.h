// SPDX-License-Identifier: GPL-3.0-or-later
// One client's connection, as httplib's stream: what is read is bounded in bytes and time, what is written never waits.
#pragma once

#include <httplib.h>

#include <atomic>
#include <chrono>
#include <string>

#include "server/http/head.h"

namespace tidings {

// Used by one thread at a time, but for `due` and `expire`. A worker takes it once a whole head (and a small body) is
// here, lets httplib serve the request, and sends the reply as the client takes it in.
class Connection : public httplib::Stream {
 public:
  using Instant = std::chrono::steady_clock::time_point;
  // What it waits for: a request; the rest of one; the client taking in a reply; the client ending a refused body.
  enum class Phase { idle, arriving, replying, lingering };

  explicit Connection(socket_t socket);  // owns the socket
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // The connection this thread is serving, nullptr if none.
  static Connection* current();
  struct Serving {  // for as long as it stands, `current` is this connection
    explicit Serving(Connection& connection);
    ~Serving();
  };

  // Takes in what is there without waiting. True once a request can be served: its head is whole and sound, and so is
  // its body if it is small; or the head is refused (`head().refused`). False if more must come, or nothing will
  // (`ended`).
  bool receive();
  // Sends what is written and not sent yet, without waiting; false if some of it is left, or the client is gone.
  bool flush();
  // Drops what still comes after a refused body: a close with unread bytes would reset the connection, and the client
  // would lose the reply that says what was wrong. False when enough came, or the client ended.
  bool drop();
  // Waits until poll(2)'s `events` come about; false if they do not in time.
  bool wait(short events, Instant until) const;

  const Head& head() const { return head_; }
  bool waits_for_body() const;  // the worker that serves this request would have to wait for its body
  bool ended() const { return ended_; }
  bool has_output() const { return sent_ < out_.size(); }
  Phase phase() const { return phase_; }

  void begin_request();  // the head's bounds from now on
  void end_request();
  void begin_linger();
  void begin_body(std::size_t bytes,
                  std::chrono::seconds time);  // the body's bounds, counted from the request's beginning
  // For a request without a body that has nothing to be told yet, of a server that had made `seen` changes: its reply
  // is dropped, and it is served again when there are others. Not once it has waited for `kHeld`.
  void hold(std::uint64_t seen);
  bool held() const { return held_; }
  std::uint64_t seen() const { return seen_; }
  Instant held_until() const;
  void rewind();                                // to the beginning of the request that is held
  void close_after_reply() { closes_ = true; }  // what was sent was not all read
  void keep_after_reply() { closes_ = false; }
  bool closes() const { return closes_; }
  std::size_t requests() const { return requests_; }
  const std::string& address() const { return address_; }

  // When waiting ends, counted from now on by the phase; zero while a worker has it. Safe from any thread. The worker
  // that ends the wait sees all that was written by the one that began it: epoll alone promises that to no compiler.
  void wait_begins();
  void wait_ends() { due_.exchange(0); }
  std::int64_t due() const { return due_; }
  bool idles() const { return idles_; }
  void expire();  // a worker is woken and ends it
  bool expired() const { return expired_; }

  bool is_readable() const override;
  bool is_writable() const override;
  ssize_t read(char* to, size_t size) override;
  ssize_t write(const char* from, size_t size) override;  // kept until `flush`
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  socket_t socket() const override { return socket_; }

 private:
  std::size_t unread() const { return in_.size() - read_; }
  bool take_in(std::size_t room);
  void look_for_head();
  void become(Phase phase, Instant until);

  socket_t socket_;
  std::string address_;
  int port_ = 0;
  std::string in_, out_;
  std::size_t read_ = 0, sent_ = 0;  // of in_ and out_
  std::size_t looked_ = 0;           // of in_, where the head's end may not begin before
  std::size_t head_size_ = 0;        // of a whole head, else 0
  std::size_t request_at_ = 0;       // of in_, where the request being served begins
  std::size_t allowed_ = 0;          // bytes that may still be read
  std::size_t dropped_ = 0;
  std::size_t requests_ = 0;
  Head head_;
  Instant request_began_{}, deadline_{}, until_{};
  Phase phase_ = Phase::idle;
  bool ended_ = false;
  bool closes_ = false;
  bool held_ = false;
  std::uint64_t seen_ = 0;
  std::atomic<std::int64_t> due_{0};  // of the steady clock
  std::atomic<bool> idles_{true}, expired_{false};
};

}  // namespace tidings
