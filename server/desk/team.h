// SPDX-License-Identifier: GPL-3.0-or-later
// Who can take a queue's work, and whose turn it is.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "indexer/ledger/session.h"
#include "indexer/model/user.h"
#include "indexer/model/work.h"

namespace tidings {

// The people who work a queue, as they are now. A work asks for the skills that its insight's tags name and that
// somebody present has; who has one of them fits, and everybody fits work that asks for none.
class Team {
 public:
  Team(Session& session, const Queue& queue);

  // Whether `name` fits work whose insight has these tags.
  bool fits(const std::string& name, const std::vector<std::string>& tags) const;

  // Who is to have the work: of those present who hold less than their limit, those who fit, then whoever holds least,
  // then who was given work longest ago. Not the one whose lease on it ended last, unless there is nobody else who may.
  // Empty if nobody can.
  std::string choose(const Work& work, const std::vector<std::string>& tags);

  // Counts one more work for `name`.
  void give(const std::string& name, Time now);

 private:
  std::map<std::string, User> people_;  // present
  std::set<std::string> skills_;        // of those present
  std::map<std::string, int> loads_;
  std::map<std::string, Time> given_;
};

// The waiting work of the queue that `name` should take: the most urgent that fits; if none of the first kLooked fits,
// the most urgent. Nothing if none waits that can be done.
std::optional<Work> next_for(Session& session, const Queue& queue, const std::string& name);
constexpr int kLooked = 20;

}  // namespace tidings
