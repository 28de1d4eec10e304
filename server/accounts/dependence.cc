// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/accounts/dependence.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace tidings {
namespace {

template <class Who>
class Tally {
 public:
  void add(const std::vector<Who>& who, const Visit& visit, double weight, bool open) {
    for (const Who& each : who) {
      Hold<Who>& hold = holds_[each];
      hold.who = each;
      ++hold.notes;
      hold.strength += weight / static_cast<double>(who.size());
      hold.last = std::max(hold.last, visit.at);
      if (open && who.size() == 1) ++hold.foresights;
    }
    if (!who.empty()) total_ += weight;
  }

  std::vector<Hold<Who>> read() const {
    std::vector<Hold<Who>> all;
    for (const auto& [who, hold] : holds_) {
      all.push_back(hold);
      all.back().share = total_ > 0 ? hold.strength / total_ : 0;
    }
    std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.share > b.share; });
    return all;
  }

 private:
  std::map<Who, Hold<Who>> holds_;
  double total_ = 0;
};

}  // namespace

bool is_open_foresight(const Visit& visit, Day today) {
  return visit.foreseen_to && *visit.foreseen_to >= today && !visit.outcome_known;
}

Dependence dependence_of(const std::vector<Visit>& visits, Day today, int half_life) {
  Dependence all;
  Tally<ContactId> contacts;
  Tally<std::string> authors;
  for (const Visit& visit : visits) {
    const double age = static_cast<double>((today - to_day(visit.at)).count());
    const double weight = std::exp2(-std::max(0.0, age) / half_life);
    const bool open = is_open_foresight(visit, today);
    ++all.notes;
    all.open_foresights += open;
    contacts.add(visit.contacts, visit, weight, open);
    authors.add({visit.author}, visit, weight, open);
  }
  all.contacts = contacts.read();
  all.authors = authors.read();
  return all;
}

Loss loss_without(const std::vector<Visit>& visits, ContactId contact, Day today) {
  Loss loss;
  for (const Visit& visit : visits) {
    if (visit.contacts != std::vector<ContactId>{contact}) continue;
    if (is_open_foresight(visit, today)) loss.foresights.push_back(visit.insight);
    if (visit.work == WorkState::answered || visit.work == WorkState::told) loss.answers.push_back(visit.insight);
    if (visit.work && is_open(*visit.work)) loss.works.push_back(visit.insight);
  }
  return loss;
}

}  // namespace tidings
