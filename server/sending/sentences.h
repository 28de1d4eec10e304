// SPDX-License-Identifier: GPL-3.0-or-later
// What mails and calendars say, in English and Russian.
#pragma once

#include <string>
#include <string_view>

#include "indexer/ledger/follow_ups.h"
#include "indexer/model/saved_search.h"

namespace tidings {

// A sentence of the table in sentences.cc; {} of it stand for `values` in order. In English for any other language.
std::string sentence(const std::string& language, std::string_view name,
                     std::initializer_list<std::string> values = {});

// What an insight is called: its title, else how its body begins.
std::string title_of(const Insight& insight);

// What a notice tells: "There is an answer to tell: Acme, Seal leaks (queue pumps)".
std::string sentence_of(const std::string& language, const Notification& notice, const std::string& client,
                        const std::string& title);
// What there is to do: "Tell Acme: Seal leaks (for 3 days)".
std::string sentence_of(const std::string& language, const FollowUp& follow_up, Time now);

}  // namespace tidings
