// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a plan over the index: the best, the newest or the soonest documents of what it finds, within a time budget.
#pragma once

#include <xapian.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <vector>

#include "server/search/query_maker.h"

namespace tidings {

struct Found {
  Serial serial = 0;
  double weight = 0;
};

struct Ranked {
  std::vector<Found> found;  // in order
  std::int64_t total = 0;    // matches seen
  bool exact = false;        // there are no others
  bool more = false;         // there are more than were wanted
  bool in_time = true;       // the budget was enough; else `found` is the best so far
};

class Ranking {
 public:
  struct Budget {
    std::chrono::steady_clock::time_point begun;
    Millis time;
  };

  // Insights after `newest_insight` are left out, so that what arrives while somebody turns pages does not move them.
  Ranking(const Sight& sight, Serial newest_first, InsightId newest_insight, Budget budget,
          QueryMaker::Completions completions)
      : sight_(sight),
        newest_first_(newest_first),
        newest_insight_(newest_insight),
        budget_(budget),
        maker_(sight, std::move(completions)) {}

  // The `wanted` documents with the highest weight.
  Ranked best(const Plan& plan, const std::vector<Xapian::Query>& filters, std::size_t wanted);
  // The `wanted` documents that were recorded last.
  Ranked newest(const Plan& plan, const std::vector<Xapian::Query>& filters, std::size_t wanted);
  // The `wanted` documents whose foreseen window begins first; those that foresee nothing come last.
  Ranked soonest(const Plan& plan, const std::vector<Xapian::Query>& filters, std::size_t wanted);
  // Shows each match, in any order, until `most` were seen. `found` stays empty.
  Ranked each(const Plan& plan, const std::vector<Xapian::Query>& filters, std::int64_t most,
              const std::function<void(Serial)>& on_match);

 private:
  class Keeper;
  class BestSoFar;
  class Collector;
  struct OutOfTime {};
  Ranked run(Xapian::Query query, const std::vector<Xapian::Query>& filters, std::size_t wanted, bool is_dear);
  double postings(const Plan& plan) const;
  // Adds weight for words that were typed next to each other and stand close to each other.
  void draw_together(const Plan& plan, std::vector<Found>& found) const;
  static void cut(Ranked& ranked, std::size_t wanted);
  // Adds a little weight for what was answered and what is recent, and puts in order.
  void prefer(std::vector<Found>& found) const;
  Xapian::Query filtered(const Xapian::Query& query, const std::vector<Xapian::Query>& filters) const;
  // Matches with serials after `after`, the first `wanted` by `before`.
  Ranked collect(const Xapian::Query& query, Serial after, std::size_t wanted,
                 const std::function<bool(Serial, Serial)>& before);

  const Sight& sight_;
  Serial newest_first_;
  InsightId newest_insight_;
  Budget budget_;
  QueryMaker maker_;
};

}  // namespace tidings
