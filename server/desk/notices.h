// SPDX-License-Identifier: GPL-3.0-or-later
// Telling people of what concerns them, once.
#pragma once

#include <string>
#include <vector>

#include "indexer/ledger/session.h"
#include "indexer/model/saved_search.h"
#include "indexer/model/work.h"

namespace tidings {

// The active users that an audience (see SavedSearch) means now.
std::vector<std::string> members_of(Session& session, const std::string& audience);

// Whether an audience names somebody there can be: user:NAME, role:ROLE or queue:NAME that are there. Throws Refusal:
// invalid, at `pointer`.
void require_audience(Session& session, const std::string& audience, const std::string& pointer);

// In a changing session: tells all of `audience` of `work`, unless they were told for this `reason` before; how many
// were told. `detail` goes along with the work's id and queue.
int notify(Session& session, const std::string& audience, NoticeKind kind, const Work& work, const std::string& reason,
           json detail = json::object());

}  // namespace tidings
