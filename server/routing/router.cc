// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/routing/router.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "server/search/standing.h"

namespace tidings {
namespace {

// Answered insights less alike than this say nothing about where a note belongs.
constexpr double kAlike = 0.15;
constexpr std::size_t kLooksAlike = 10;
constexpr std::size_t kFewInsights = 20;  // so many at once are compared with others; a bulk of them is not

std::string in_quotes(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += fmt::format("{}“{}”", text.empty() ? "" : ", ", word);
  return text;
}

std::vector<std::string> words_of(const std::vector<Reason>& reasons) {
  std::vector<std::string> words;
  for (const Reason& each : reasons) words.push_back(each.word);
  return words;
}

json to_rows(const std::vector<Reason>& reasons) {
  json rows = json::array();
  for (const Reason& each : reasons) rows.push_back({{"word", each.word}, {"weight", each.weight}});
  return rows;
}

std::string with_chance(const Candidate& candidate) {
  return fmt::format("{} ({:.0f} %)", candidate.queue, 100 * candidate.probability);
}

// Lays what was learned over a decision that no rule made.
void by_model(const Judgement& judgement, const Wanted& wanted, Route& route) {
  const Candidate& first = judgement.candidates.front();
  const Candidate& second = judgement.candidates.at(1);
  route.candidates = judgement.candidates;
  route.confidence = first.probability;
  route.evidence = {{"margin", judgement.margin},
                    {"examples", judgement.examples},
                    {"for", to_rows(judgement.speaks_for)},
                    {"against", to_rows(judgement.speaks_against)},
                    {"without", judgement.would_change},
                    {"would_go", judgement.would_go.empty() ? json() : json(judgement.would_go)}};
  if (judgement.sure) {
    route.queue = first.queue;
    route.by = RoutedBy::learned;
    route.reasons.push_back(fmt::format("Learned from {} notes of queue {}; the next is {}.", judgement.examples,
                                        first.queue, with_chance(second)));
  } else {
    route.reasons.push_back(fmt::format("Not sure enough between {} and {}: {} wants {:.0f} of 100 right.",
                                        with_chance(first), with_chance(second), first.queue,
                                        100 * wanted(first.queue)));
  }
  if (!judgement.speaks_for.empty())
    route.reasons.push_back(fmt::format("For {} speak {}.", first.queue, in_quotes(words_of(judgement.speaks_for))));
  if (!judgement.speaks_against.empty())
    route.reasons.push_back(fmt::format("Against it speak {}.", in_quotes(words_of(judgement.speaks_against))));
  if (!judgement.would_go.empty())
    route.reasons.push_back(
        fmt::format("Without {} it would have gone to {}.", in_quotes(judgement.would_change), judgement.would_go));
}

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
  route.confidence = 1;
  route.candidates = {{first.queue, 1}};
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

Wanted wanted_by(const std::vector<Queue>& queues) {
  return [&queues](const std::string& name) {
    const auto queue = std::find_if(queues.begin(), queues.end(), [&](const Queue& each) { return each.name == name; });
    return queue == queues.end() ? 2.0 : queue->precision;
  };
}

NoteText text_of(const WholeInsight& whole) {
  const Insight& insight = whole.insight;
  return {insight.title, insight.body, insight.industry.empty() ? whole.client.industry : insight.industry,
          std::string(to_string(insight.kind))};
}

void Router::use(std::shared_ptr<const RoutingModel> model) {
  const std::lock_guard lock(mutex_);
  model_ = std::move(model);
}

std::shared_ptr<const RoutingModel> Router::model() const {
  const std::lock_guard lock(mutex_);
  return model_;
}

std::vector<Route> Router::decide(const std::vector<WholeInsight>& insights, const std::vector<Rule>& rules,
                                  const std::vector<Queue>& queues, const Vocabulary& vocabulary) const {
  const auto model = this->model();
  const Wanted wanted = wanted_by(queues);
  std::vector<Route> routes = decide_routes(insights, rules, vocabulary);
  for (std::size_t i = 0; i < routes.size(); ++i) {
    if (routes[i].by == RoutedBy::rule) continue;
    if (model)
      by_model(model->judge(text_of(insights[i]), wanted), wanted, routes[i]);
    else if (insights.size() <= kFewInsights)
      look_alike(insights[i], routes[i]);
  }
  return routes;
}

void Router::look_alike(const WholeInsight& insight, Route& route) const {
  route.reasons.emplace_back("Too few notes were answered yet to learn from them.");
  std::map<std::string, double> by_queue;
  std::map<std::string, int> notes;
  double all = 0, most = 0;
  for (const Alike& each : searcher_.similar(insight, kLooksAlike, kEverything)) {
    if (each.likeness < kAlike || !each.hit["answered"].get<bool>() || each.hit["queue"] == kTriage) continue;
    const std::string queue = each.hit["queue"].get<std::string>();
    by_queue[queue] += each.likeness;
    ++notes[queue];
    all += each.likeness;
    most = std::max(most, each.likeness);
  }
  for (const auto& [queue, likeness] : by_queue) route.candidates.push_back({queue, most * likeness / all});
  std::sort(route.candidates.begin(), route.candidates.end(),
            [](const Candidate& a, const Candidate& b) { return a.probability > b.probability; });
  if (route.candidates.empty()) return;
  route.confidence = route.candidates.front().probability;
  // By number only: who reads this may not reach those notes.
  std::string alike;
  for (const auto& [queue, count] : notes) alike += fmt::format("{}{} of {}", alike.empty() ? "" : ", ", count, queue);
  route.reasons.push_back(fmt::format("Alike and answered: {}.", alike));
}

}  // namespace tidings
