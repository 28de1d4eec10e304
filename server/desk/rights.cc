// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/desk/rights.h"

#include <fmt/format.h>

#include "indexer/base/refusal.h"

namespace tidings {

bool may(Role role, Right right) {
  switch (right) {
    case Right::read:
    case Right::log_insights: return true;
    case Right::see_contacts:
    case Right::keep_accounts: return role != Role::technician;
    case Right::work_queues: return role != Role::rep;
    case Right::lead: return role == Role::lead || role == Role::admin;
    case Right::manage_people:
    case Right::connect_systems: return role == Role::admin;
  }
  return false;
}

bool may(const Actor& actor, Right right) {
  return may(actor.role, right) || (right == Right::see_contacts && actor.sees_contacts);
}

std::string roles_table() {
  const auto meaning = [](Right right) {
    switch (right) {
      case Right::read: return "search; read insights, work, clients, queues, rules, as far as one's reach goes";
      case Right::see_contacts: return "contacts, maps, visit cards, departures; granted to technicians one by one";
      case Right::log_insights: return "log insights, change one's own, tell the client";
      case Right::keep_accounts: return "make, change and merge clients and contacts";
      case Right::work_queues: return "claim, answer, decline, reroute";
      case Right::lead:
        return "change others' insights, act on others' work; queues, rules, settings, imports, reports, personal "
               "data, "
               "the feed";
      case Right::manage_people: return "users, invitations, others' tokens and sign-ins";
      case Right::connect_systems: return "webhooks";
    }
    return "";
  };
  std::string table = fmt::format("{:<16}", "");
  for (const auto& [role, name] : Names<Role>::all) table += fmt::format("{:<12}", name);
  for (const auto& [right, name] : Names<Right>::all) {
    table += fmt::format("\n{:<16}", name);
    for (const auto& [role, ignored] : Names<Role>::all) table += fmt::format("{:<12}", may(role, right) ? "yes" : "-");
    table += meaning(right);
  }
  return table + "\n";
}

void require(const Actor& actor, Right right) {
  if (!may(actor, right)) throw Refusal(Code::forbidden, fmt::format("a {} may not do this", to_string(actor.role)));
}

}  // namespace tidings
