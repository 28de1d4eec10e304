// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/bounded_server.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "indexer/base/log.h"
#include "server/http/limits.h"
#include "server/http/problem.h"

namespace tidings {
namespace {

using Steady = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kLook{250};  // how exactly waiting ends
constexpr std::chrono::seconds kLookAgain{5};    // at what is held: another process may have changed it

Code code_of(int status) {
  switch (status) {
    case 431: return Code::too_large;
    case 501: return Code::unsupported;
    case 503: return Code::unavailable;
    default: return Code::invalid;
  }
}

}  // namespace

Workers::Workers(int count, std::vector<std::string> free_addresses, std::function<bool(Connection&)> serve,
                 std::function<std::uint64_t()> changes)
    : free_addresses_(std::move(free_addresses)),
      serve_(std::move(serve)),
      changes_(std::move(changes)),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      bell_(eventfd(0, EFD_CLOEXEC)) {
  epoll_event rings{EPOLLIN, {}};  // for as long as it rings, so that every worker hears it
  if (epoll_ < 0 || bell_ < 0 || epoll_ctl(epoll_, EPOLL_CTL_ADD, bell_, &rings) != 0)
    throw Refusal(Code::unavailable, "the system has no more file descriptors to wait with");
  for (int i = 0; i < count; ++i) threads_.emplace_back([this] { work(); });
  threads_.emplace_back([this] { keep_time(); });
}

Workers::~Workers() {
  close(bell_);
  close(epoll_);
}

void Workers::shutdown() {
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  const std::uint64_t one = 1;
  if (::write(bell_, &one, sizeof one) != sizeof one) spdlog::error("http event=bell_stuck");
  for (std::thread& thread : threads_) thread.join();
  const auto until = Steady::now() + kLinger;
  for (const auto& [key, connection] : connections_)
    while (connection->has_output() && !connection->ended() && connection->wait(POLLOUT, until)) connection->flush();
  connections_.clear();
}

// Called with the mutex held.
bool Workers::has_room(const std::string& address) {
  const bool free = address.starts_with("127.") || address == "::1" ||
                    std::find(free_addresses_.begin(), free_addresses_.end(), address) != free_addresses_.end();
  if (!free && addresses_[address] >= kConnectionsAnAddress) return false;
  if (connections_.size() < kMaxConnections) return true;
  Connection* longest = nullptr;
  for (const auto& [key, connection] : connections_)
    if (connection->idles() && connection->due() != 0 && !connection->expired() &&
        (!longest || connection->due() < longest->due()))
      longest = connection.get();
  if (longest) longest->expire();
  return longest != nullptr;
}

void Workers::take(socket_t socket) {
  auto taken = std::make_unique<Connection>(socket);
  Connection& connection = *taken;
  bool room;
  {
    std::lock_guard lock(mutex_);
    room = has_room(connection.address());
    ++addresses_[connection.address()];
    connections_.emplace(&connection, std::move(taken));
  }
  changed_.notify_all();
  if (room && arm(connection, EPOLLIN, EPOLL_CTL_ADD)) return;
  refuse(connection, 503, "too many connections are open; come back in a moment");
  connection.flush();
  end(connection);
}

void Workers::end(Connection& connection) {
  std::lock_guard lock(mutex_);
  const auto counted = addresses_.find(connection.address());
  if (--counted->second == 0) addresses_.erase(counted);
  connections_.erase(&connection);
}

bool Workers::arm(Connection& connection, unsigned events, int how) {
  epoll_event event{events | EPOLLONESHOT, {.ptr = &connection}};
  const socket_t socket = connection.socket();
  connection.wait_begins();
  // From here on another worker may have the connection, and may have ended it.
  return epoll_ctl(epoll_, how, socket, &event) == 0;
}

void Workers::work() {
  while (true) {
    epoll_event event{};
    if (epoll_wait(epoll_, &event, 1, -1) < 1) continue;
    if (!event.data.ptr) return;
    auto& connection = *static_cast<Connection*>(event.data.ptr);
    connection.wait_ends();
    go_on(connection);
  }
}

void Workers::keep_time() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    if (connections_.empty())
      changed_.wait(lock, [&] { return ending_ || !connections_.empty(); });
    else
      changed_.wait_for(lock, kLook, [&] { return ending_; });
    const std::int64_t now = Steady::now().time_since_epoch().count();
    for (const auto& [key, connection] : connections_)
      if (const std::int64_t due = connection->due(); due != 0 && due < now && !connection->expired())
        connection->expire();
    wake_held();
  }
}

