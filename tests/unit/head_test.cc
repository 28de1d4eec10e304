// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/head.h"

#include <doctest/doctest.h>

#include <string>

#include "server/http/limits.h"

namespace tidings {

TEST_CASE("the head of a request: lengths, encodings and what waits are read") {
  const Head plain = read_head("GET /a?b=c HTTP/1.1\r\nHost: [::1]:8080\r\nX-Name: caf\xC3\xA9\r\n\r\n");
  CHECK(plain.refused == 0);
  CHECK(plain.length == 0);
  const Head body = read_head("POST / HTTP/1.0\r\ncontent-LENGTH:\t 12 \r\nExpect: 100-continue\r\n\r\n");
  CHECK(body.refused == 0);
  CHECK(body.length == 12);
  CHECK(body.expects);
  CHECK_FALSE(body.chunked);
  CHECK(read_head("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n").chunked);
}

TEST_CASE("the head of a request: every byte of a sound one may be another, and it is read or refused") {
  const std::string sound = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nAccept: */*\r\n\r\n";
  int refused = 0;
  for (std::size_t at = 0; at + 4 < sound.size(); ++at)
    for (int byte = 0; byte < 256; ++byte) {
      std::string other = sound;
      other[at] = static_cast<char>(byte);
      refused += read_head(other).refused != 0;
    }
  CHECK(refused > 1000);
}

TEST_CASE("the head of a request: headers are counted") {
  std::string head = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 1; i < kMaxHeaderFields; ++i) head += "A: b\r\n";
  CHECK(read_head(head + "\r\n").refused == 0);
  CHECK(read_head(head + "A: b\r\n\r\n").refused == 431);
}

}  // namespace tidings
