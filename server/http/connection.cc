// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/connection.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "server/http/limits.h"

namespace tidings {
namespace {

using Steady = std::chrono::steady_clock;
constexpr std::size_t kPiece = 16 << 10;      // bytes asked of the system at once
constexpr std::size_t kFlushAt = 256 << 10;   // written bytes that are not kept back until the reply's end
constexpr std::size_t kKeptBuffer = 4 << 10;  // an idle connection holds no more

thread_local Connection* serving = nullptr;

void read_address(const sockaddr_storage& address, std::string& ip, int& port) {
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

bool would_wait(ssize_t result) { return result < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR); }

}  // namespace

Connection::Connection(socket_t socket) : socket_(socket), until_(Steady::now() + kIdle) {
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getpeername(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0) read_address(address, address_, port_);
}

Connection::~Connection() {
  shutdown(socket_, SHUT_WR);
  close(socket_);
}

Connection* Connection::current() { return serving; }

Connection::Serving::Serving(Connection& connection) { serving = &connection; }
Connection::Serving::~Serving() { serving = nullptr; }

void Connection::become(Phase phase, Instant until) {
  phase_ = phase;
  until_ = until;
  idles_ = phase == Phase::idle;
}

bool Connection::take_in(std::size_t room) {
  if (read_ > 0) {
    in_.erase(0, read_);
    looked_ -= std::min(looked_, read_);
    read_ = 0;
  }
  const std::size_t before = in_.size();
  in_.resize(before + std::min(room, kPiece));
  const ssize_t got = recv(socket_, in_.data() + before, in_.size() - before, MSG_DONTWAIT);
  in_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  if (got == 0 || (got < 0 && !would_wait(got))) ended_ = true;
  return got > 0;
}

void Connection::look_for_head() {
  const std::string_view bytes = std::string_view(in_).substr(read_);
  for (std::size_t begin = looked_ - read_, line; (line = bytes.find('\n', begin)) != std::string_view::npos;
       begin = line + 1, looked_ = read_ + begin) {
    const std::string_view before = bytes.substr(0, line);
    if (!before.ends_with('\r')) return void(head_ = {400, "a line of the header ends in LF without CR"});
    if (before.ends_with("\r\n\r")) {
      head_size_ = line + 1;
      break;
    }
  }
  if ((head_size_ ? head_size_ : bytes.size()) > kMaxHeaders)
    head_ = {431, "the request's header is too long"};
  else if (head_size_)
    head_ = read_head(bytes.substr(0, head_size_));
  if (head_size_) until_ = request_began_ + kRequestTime;
}

bool Connection::receive() {
  while (true) {
    if (unread() > 0 && phase_ == Phase::idle) {
      request_began_ = Steady::now();
      become(Phase::arriving, request_began_ + kHeaderTime);
    }
    if (head_size_ == 0) look_for_head();
    if (head_.refused) return true;
    std::size_t wanted = kMaxHeaders + 1;
    if (head_size_)
      wanted = head_size_ + (head_.chunked || head_.expects || head_.length > kHeldBody ? 0 : head_.length);
    if (head_size_ && unread() >= wanted) return true;
    if (!take_in(wanted - unread())) return false;
  }
}

bool Connection::waits_for_body() const {
  return head_.chunked || head_.expects || unread() < head_size_ + head_.length;
}

void Connection::begin_request() {
  allowed_ = kMaxHeaders;
  deadline_ = request_began_ + kHeaderTime;
  request_at_ = read_;
  ++requests_;
}

Connection::Instant Connection::held_until() const { return request_began_ + kHeld; }

void Connection::hold(std::uint64_t seen) {
  held_ = Steady::now() < held_until();
  seen_ = seen;
}

void Connection::rewind() {
  held_ = false;
  read_ = request_at_;
  out_.clear();
  --requests_;
}

void Connection::end_request() {
  head_size_ = 0;
  head_ = {};
  held_ = false;
  looked_ = read_;
  become(Phase::replying, Steady::now() + kReplyTime);
}

void Connection::begin_body(std::size_t bytes, std::chrono::seconds time) {
  // Chunked bodies carry sizes and line ends of their own; an eighth more than the body is room enough for honest ones.
  allowed_ = bytes + bytes / 8 + kMaxHeaders;
  deadline_ = request_began_ + time;
}

bool Connection::flush() {
  while (sent_ < out_.size()) {
    const ssize_t sent = ::send(socket_, out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) {
      if (!would_wait(sent)) ended_ = true;
      return false;
    }
    sent_ += static_cast<std::size_t>(sent);
  }
  out_.clear();
  sent_ = 0;
  if (out_.capacity() > kKeptBuffer) out_.shrink_to_fit();
  if (phase_ == Phase::replying) {
    become(Phase::idle, Steady::now() + kIdle);
    if (unread() == 0) {
      in_.clear();
      read_ = looked_ = 0;
      if (in_.capacity() > kKeptBuffer) in_.shrink_to_fit();
    }
  }
  return true;
}

void Connection::begin_linger() {
  shutdown(socket_, SHUT_WR);
  in_.clear();
  read_ = looked_ = 0;
  become(Phase::lingering, Steady::now() + kLinger);
}

bool Connection::drop() {
  while (dropped_ < kMaxLinger && take_in(kPiece)) {
    dropped_ += in_.size();
    in_.clear();
  }
  return !ended_ && !expired_ && dropped_ < kMaxLinger;
}

void Connection::wait_begins() { due_ = until_.time_since_epoch().count(); }

void Connection::expire() {
  expired_ = true;
  shutdown(socket_, SHUT_RDWR);
}

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

bool Connection::is_readable() const {
  return unread() > 0 || wait(POLLIN, std::min(deadline_, Steady::now() + kStall));
}

bool Connection::is_writable() const { return !ended_; }

ssize_t Connection::read(char* to, size_t size) {
  while (unread() == 0) {
    flush();  // "100 Continue", which the client waits for
    if (ended_ || !is_readable()) return -1;
    take_in(kPiece);
  }
  size = std::min({size, unread(), allowed_});
  if (size == 0) return -1;
  std::memcpy(to, in_.data() + read_, size);
  read_ += size;
  allowed_ -= size;
  return static_cast<ssize_t>(size);
}

ssize_t Connection::write(const char* from, size_t size) {
  if (ended_) return -1;
  out_.append(from, size);
  if (out_.size() - sent_ >= kFlushAt) flush();
  return static_cast<ssize_t>(size);
}

void Connection::get_remote_ip_and_port(std::string& ip, int& port) const {
  ip = address_;
  port = port_;
}

void Connection::get_local_ip_and_port(std::string& ip, int& port) const {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0) read_address(address, ip, port);
}

}  // namespace tidings
