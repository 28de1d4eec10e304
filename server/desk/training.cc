// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/desk/training.h"

#include <algorithm>
#include <map>
#include <thread>

#include "indexer/base/background.h"
#include "indexer/base/log.h"
#include "indexer/ledger/feed.h"
#include "indexer/ledger/insights.h"
#include "indexer/ledger/queues.h"
#include "indexer/ledger/works.h"
#include "server/routing/trainer.h"

namespace tidings {
namespace {

// Trained anew after so many lessons more, and so large a share of those there are; after any correction once it is
// ten minutes old.
constexpr std::int64_t kEnoughNew = 20;
constexpr std::int64_t kEnoughShare = 20;
constexpr Millis kOld{600'000};

constexpr std::size_t kShownConfusions = 30;
constexpr std::size_t kShownMisfiled = 30;
constexpr double kPerhapsMisfiled = 0.6;  // the chance of another queue from which on a note may be in the wrong one
constexpr Millis kShownWeeks{26LL * 7 * 86'400'000};
constexpr std::chrono::days kRecent{28};     // what drift compares with the weeks before
constexpr std::int64_t kEnoughToDrift = 20;  // routes on either side, below which chance says more than drift does

// The strongest lesson that a piece of work teaches.
Example to_example(Lesson lesson) {
  Example example;
  example.insight = lesson.insight;
  example.text = {std::move(lesson.title), std::move(lesson.body), std::move(lesson.industry), std::move(lesson.kind)};
  if (lesson.state == WorkState::declined)
    example.not_here = lesson.queue;
  else
    example.queue = lesson.queue;
  example.weak = lesson.state == WorkState::claimed;
  return example;
}

// How a queue fares among the notes held out.
struct Tally {
  std::int64_t belong = 0, routed = 0, right = 0, sent = 0;  // sent: of those that belong, to any queue
};

// What became of what was routed to a queue.
struct Routed {
  std::int64_t routed = 0, corrected = 0;
  double kept() const { return routed == 0 ? 0 : 1 - static_cast<double>(corrected) / static_cast<double>(routed); }
};

double share(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

Training::Training(Ledger& ledger, Router& router, const Clock& clock, std::filesystem::path file, const Stop& stop)
    : ledger_(ledger), router_(router), clock_(clock), file_(std::move(file)), stop_(stop) {}

bool Training::train_now() {
  const std::lock_guard lock(one_at_a_time_);
  std::vector<Example> examples;
  std::int64_t place = 0;
  bool is_known = false;  // nothing happened since: it would be the same model
  ledger_.read([&](Session& session) {
    const Works works(session);
    learned_ = works.lesson_counts();
    place = Feed(session).head();
    const auto known = router_.model();
    is_known = known && known->parts().age.place == place;
    if (is_known) return;
    for (Lesson& lesson : works.lessons(static_cast<int>(kMaxExamples)))
      examples.push_back(to_example(std::move(lesson)));
  });
  if (is_known) return true;
  trained_at_ = clock_.now();
  auto model = train(examples, {place, to_millis(trained_at_)}, stop_);
  if (stop_.wished()) return false;
  spdlog::info("router event={} lessons={}", model ? "trained" : "too_few_lessons", examples.size());
  std::error_code error;
  if (model)
    model->save(file_);
  else
    std::filesystem::remove(file_, error);
  const bool learned = model.has_value();
  router_.use(learned ? std::make_shared<const RoutingModel>(std::move(*model)) : nullptr);
  return learned;
}

bool Training::is_due() {
  const std::lock_guard lock(one_at_a_time_);
  ledger_.read([&](Session& session) {
    const std::int64_t head = Feed(session).head();
    if (head != looked_at_) counted_ = Works(session).lesson_counts();
    looked_at_ = head;
  });
  const std::int64_t corrections = std::abs(counted_.second - learned_.second);
  const std::int64_t news = std::abs(counted_.first - learned_.first) + corrections;
  if (news >= kEnoughNew && news * kEnoughShare >= learned_.first) return true;
  return corrections > 0 && clock_.now() - trained_at_ >= kOld;
}

void Training::run() {
  constexpr Millis kLook{10'000};
  run_in_background();
  if (auto model = RoutingModel::load(file_)) {
    const std::lock_guard lock(one_at_a_time_);
    trained_at_ = from_millis(model->parts().age.trained_at);
    learned_.first = static_cast<std::int64_t>(model->parts().held_out.size());
    router_.use(std::make_shared<const RoutingModel>(std::move(*model)));
  }
  while (!stop_.wished()) {
    try {
      if (is_due()) train_now();
    } catch (const std::exception& error) {
      spdlog::error("router event=not_trained error={}", log_value(error.what()));
    }
    stop_.wait_for(kLook);
  }
}

json Training::report(Session& session) const {
  const Works works(session);
  json weeks = json::array();
  std::map<std::string, std::pair<Routed, Routed>> live;  // recently, and before
  for (const RoutedWeek& week : works.routed_by_week(RoutedBy::learned, clock_.now() - kShownWeeks)) {
    auto& [recent, before] = live[week.queue];
    Routed& of = Time(week.begins) >= clock_.now() - kRecent ? recent : before;
    of.routed += week.routed;
    of.corrected += week.corrected;
    weeks.push_back({{"begins", to_string_day(week.begins)},
                     {"queue", week.queue},
                     {"routed", week.routed},
                     {"corrected", week.corrected}});
  }
  json report = {{"trained_at", nullptr},
                 {"examples", 0},
                 {"features", 0},
                 {"queues", json::array()},
                 {"confusions", json::array()},
                 {"misfiled", json::array()},
                 {"weeks", std::move(weeks)}};
  const auto model = router_.model();
  if (!model) return report;
  const RoutingModel::Parts& parts = model->parts();
  const std::vector<Queue> queues = Queues(session).list();
  const Wanted wanted = wanted_by(queues);
  std::vector<std::optional<double>> thresholds;
  for (std::size_t i = 0; i < parts.queues.size(); ++i)
    thresholds.push_back(model->threshold(i, wanted(parts.queues[i])));
  std::vector<Tally> tallies(parts.queues.size());
  std::map<std::pair<std::size_t, std::size_t>, std::int64_t> confusions;
  std::vector<std::pair<double, const HeldOut*>> misfiled;
  for (const HeldOut& each : parts.held_out) {
    const bool sure = thresholds[each.guessed] && each.score >= *thresholds[each.guessed];
    ++tallies[each.queue].belong;
    tallies[each.queue].sent += sure;
    tallies[each.guessed].routed += sure;
    tallies[each.guessed].right += sure && each.guessed == each.queue;
    if (each.guessed == each.queue) continue;
    ++confusions[{each.queue, each.guessed}];
    const double chance = parts.calibration(each.score);
    if (chance >= kPerhapsMisfiled) misfiled.emplace_back(chance, &each);
  }
  report["trained_at"] = to_string(from_millis(parts.age.trained_at));
  report["examples"] = parts.held_out.size();
  report["features"] = parts.book.size();
  for (std::size_t i = 0; i < parts.queues.size(); ++i) {
    const Tally& tally = tallies[i];
    const auto& [recent, before] = live[parts.queues[i]];
    const bool can_drift = std::min(recent.routed, before.routed) >= kEnoughToDrift;
    report["queues"].push_back({{"name", parts.queues[i]},
                                {"examples", parts.examples[i]},
                                {"wanted", std::min(1.0, wanted(parts.queues[i]))},
                                {"precision", tally.routed == 0 ? json() : json(share(tally.right, tally.routed))},
                                {"recall", share(tally.right, tally.belong)},
                                {"abstention", 1 - share(tally.sent, tally.belong)},
                                {"kept", recent.routed == 0 ? json() : json(recent.kept())},
                                {"drift", can_drift ? json(recent.kept() - before.kept()) : json()}});
  }
  std::vector<std::pair<std::int64_t, std::pair<std::size_t, std::size_t>>> most;
  for (const auto& [pair, count] : confusions) most.emplace_back(-count, pair);
  std::sort(most.begin(), most.end());
  for (std::size_t i = 0; i < std::min(most.size(), kShownConfusions); ++i)
    report["confusions"].push_back({{"queue", parts.queues[most[i].second.first]},
                                    {"guessed", parts.queues[most[i].second.second]},
                                    {"count", -most[i].first}});
  std::sort(misfiled.begin(), misfiled.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second->insight < b.second->insight;
  });
  for (std::size_t i = 0; i < std::min(misfiled.size(), kShownMisfiled); ++i)
    if (Insights(session).has(misfiled[i].second->insight))
      report["misfiled"].push_back({{"insight", misfiled[i].second->insight},
                                    {"queue", parts.queues[misfiled[i].second->queue]},
                                    {"likely", parts.queues[misfiled[i].second->guessed]},
                                    {"probability", misfiled[i].first}});
  return report;
}

}  // namespace tidings
