// SPDX-License-Identifier: GPL-3.0-or-later
// Replies: JSON, and application/problem+json (RFC 9457) for every refusal.
#pragma once

#include <httplib.h>

#include <map>
#include <string>
#include <string_view>

#include "indexer/base/json.h"
#include "indexer/base/refusal.h"

namespace tidings {

struct Reply {
  int status = 200;
  json body;                                   // null: no body
  std::map<std::string, std::string> headers;  // besides Content-Type
  std::string text;                            // instead of body, of type `type`
  std::string type = "application/json";
};

// {type, title, status, code, detail, errors, request}. What is ours to mend (code broken) says nothing of the inside.
Reply to_reply(const Refusal& refusal, const std::string& request_id);

// Puts the reply into the response, packed (gzip) where whoever asks takes it and it is worth it. A reply that names
// its own Content-Encoding is left as it is. cpp-httplib itself would pack with Brotli's slowest, 40 ms for a page of
// hits. Returns the body's bytes as they are sent.
std::size_t send(Reply reply, const httplib::Request& request, httplib::Response& response);

// Does the client's Accept-Encoding name this coding, without refusing it by a weight of zero (RFC 9110, 12.5.3)?
bool accepts(const httplib::Request& request, std::string_view coding);

}  // namespace tidings
