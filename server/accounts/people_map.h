// SPDX-License-Identifier: GPL-3.0-or-later
// Who is who at a client, who of us knows them, and who is missing.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "indexer/ledger/visits.h"
#include "indexer/model/account.h"
#include "server/accounts/criteria.h"

namespace tidings {

// Somebody of ours knows a contact: by notes, each of which weighs 2^(-age / half_life), or by their own word.
struct Bond {
  std::string user;
  ContactId contact = 0;
  double strength = 0;  // the sum of the weights
  int notes = 0;
  std::optional<Day> since, last;
  bool by_word = false;
};

// A place where a person is missing.
//   unknown_to_us  a contact with whom nobody of ours has ever spoken; who = the contact
//   vacant         a contact left, and nobody there has the role since; who = the one who left
//   superior       nobody knows to whom a contact reports, who does not decide alone; who = the contact
//   decider        of nobody there is it known that they decide
struct Ghost {
  enum class Why { unknown_to_us, vacant, superior, decider } why = Why::decider;
  std::optional<ContactId> who;
  std::string role;
};
template <>
struct Names<Ghost::Why> {
  static constexpr std::pair<Ghost::Why, std::string_view> all[] = {{Ghost::Why::unknown_to_us, "unknown_to_us"},
                                                                    {Ghost::Why::vacant, "vacant"},
                                                                    {Ghost::Why::superior, "superior"},
                                                                    {Ghost::Why::decider, "decider"}};
};

// Two contacts who told us things together.
struct Pair {
  ContactId one = 0, other = 0;
  double strength = 0;
  int notes = 0;
};

struct PeopleMap {
  std::vector<Bond> bonds;  // the strongest first
  std::vector<Pair> pairs;  // the strongest first
  std::vector<Ghost> ghosts;
};
PeopleMap people_map(const std::vector<Contact>& contacts, const std::vector<Visit>& visits,
                     const std::vector<Acquaintance>& acquaintances, Day today, const Criteria& criteria);

// Whom to meet, the best first: who is still there and a person, by how they weigh on decisions (decides 4, recommends
// 3, uses 2, unknown 1.5, opposes 1) divided by 1 + the strength of our bonds with them. Without `but`.
struct Prospect {
  ContactId contact = 0;
  double value = 0;
};
std::vector<Prospect> whom_to_meet(const std::vector<Contact>& contacts, const std::vector<Bond>& bonds, Day today,
                                   const Criteria& criteria, ContactId but = 0);

bool is_there(const Contact& contact, Day today);

}  // namespace tidings
