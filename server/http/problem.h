// SPDX-License-Identifier: GPL-3.0-or-later
// Replies: JSON, and application/problem+json (RFC 9457) for every refusal.
#pragma once

#include <httplib.h>

#include <map>
#include <string>

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

void send(const Reply& reply, httplib::Response& response);

}  // namespace tidings
