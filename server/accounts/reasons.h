// SPDX-License-Identifier: GPL-3.0-or-later
// Why a client wants attention, in the reader's words.
#pragma once

#include <string>

#include "indexer/base/json.h"
#include "server/accounts/book.h"
#include "server/accounts/silence.h"

namespace tidings {

// [{what, …figures, why, clears, find}], the gravest first; empty where all is well. why and clears are sentences in
// `language` ("ru", else English); find is a search for the notes behind it. What:
//   silent      nobody spoke with them for longer than a step of their ladder
//   left_alone  contact has halved since the last deal
//   to_tell     answers wait to be told; to_ask: questions wait to be passed on
//   one_contact more than sole_share of what we know comes through one person there, or we know one only
//   one_of_us   the same of us
//   nameless    notes since then name nobody, and so count for nothing
json reasons_of(const AccountState& state, const Silence& silence, Day today, const Criteria& criteria,
                const std::function<std::string(ContactId)>& name_of, const std::string& language);

}  // namespace tidings
