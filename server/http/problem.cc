// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/problem.h"

namespace tidings {
namespace {

const char* title_of(Code code) {
  switch (code) {
    case Code::invalid: return "The input breaks a rule";
    case Code::unauthenticated: return "Sign in first";
    case Code::forbidden: return "Not allowed";
    case Code::not_found: return "Not found";
    case Code::conflict: return "Not possible as things are";
    case Code::stale: return "Changed in the meantime";
    case Code::too_large: return "Too large";
    case Code::too_many: return "Too many at once";
    case Code::unsupported: return "Not a format that is read here";
    case Code::unavailable: return "Not just now";
    case Code::broken: return "Our fault";
  }
  return "Refused";
}

}  // namespace

Reply to_reply(const Refusal& refusal, const std::string& request_id) {
  Reply reply;
  reply.status = http_status(refusal.code());
  reply.type = "application/problem+json";
  const bool ours = refusal.code() == Code::broken;
  reply.body = {{"type", "about:blank"},
                {"title", title_of(refusal.code())},
                {"status", reply.status},
                {"code", to_string(refusal.code())},
                {"detail", ours ? "something broke on our side; tell whoever runs this server the request's number"
                                : refusal.detail()},
                {"errors", json::array()},
                {"request", request_id}};
  if (!ours)
    for (const Fault& fault : refusal.faults())
      reply.body["errors"].push_back({{"pointer", fault.pointer}, {"detail", fault.detail}});
  if (refusal.code() == Code::unavailable || refusal.code() == Code::too_many) reply.headers["Retry-After"] = "1";
  if (refusal.code() == Code::unauthenticated) reply.headers["WWW-Authenticate"] = "Bearer";
  return reply;
}

void send(const Reply& reply, httplib::Response& response) {
  response.status = reply.status;
  for (const auto& [name, value] : reply.headers) response.set_header(name, value);
  if (!reply.text.empty())
    response.set_content(reply.text, reply.type);
  else if (!reply.body.is_null())
    response.set_content(reply.body.dump(-1, ' ', false, json::error_handler_t::replace), reply.type);
}

}  // namespace tidings
