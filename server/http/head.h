// SPDX-License-Identifier: GPL-3.0-or-later
// The head of an HTTP request (request line and headers), looked at before httplib reads it: httplib skips lines that
// it does not understand, and what two programs read differently is how requests are smuggled past a proxy.
#pragma once

#include <cstdint>
#include <string_view>

namespace tidings {

struct Head {
  int refused = 0;           // an HTTP status, 0 if the head is sound
  const char* reason = "";   // why, for the client
  std::uint64_t length = 0;  // what Content-Length says
  bool chunked = false;
  bool expects = false;  // the client waits for "100 Continue" before it sends the body
};

// Judges a whole head, which ends with its empty line, by RFC 9112 (2.2 line ends, 3 request line, 3.2 Host, 5 fields,
// 6.1-6.3 lengths): only what one strict reading allows passes. Bounds: kMaxHeaderFields.
Head read_head(std::string_view bytes);

}  // namespace tidings
