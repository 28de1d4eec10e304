// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/head.h"

#include <algorithm>
#include <charconv>

#include "indexer/base/text.h"
#include "server/http/limits.h"

namespace tidings {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

// RFC 9110, 5.6.2.
bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7F; });
}

bool is(std::string_view name, std::string_view wanted) {
  return std::equal(name.begin(), name.end(), wanted.begin(), wanted.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b; });
}

// "GET /path HTTP/1.1"; the minor version, -1 if it is no request line of ours.
int minor_version(std::string_view line) {
  const std::size_t method_end = line.find(' '), version = line.rfind(' ');
  if (method_end == std::string_view::npos || version == method_end) return -1;
  const std::string_view target = line.substr(method_end + 1, version - method_end - 1);
  if (!is_token(line.substr(0, method_end)) || target.empty() || target.find_first_of(" \t") != std::string_view::npos)
    return -1;
  const std::string_view protocol = line.substr(version + 1);
  return protocol == "HTTP/1.1" ? 1 : protocol == "HTTP/1.0" ? 0 : -1;
}

bool is_host(std::string_view value) {
  return value.size() <= 255 && std::all_of(value.begin(), value.end(), [](unsigned char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  std::string_view(".-_:[]").find(static_cast<char>(c)) != std::string_view::npos;
         });
}

}  // namespace

Head read_head(std::string_view bytes) {
  Head head;
  const auto refuse = [&](int status, const char* reason) {
    head.refused = status;
    head.reason = reason;
    return head;
  };
  const std::size_t first = bytes.find(kLineEnd);
  const int minor = minor_version(bytes.substr(0, first));
  if (minor < 0 || has_control(bytes.substr(0, first))) return refuse(400, "the request line is not one of HTTP/1.1");
  bytes.remove_prefix(first + 2);
  int fields = 0, hosts = 0, lengths = 0, encodings = 0;
  while (true) {
    const std::size_t end = bytes.find(kLineEnd);
    const std::string_view line = bytes.substr(0, end);
    if (line.empty()) break;
    bytes.remove_prefix(end + 2);
    if (++fields > kMaxHeaderFields) return refuse(431, "the request has too many headers");
    const std::size_t colon = line.find(':');
    if (has_control(line) || colon == std::string_view::npos || !is_token(line.substr(0, colon)))
      return refuse(400, "a line of the header is not NAME: VALUE");
    const std::string_view name = line.substr(0, colon), value = trim(line.substr(colon + 1));
    if (is(name, "host")) {
      ++hosts;
      if (!is_host(value)) return refuse(400, "the Host header is not a host");
    } else if (is(name, "content-length")) {
      ++lengths;
      const auto read = std::from_chars(value.data(), value.data() + value.size(), head.length);
      if (value.empty() || read.ec != std::errc() || read.ptr != value.data() + value.size())
        return refuse(400, "the Content-Length is not a number");
    } else if (is(name, "transfer-encoding")) {
      ++encodings;
      head.chunked = true;
      if (!is(value, "chunked")) return refuse(501, "the only transfer encoding that is read here is \"chunked\"");
    } else if (is(name, "expect")) {
      head.expects = true;
    }
  }
  if (hosts > 1 || (hosts == 0 && minor == 1)) return refuse(400, "the request needs one Host header");
  if (lengths + encodings > 1) return refuse(400, "the request says its length twice");
  if (encodings && minor == 0) return refuse(400, "HTTP/1.0 has no transfer encodings");
  return head;
}

}  // namespace tidings
