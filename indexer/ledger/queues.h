// SPDX-License-Identifier: GPL-3.0-or-later
// Queues, and the rules that fill them, in the ledger.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "indexer/ledger/session.h"
#include "indexer/model/user.h"
#include "indexer/model/work.h"

namespace tidings {

// What became of what a rule routed.
struct RuleRecord {
  std::int64_t hits = 0, corrected = 0;
  Time last_hit{};
};

class Queues {
 public:
  explicit Queues(Session& session) : session_(session) {}

  bool has(const std::string& name) const;
  // Throws Refusal: conflict (the name is taken), invalid (the name's letters).
  Queue create(Queue queue, const Actor& by);
  Queue change(Queue queue, const Actor& by);  // Refusal: stale
  Queue find(const std::string& name) const;   // Refusal: not_found
  std::vector<Queue> list() const;

  Rule create_rule(Rule rule, const Actor& by);  // Refusal: invalid (unknown queue)
  Rule change_rule(Rule rule, const Actor& by);
  void remove_rule(RuleId id, const Actor& by);
  Rule find_rule(RuleId id) const;
  std::vector<Rule> rules() const;  // in the order in which they are tried
  std::map<RuleId, RuleRecord> rule_records() const;

 private:
  Session& session_;
};

}  // namespace tidings
