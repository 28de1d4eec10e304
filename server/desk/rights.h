// SPDX-License-Identifier: GPL-3.0-or-later
// What each role may do: one table. What depends on the thing itself (whose note, whose work) is asked where it is
// done; which things are there for somebody at all, ledger/reach.h says.
#pragma once

#include <string>
#include <string_view>

#include "indexer/model/user.h"

namespace tidings {

enum class Right { read, see_contacts, log_insights, keep_accounts, work_queues, lead, manage_people, connect_systems };
template <>
struct Names<Right> {
  static constexpr std::pair<Right, std::string_view> all[] = {{Right::read, "read"},
                                                               {Right::see_contacts, "see_contacts"},
                                                               {Right::log_insights, "log_insights"},
                                                               {Right::keep_accounts, "keep_accounts"},
                                                               {Right::work_queues, "work_queues"},
                                                               {Right::lead, "lead"},
                                                               {Right::manage_people, "manage_people"},
                                                               {Right::connect_systems, "connect_systems"}};
};

bool may(Role role, Right right);
// With what is granted to a person beyond their role: contacts to a technician.
bool may(const Actor& actor, Right right);

// The table as text: a row a right, with what it lets somebody do, a column a role.
std::string roles_table();

// Throws Refusal: forbidden, naming what is missing.
void require(const Actor& actor, Right right);

}  // namespace tidings
