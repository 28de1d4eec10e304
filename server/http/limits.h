// SPDX-License-Identifier: GPL-3.0-or-later
// Every bound of what crosses the HTTP edge, by name. The README lists them; tests try to pass each.
#pragma once

#include <chrono>
#include <cstddef>

namespace tidings {

constexpr std::size_t kMaxTarget = 4096;       // bytes of path and query
constexpr std::size_t kMaxHeaders = 32 << 10;  // bytes of request line and headers together
constexpr std::size_t kMaxRequestBody =
    8 << 20;  // bytes of a body, also when chunked; a note may be 1 MiB before escapes
constexpr std::size_t kMaxImportBody = std::size_t{1} << 30;  // bytes of an import's stream
constexpr std::chrono::seconds kIdle{75};                     // a kept-alive connection without a request
constexpr std::chrono::seconds kHeaderTime{10};               // from a request's first byte to the end of its headers
constexpr std::chrono::seconds kRequestTime{60};              // from a request's first byte to the end of its body
constexpr std::chrono::seconds kImportTime{3600};             // the same for an import
constexpr std::chrono::seconds kHeld{25};                     // for a request that waits for a change
constexpr std::chrono::seconds kStall{10};                    // without a byte, either way
constexpr std::chrono::milliseconds kLinger{
    2000};                                       // for the unread rest of a refused body, so that the refusal arrives
constexpr std::size_t kMaxLinger = 64 << 20;     // and at most so many bytes of it
constexpr int kMaxHeaderFields = 100;            // header lines of a request
constexpr std::size_t kHeldBody = 16 << 10;      // a body up to so many bytes is waited for without a worker
constexpr std::chrono::seconds kReplyTime{120};  // for a client to take in the whole reply
constexpr int kWorkers = 64;                     // requests served at once; others wait their turn
constexpr int kSlowBodies = kWorkers / 2;  // workers that may wait for the rest of a body; more are told to come back
constexpr std::size_t kMaxConnections = 2048;          // open at once; past it the longest idle one gives way
constexpr std::size_t kConnectionsAnAddress = 512;     // of those, from one address; this machine and proxies are free
constexpr std::size_t kMaxHeld = kMaxConnections / 2;  // of those, waiting for a change; more are answered at once
constexpr int kBacklog = 512;                          // connections that the system may hold for us
constexpr int kRequestsInARow = 32;                    // of one connection, before others have their turn
constexpr std::size_t kRequestsAConnection = 10'000;
constexpr std::chrono::hours kRepliesKept{24};  // for requests with an Idempotency-Key

}  // namespace tidings
