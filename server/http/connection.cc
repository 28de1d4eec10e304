// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/connection.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "server/http/limits.h"

namespace tidings {
namespace {

using Steady = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kIdleLook{20};

thread_local Connection* serving = nullptr;

void address_of(const sockaddr_storage& address, std::string& ip, int& port) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.ss_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&address);
    inet_ntop(AF_INET, &v4->sin_addr, text.data(), text.size());
    port = ntohs(v4->sin_port);
  } else if (address.ss_family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&address);
    inet_ntop(AF_INET6, &v6->sin6_addr, text.data(), text.size());
    port = ntohs(v6->sin6_port);
  }
  ip = text.data();
}

// Takes in and drops what is still on its way, for a while: a close with unread bytes would reset the connection, and
// the client would lose the reply that says what was wrong.
void linger(socket_t socket) {
  const auto until = Steady::now() + kLinger;
  std::array<char, 65536> dropped;
  for (std::size_t bytes = 0; bytes < kMaxLinger;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Steady::now()).count();
    pollfd waiting{socket, POLLIN, 0};
    if (left <= 0 || poll(&waiting, 1, static_cast<int>(left)) <= 0) return;
    const ssize_t got = recv(socket, dropped.data(), dropped.size(), 0);
    if (got <= 0) return;
    bytes += static_cast<std::size_t>(got);
  }
}

}  // namespace

Connection::Connection(socket_t socket) : socket_(socket) {
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  serving = this;
}

Connection::~Connection() { serving = nullptr; }

Connection* Connection::current() { return serving; }

bool Connection::wait(short events, Instant until) const {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Steady::now());
    pollfd waiting{socket_, events, 0};
    const int ready = poll(&waiting, 1, static_cast<int>(std::max<std::int64_t>(0, left.count())));
    if (ready > 0) return true;
    if (ready == 0 && left.count() <= 0) return false;
    if (ready < 0 && errno != EINTR) return false;
  }
}

bool Connection::wait_for_request(const std::function<bool()>& hurry) {
  const auto until = Steady::now() + kIdle;
  while (begin_ == end_) {
    if (wait(POLLIN, std::min(until, Steady::now() + kIdleLook))) break;
    if (hurry() || Steady::now() >= until) return false;
  }
  return true;
}

void Connection::begin_request() {
  allowed_ = kMaxHeaders;
  request_began_ = Steady::now();
  deadline_ = request_began_ + kHeaderTime;
}

void Connection::begin_body(std::size_t bytes, std::chrono::seconds time) {
  // Chunked bodies carry sizes and line ends of their own; an eighth more than the body is room enough for honest ones.
  allowed_ = bytes + bytes / 8 + kMaxHeaders;
  deadline_ = request_began_ + time;
}

bool Connection::is_readable() const {
  return begin_ < end_ || wait(POLLIN, std::min(deadline_, Steady::now() + kStall));
}
bool Connection::is_writable() const { return wait(POLLOUT, Steady::now() + kStall); }

ssize_t Connection::read(char* to, size_t size) {
  if (begin_ == end_) {
    if (!is_readable()) return -1;
    const ssize_t got = recv(socket_, buffer_.data(), buffer_.size(), 0);
    if (got <= 0) return got;
    begin_ = 0;
    end_ = static_cast<std::size_t>(got);
  }
  size = std::min({size, end_ - begin_, allowed_});
  if (size == 0) return -1;
  std::memcpy(to, buffer_.data() + begin_, size);
  begin_ += size;
  allowed_ -= size;
  return static_cast<ssize_t>(size);
}

ssize_t Connection::write(const char* from, size_t size) {
  if (!is_writable()) return -1;
  return send(socket_, from, size, MSG_NOSIGNAL);
}

void Connection::get_remote_ip_and_port(std::string& ip, int& port) const {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getpeername(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0) address_of(address, ip, port);
}

void Connection::get_local_ip_and_port(std::string& ip, int& port) const {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0) address_of(address, ip, port);
}

Workers::Workers(int count, std::size_t max_waiting, std::atomic<int>& waiting)
    : max_waiting_(max_waiting), waiting_(waiting) {
  for (int i = 0; i < count; ++i) threads_.emplace_back([this] { work(); });
}

Workers::~Workers() = default;

void Workers::enqueue(std::function<void()> task) {
  {
    std::lock_guard lock(mutex_);
    // A task is the only one who knows its socket and closes it; when too many wait, the oldest has waited longest and
    // is run at once by the accepting thread, which makes the others wait in the system's backlog.
    if (tasks_.size() < max_waiting_) {
      tasks_.push_back(std::move(task));
      waiting_ = static_cast<int>(tasks_.size());
      task = nullptr;
    }
  }
  changed_.notify_one();
  if (task) task();
}

void Workers::shutdown() {
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Workers::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return ending_ || !tasks_.empty(); });
    if (tasks_.empty()) return;
    const auto task = std::move(tasks_.front());
    tasks_.pop_front();
    waiting_ = static_cast<int>(tasks_.size());
    lock.unlock();
    task();
    lock.lock();
  }
}

BoundedServer::BoundedServer() {
  new_task_queue = [this] { return new Workers(kWorkers, kMaxWaiting, waiting_); };  // httplib owns and deletes it
}

void BoundedServer::deepen_backlog() { ::listen(svr_sock_, kBacklog); }

bool BoundedServer::process_and_close_socket(socket_t socket) {
  {
    Connection connection(socket);
    const auto hurry = [&] { return waiting_ > 0 || svr_sock_ == INVALID_SOCKET; };
    for (std::size_t requests = 0; requests < kRequestsAConnection && connection.wait_for_request(hurry); ++requests) {
      connection.begin_request();
      bool closed = false;
      if (!process_request(connection, svr_sock_ == INVALID_SOCKET, closed, nullptr) || closed || connection.closes())
        break;
    }
  }
  shutdown(socket, SHUT_WR);
  linger(socket);
  close(socket);
  return true;
}

}  // namespace tidings
