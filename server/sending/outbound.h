// SPDX-License-Identifier: GPL-3.0-or-later
// One way out for HTTP of ours: bounded in time, without redirects and proxies of the environment, and, unless private
// addresses are allowed, to public ones alone. What may be connected to is decided when the address is known, so that
// no name can lead elsewhere later.
#pragma once

#include <curl/curl.h>

#include <map>
#include <string>

#include "indexer/base/clock.h"

namespace tidings {

constexpr Millis kOutboundTime{15'000};
constexpr Millis kConnectTime{5'000};

// Bounds a transfer of libcurl's; `refused` becomes true if its address was not public. Both outlive the transfer.
void bound_transfer(CURL* easy, const std::string& url, bool private_too, bool* refused);

struct Asked {
  std::string url;
  std::map<std::string, std::string> headers;
  std::string form;            // POSTed as application/x-www-form-urlencoded, unless empty
  std::string user, password;  // Basic, where `user` is given
};
// The body of a 200 answer, at most 1 MiB. Blocks up to kOutboundTime. Throws Refusal: unavailable, for any other.
std::string ask(const Asked& asked, bool private_too);

// For a query or form.
std::string percent_encoded(const std::string& text);

}  // namespace tidings
