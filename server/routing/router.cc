// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/routing/router.h"

#include <fmt/format.h>

#include "server/search/standing.h"

namespace tidings {
namespace {

Route by_rules(const std::vector<const Rule*>& matching, std::size_t tried) {
  Route route;
  if (matching.empty()) {
    route.reasons.push_back(tried == 0 ? "There are no rules." : fmt::format("None of {} rules found it.", tried));
    return route;
  }
  const Rule& first = *matching.front();
  route.queue = first.queue;
  route.by = RoutedBy::rule;
  route.rule = first.id;
  route.reasons.push_back(fmt::format("Rule “{}” found it: {}.", first.name, first.query));
  for (std::size_t i = 1; i < matching.size(); ++i)
    if (matching[i]->queue != first.queue) {
      route.reasons.push_back(
          fmt::format("Next would have been rule “{}”, queue {}.", matching[i]->name, matching[i]->queue));
      break;
    }
  return route;
}

}  // namespace

std::vector<Route> decide_routes(const std::vector<WholeInsight>& insights, const std::vector<Rule>& rules,
                                 const Vocabulary& vocabulary) {
  std::vector<const Rule*> tried;
  std::vector<std::string> queries;
  for (const Rule& rule : rules) {
    if (!rule.enabled) continue;
    tried.push_back(&rule);
    queries.push_back(rule.query);
  }
  std::vector<Route> routes;
  for (const auto& numbers : match_queries(insights, queries, vocabulary)) {
    std::vector<const Rule*> matching;
    for (std::size_t number : numbers) matching.push_back(tried[number]);
    routes.push_back(by_rules(matching, tried.size()));
  }
  return routes;
}

}  // namespace tidings
