// SPDX-License-Identifier: GPL-3.0-or-later
// What each role may do: one table. What depends on the thing itself (whose note, whose work) is asked where it is
// done.
#pragma once

#include <string_view>

#include "indexer/model/user.h"

namespace tidings {

enum class Right {
  read,             // search, read insights, work, clients, contacts, queues, rules
  log_insights,     // log insights, change one's own, tell the client
  keep_accounts,    // make and change clients and contacts
  work_queues,      // claim, answer, decline, reroute
  lead,             // change others' insights, act on others' work, queues, rules, imports, the feed
  manage_people,    // users, others' tokens
  connect_systems,  // webhooks
};

bool may(Role role, Right right);

// Throws Refusal: forbidden, naming what is missing.
void require(const Actor& actor, Right right);

}  // namespace tidings
