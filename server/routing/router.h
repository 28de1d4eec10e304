// SPDX-License-Identifier: GPL-3.0-or-later
// Which queue an insight belongs in, and why: a rule that matches; else what was learned, if it is sure enough; else
// triage, with the candidates.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "indexer/ledger/insights.h"
#include "server/routing/model.h"
#include "server/search/searcher.h"
#include "server/search/vocabulary.h"

namespace tidings {

// What the rules say, one decision for each insight; triage where none matches. `rules` in the order in which they are
// tried; disabled ones are passed over. Pure.
std::vector<Route> decide_routes(const std::vector<WholeInsight>& insights, const std::vector<Rule>& rules,
                                 const Vocabulary& vocabulary);

// Any thread.
class Router {
 public:
  explicit Router(const Searcher& searcher) : searcher_(searcher) {}

  // What was learned so far. Without a model, insights that are alike and were answered are the candidates.
  void use(std::shared_ptr<const RoutingModel> model);
  std::shared_ptr<const RoutingModel> model() const;

  // One decision for each insight; the queues say how sure the model must be.
  std::vector<Route> decide(const std::vector<WholeInsight>& insights, const std::vector<Rule>& rules,
                            const std::vector<Queue>& queues, const Vocabulary& vocabulary) const;

 private:
  void look_alike(const WholeInsight& insight, Route& route) const;

  const Searcher& searcher_;
  mutable std::mutex mutex_;  // of the model
  std::shared_ptr<const RoutingModel> model_;
};

// The precision that each of `queues` wants; of one that is not there, more than can be had.
Wanted wanted_by(const std::vector<Queue>& queues);

// What the router reads in an insight.
NoteText text_of(const WholeInsight& whole);

}  // namespace tidings
