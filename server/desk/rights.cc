// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/desk/rights.h"

#include <fmt/format.h>

#include "indexer/base/refusal.h"

namespace tidings {

bool may(Role role, Right right) {
  switch (right) {
    case Right::read:
    case Right::log_insights: return true;
    case Right::keep_accounts: return role != Role::technician;
    case Right::work_queues: return role != Role::rep;
    case Right::lead: return role == Role::lead || role == Role::admin;
    case Right::manage_people:
    case Right::connect_systems: return role == Role::admin;
  }
  return false;
}

void require(const Actor& actor, Right right) {
  if (!may(actor.role, right))
    throw Refusal(Code::forbidden, fmt::format("a {} may not do this", to_string(actor.role)));
}

}  // namespace tidings
