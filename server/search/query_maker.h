// SPDX-License-Identifier: GPL-3.0-or-later
// A plan as a query for Xapian's matcher.
#pragma once

#include <xapian.h>

#include <functional>
#include <string>
#include <vector>

#include "server/search/plan.h"
#include "server/search/sources.h"

namespace tidings {

class QueryMaker {
 public:
  // The stems of the words that begin so, the commonest first.
  using Completions = std::function<std::vector<std::string>(const std::string& beginning)>;

  QueryMaker(const Sight& sight, Completions completions) : sight_(sight), completions_(std::move(completions)) {}

  // The query of a plan, weighted.
  //
  // With `hopeful`, among any of several words at the plan's top the common ones only add weight to what the rarer ones
  // find. That is far faster, and gives the same hits as the whole query if as many of them as are wanted weigh
  // common_bound() or more: nothing with common words alone can weigh as much.
  Xapian::Query make(const Plan& plan, bool hopeful);
  double common_bound() const { return common_bound_; }  // of the last make(); 0: the query is whole anyway

  // The same for who wants no weights: tells only what is found.
  Xapian::Query make_plain(const Plan& plan);

 private:
  Xapian::Query convert(const Plan& plan, bool top);
  Xapian::Query any(const Plan& plan, bool top);
  Xapian::Query leaf(const Plan& plan) const;
  // The leaves' columns as one source; `bound`, if given, is set to what no document's weight exceeds.
  Xapian::Query column_query(const std::vector<const Plan*>& leaves, double* bound) const;
  const Column* column_of(const Plan& plan) const;

  const Sight& sight_;
  Completions completions_;
  bool hopeful_ = false;
  double common_bound_ = 0;
};

// Documents of that choice, without weight; `share`: about what part of all they are.
Xapian::Query choose(const Sight& sight, ChoiceSource::Choice choice, double share);

// Tells whether a fact of a document is, folded, `value`.
ChoiceSource::Choice fact_is(const Tables& tables, Fact fact, const std::vector<std::string>& values);
ChoiceSource::Choice said_within(std::optional<Day> from, std::optional<Day> to);
ChoiceSource::Choice foreseen_within(std::optional<Day> from, std::optional<Day> to);

}  // namespace tidings