bool Workers::put_aside(Connection& connection) {
  std::lock_guard lock(mutex_);
  if (held_.size() >= kMaxHeld) return false;
  connection.rewind();
  held_.push_back({&connection, std::min<Connection::Instant>(connection.held_until(), Steady::now() + kLookAgain)});
  return true;
}

void Workers::wake_held() {
  // Changes of the look before: by now they can be found, too.
  const std::uint64_t changes = std::exchange(last_changes_, changes_());
  const auto now = Steady::now();
  // Armed for writing, which it is ready for: a worker takes it at once.
  std::erase_if(held_, [&](const Held& held) {
    return (held.connection->seen() < changes || held.look <= now) && arm(*held.connection, EPOLLOUT);
  });
}

void Workers::refuse(Connection& connection, int status, const char* reason) {
  const Reply problem = to_reply(Refusal(code_of(status), reason), "");
  json body = problem.body;
  body["status"] = status;
  const std::string text = dump(body);
  const std::string reply =
      fmt::format("HTTP/1.1 {} Refused\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n{}\r\n{}",
                  status, problem.type, text.size(), status == 503 ? "Retry-After: 1\r\n" : "", text);
  connection.close_after_reply();
  connection.write(reply.data(), reply.size());
  spdlog::info("http event=refused status={} reason={} address={}", status, log_value(reason), connection.address());
}

bool Workers::serve_request(Connection& connection) {
  if (connection.head().refused) {
    refuse(connection, connection.head().refused, connection.head().reason);
    return false;
  }
  const bool waits = connection.waits_for_body();
  if (waits && ++slow_bodies_ > kSlowBodies) {
    --slow_bodies_;
    refuse(connection, 503, "too many requests are being sent slowly; come back in a moment");
    return false;
  }
  connection.begin_request();
  bool keeps;
  {
    const Connection::Serving serving(connection);
    keeps = serve_(connection);
  }
  if (waits) --slow_bodies_;
  if (connection.held()) return true;
  return keeps && !connection.closes() && connection.requests() < kRequestsAConnection;
}

void Workers::go_on(Connection& connection) {
  using Phase = Connection::Phase;
  for (int served = 0;;) {
    if (connection.expired() && connection.phase() != Phase::lingering) return end(connection);
    if (connection.phase() == Phase::lingering) {
      if (!connection.drop()) return end(connection);
      return void(arm(connection, EPOLLIN));
    }
    if (connection.has_output() || connection.phase() == Phase::replying) {
      if (!connection.flush()) {
        if (connection.ended()) return end(connection);
        return void(arm(connection, EPOLLOUT));
      }
      if (connection.closes()) {
        connection.begin_linger();
        continue;
      }
    }
    // Others have their turn. What is here already would not be told again by EPOLLIN.
    if (served == kRequestsInARow) return void(arm(connection, EPOLLOUT));
    if (!connection.receive()) {
      if (connection.ended()) return end(connection);
      return void(arm(connection, EPOLLIN));
    }
    if (!serve_request(connection)) connection.close_after_reply();
    if (connection.held() && put_aside(connection)) return;
    connection.end_request();
    ++served;
  }
}

BoundedServer::BoundedServer() {
  new_task_queue = [this] {
    workers_ = new Workers(
        kWorkers, free_addresses_,
        [this](Connection& connection) {
          bool closed = false;
          return process_request(connection, svr_sock_ == INVALID_SOCKET, closed, nullptr) && !closed;
        },
        changes_);
    return workers_;  // httplib owns and deletes it
  };
}

void BoundedServer::deepen_backlog() { ::listen(svr_sock_, kBacklog); }

bool BoundedServer::process_and_close_socket(socket_t socket) {
  workers_->take(socket);
  return true;
}

}  // namespace tidings
