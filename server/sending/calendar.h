// SPDX-License-Identifier: GPL-3.0-or-later
// A person's calendar: what their clients foresee, when their work is due, and whom they have to tell (RFC 5545).
#pragma once

#include <string>

#include "indexer/ledger/session.h"
#include "indexer/model/user.h"

namespace tidings {

// In the person's language. Foreseen windows of insights that they logged or whose client they keep, from thirty days
// ago on, at most kMostForeseen; deadlines of work they hold; and what they have to do at their clients, which stands
// on the current day until it is done. Entries keep their UIDs from one reading to the next.
std::string calendar_of(Session& session, const User& user, const std::string& ledger_id);
constexpr int kMostForeseen = 500;

}  // namespace tidings
