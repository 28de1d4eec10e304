// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/base/refusal.h"

namespace tidings {

std::string_view to_string(Code code) {
  switch (code) {
    case Code::invalid: return "invalid";
    case Code::unauthenticated: return "unauthenticated";
    case Code::forbidden: return "forbidden";
    case Code::not_found: return "not_found";
    case Code::conflict: return "conflict";
    case Code::stale: return "stale";
    case Code::too_large: return "too_large";
    case Code::too_many: return "too_many";
    case Code::unsupported: return "unsupported";
    case Code::unavailable: return "unavailable";
    case Code::broken: return "broken";
  }
  return "broken";
}

int http_status(Code code) {
  switch (code) {
    case Code::invalid: return 422;
    case Code::unauthenticated: return 401;
    case Code::forbidden: return 403;
    case Code::not_found: return 404;
    case Code::conflict: return 409;
    case Code::stale: return 412;
    case Code::too_large: return 413;
    case Code::too_many: return 429;
    case Code::unsupported: return 415;
    case Code::unavailable: return 503;
    case Code::broken: return 500;
  }
  return 500;
}

Refusal invalid(std::string pointer, std::string detail) {
  std::string whole = pointer.empty() ? detail : pointer + ": " + detail;
  return Refusal(Code::invalid, std::move(whole), {{std::move(pointer), std::move(detail)}});
}

}  // namespace tidings
