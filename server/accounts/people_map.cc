// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/accounts/people_map.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "indexer/base/text.h"
#include "server/accounts/book.h"

namespace tidings {
namespace {

double influence_weight(Influence influence) {
  switch (influence) {
    case Influence::decides: return 4;
    case Influence::recommends: return 3;
    case Influence::uses: return 2;
    case Influence::unknown: return 1.5;
    case Influence::opposes: return 1;
  }
  return 1;
}

std::vector<Ghost> ghosts_of(const std::vector<Contact>& contacts, const std::vector<Bond>& bonds, Day today) {
  std::vector<Ghost> ghosts;
  std::set<ContactId> known;
  for (const Bond& bond : bonds) known.insert(bond.contact);
  std::set<std::string> held;
  bool somebody_decides = false;
  for (const Contact& contact : contacts) {
    if (!is_there(contact, today)) continue;
    held.insert(fold(contact.role));
    somebody_decides |= contact.influence == Influence::decides;
  }
  for (const Contact& contact : contacts) {
    if (is_there(contact, today)) {
      if (!known.contains(contact.id)) ghosts.push_back({Ghost::Why::unknown_to_us, contact.id, contact.role});
      if (!contact.reports_to && contact.influence != Influence::decides)
        ghosts.push_back({Ghost::Why::superior, contact.id, ""});
    } else if (!contact.role.empty() && !held.contains(fold(contact.role))) {
      ghosts.push_back({Ghost::Why::vacant, contact.id, contact.role});
    }
  }
  if (!somebody_decides) ghosts.push_back({Ghost::Why::decider, {}, ""});
  return ghosts;
}

}  // namespace

bool is_there(const Contact& contact, Day today) { return !contact.left_on || *contact.left_on >= today; }

PeopleMap people_map(const std::vector<Contact>& contacts, const std::vector<Visit>& visits,
                     const std::vector<Acquaintance>& acquaintances, Day today, const Criteria& criteria) {
  std::map<std::pair<std::string, ContactId>, Bond> bonds;
  std::map<std::pair<ContactId, ContactId>, Pair> pairs;
  for (const Visit& visit : visits) {
    const Day day = to_day(visit.at);
    const double weight = std::exp2(-std::max(0.0, static_cast<double>((today - day).count())) / criteria.half_life);
    for (ContactId contact : visit.contacts) {
      Bond& bond = bonds[{visit.author, contact}];
      bond.user = visit.author;
      bond.contact = contact;
      bond.strength += weight;
      ++bond.notes;
      bond.since = std::min(bond.since.value_or(day), day);
      bond.last = std::max(bond.last.value_or(day), day);
      for (ContactId other : visit.contacts) {
        if (other <= contact) continue;
        Pair& pair = pairs[{contact, other}];
        pair.one = contact;
        pair.other = other;
        pair.strength += weight;
        ++pair.notes;
      }
    }
  }
  for (const Acquaintance& each : acquaintances) {
    Bond& bond = bonds[{each.user, each.contact}];
    bond.user = each.user;
    bond.contact = each.contact;
    bond.by_word = true;
    bond.since = std::min(bond.since.value_or(each.since), each.since);
  }
  PeopleMap map;
  for (auto& [key, bond] : bonds) map.bonds.push_back(std::move(bond));
  for (const auto& [key, pair] : pairs) map.pairs.push_back(pair);
  const auto stronger = [](const auto& a, const auto& b) { return a.strength > b.strength; };
  std::stable_sort(map.bonds.begin(), map.bonds.end(), stronger);
  std::stable_sort(map.pairs.begin(), map.pairs.end(), stronger);
  map.ghosts = ghosts_of(contacts, map.bonds, today);
  return map;
}

std::vector<Prospect> whom_to_meet(const std::vector<Contact>& contacts, const std::vector<Bond>& bonds, Day today,
                                   const Criteria& criteria, ContactId but) {
  std::vector<Prospect> all;
  for (const Contact& contact : contacts) {
    if (contact.id == but || !is_there(contact, today) || !is_personal(contact.email, criteria)) continue;
    double strength = 0;
    for (const Bond& bond : bonds)
      if (bond.contact == contact.id) strength += bond.strength;
    all.push_back({contact.id, influence_weight(contact.influence) / (1 + strength)});
  }
  std::stable_sort(all.begin(), all.end(), [](const Prospect& a, const Prospect& b) { return a.value > b.value; });
  return all;
}

}  // namespace tidings
