// SPDX-License-Identifier: GPL-3.0-or-later
// Trains the learned router from what became of notes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "indexer/base/stop.h"
#include "server/routing/model.h"

namespace tidings {

// What one note teaches.
struct Example {
  InsightId insight = 0;
  NoteText text;
  std::string queue;     // it belongs there; empty: not known
  std::string not_here;  // it does not belong there; or empty
  bool weak = false;     // counts half
};

// A queue of fewer examples is not learned, and a base of fewer than two such queues has no model.
constexpr std::size_t kLeastExamples = 5;
constexpr std::size_t kMaxExamples = 50'000;

// LIBLINEAR's L2-regularised squared-hinge classifier, one queue against the rest, on all cores. The same examples give
// the same model, to the bit. At most kMaxExamples and about 200 MB are used; the first count. Nothing if there are too
// few examples, or when `stop` is wished.
std::optional<RoutingModel> train(const std::vector<Example>& examples, const ModelAge& age, const Stop& stop);

}  // namespace tidings
