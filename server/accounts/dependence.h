// SPDX-License-Identifier: GPL-3.0-or-later
// On whom our knowledge of a client hangs: the share of it that came through one contact, or through one of us.
#pragma once

#include <string>
#include <vector>

#include "indexer/ledger/visits.h"

namespace tidings {

// A note of age a days weighs 2^(-a / half_life), divided among those who told it; shares of sums of such weights do
// not change as time goes by. An open foresight is one whose window has not passed and whose outcome is not known; it
// hangs on whoever alone told it.
template <class Who>
struct Hold {
  Who who{};
  double share = 0;     // of all that named somebody
  int notes = 0;        // in which they have a part
  int foresights = 0;   // open ones that nobody else told
  Time last{};          // the last note
  double strength = 0;  // the sum of the weights today
};
struct Dependence {
  int notes = 0, open_foresights = 0;
  std::vector<Hold<ContactId>> contacts;   // the greatest share first
  std::vector<Hold<std::string>> authors;  // of us
};
Dependence dependence_of(const std::vector<Visit>& visits, Day today, int half_life);

bool is_open_foresight(const Visit& visit, Day today);

// What nobody could tell us about if a contact left, the oldest first.
struct Loss {
  std::vector<InsightId> foresights;  // open ones that lose their only witness
  std::vector<InsightId> answers;     // answered or told, and heard by nobody else there
  std::vector<InsightId> works;       // open work without anybody to ask
};
Loss loss_without(const std::vector<Visit>& visits, ContactId contact, Day today);

}  // namespace tidings
