// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/accounts/foresight_book.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <set>

#include "indexer/base/log.h"
#include "indexer/base/refusal.h"
#include "indexer/base/text.h"
#include "indexer/ledger/feed.h"
#include "indexer/ledger/insights.h"
#include "indexer/ledger/works.h"

namespace tidings {
namespace {

constexpr int kBatch = 1000;
constexpr std::size_t kMostKept = 50;
constexpr std::chrono::seconds kLongestWait{5};
constexpr auto kLook = std::chrono::seconds(1), kPatience = std::chrono::seconds(5), kPace = std::chrono::seconds(2);

std::string key_of(const OutlookQuestion& question) {
  // Who reach the same have the same Reach; it is held by what was kept for it.
  const void* reach = question.reach && !question.reach->all() ? question.reach.get() : nullptr;
  return fmt::format("{} {} {} {} {} {}", to_string_day(question.from), to_string_day(question.to), question.said,
                     question.limit, fmt::ptr(reach), fold(question.industry));
}

}  // namespace

void ForesightBook::keep(Foretold foretold) {
  Foresight foresight;
  foresight.insight = foretold.insight;
  foresight.client = foretold.client;
  foresight.said_on = to_day(foretold.at);
  if (foretold.foreseen) {
    foresight.from = foretold.foreseen->from;
    foresight.to = foretold.foreseen->to;
    foresight.likelihood = foretold.foreseen->likelihood;
  }
  foresight.industry = *names_.insert(std::move(foretold.industry)).first;
  foresight.queue = *names_.insert(std::move(foretold.queue)).first;
  foresight.answered = foretold.work == WorkState::answered || foretold.work == WorkState::told;
  foresight.terms = terms_.of(foretold.text);
  const auto [place, fresh] = places_.emplace(foresight.insight, foresights_.size());
  if (fresh)
    foresights_.push_back(std::move(foresight));
  else
    foresights_[place->second] = std::move(foresight);
}

void ForesightBook::refresh() {
  ledger_.read([&](Session& session) {
    const Feed feed(session);
    const Visits visits(session);
    bool judged = place_ < 0, themed = place_ < 0;
    if (place_ < 0) {
      place_ = feed.head();
      for (InsightId after = 0;;) {
        auto some = visits.foretold(after, kBatch);
        if (some.empty()) break;
        after = some.back().insight;
        for (Foretold& each : some) keep(std::move(each));
      }
    }
    for (;;) {
      const auto events = feed.after(place_, kBatch, false);
      std::set<InsightId> changed;
      const auto add_all = [&](ClientId client) {
        for (InsightId after = 0;;) {
          const auto some = Insights(session).ids(after, kBatch, client);
          if (some.empty()) return;
          changed.insert(some.begin(), some.end());
          after = some.back();
        }
      };
      for (const Event& event : events) {
        place_ = event.seq;
        if (const auto insight = subject_id(event.subject, "insight")) changed.insert(*insight);
        if (const auto work = subject_id(event.subject, "work")) changed.insert(Works(session).find(*work).insight);
        themed |= event.kind.starts_with("theme.");
        if (event.kind == "client.merged" || event.kind == "client.parted")
          add_all(*subject_id(event.subject, "client"));
      }
      for (InsightId insight : changed) {
        judged = true;
        if (auto found = visits.foretold(insight)) {
          keep(std::move(*found));
        } else if (const auto place = places_.find(insight); place != places_.end()) {
          foresights_[place->second] = {};  // no change any more: of no client, so of no witness
          places_.erase(place);
        }
      }
      if (static_cast<int>(events.size()) < kBatch) break;
    }
    if (judged) records_ = visits.records();
    if (themed) {
      themes_ = Themes(session).list();
      ++themes_read_;
    }
  });
}

std::shared_ptr<const ForesightBook::Given> ForesightBook::make(const OutlookQuestion& question) {
  const auto states = accounts_.states();
  const double total = AccountBook::total_revenue(*states);
  Witnesses witnesses;
  for (const auto& [id, state] : *states) {
    const Client& client = state->client;
    const auto record = records_.find(id);
    const TrackRecord known = record == records_.end() ? TrackRecord{} : record->second;
    witnesses[id] = {client.group.empty() ? client.name : client.group, total > 0 ? state->revenue / total : 0,
                     2.0 * (known.happened + 1) / (known.judged + 2)};
  }
  std::vector<GatheredTheme> gathered;
  for (const KeptTheme& theme : themes_) {
    GatheredTheme one{theme.id, theme.title, {}};
    for (const std::string& term : theme.terms)
      if (const auto known = terms_.find(term)) one.terms.push_back(*known);
    gathered.push_back(std::move(one));
  }
  auto given = std::make_shared<Given>();
  given->outlook = outlook_of(foresights_, terms_, witnesses, gathered, question);
  for (const Theme& theme : given->outlook.themes)
    for (TermId term : theme.terms) given->spelled[term] = terms_.spelling(term);
  for (const RisingTerm& each : given->outlook.rising) given->spelled[each.term] = terms_.spelling(each.term);
  given->as_of = clock_.now();
  const std::lock_guard kept_lock(kept_mutex_);
  if (kept_.size() >= kMostKept) kept_.clear();
  kept_[key_of(question)] = {question, given, place_, themes_read_, given->as_of};
  return given;
}

std::shared_ptr<const ForesightBook::Given> ForesightBook::outlook(const OutlookQuestion& question) {
  std::optional<Kept> kept;
  {
    const std::lock_guard lock(kept_mutex_);
    if (const auto found = kept_.find(key_of(question)); found != kept_.end()) {
      found->second.asked_at = clock_.now();
      kept = found->second;
    }
  }
  const bool may_be_old = kept && followed_ && clock_.now() - kept->given->as_of < kOld;
  std::unique_lock lock(mutex_, std::defer_lock);
  if (may_be_old && !lock.try_lock()) return kept->given;
  if (!lock && !lock.try_lock_for(kLongestWait))
    throw Refusal(Code::unavailable, "the foresights are still being read; try again in a minute");
  refresh();
  if (kept && kept->themes == themes_read_ && (kept->place == place_ || may_be_old)) return kept->given;
  return make(question);
}

void ForesightBook::run(const Stop& stop) {
  while (!stop.wished()) {
    const auto seen = ledger_.commits();
    try {
      const std::lock_guard lock(mutex_);
      refresh();
      followed_ = true;
      std::vector<OutlookQuestion> old;
      {
        const std::lock_guard kept_lock(kept_mutex_);
        for (const auto& [key, kept] : kept_)
          if (kept.place != place_ && clock_.now() - kept.asked_at < kOld) old.push_back(kept.question);
      }
      for (const OutlookQuestion& question : old) make(question);
    } catch (const std::exception& error) {  // also what is broken: the log says why
      spdlog::error("outlook event=waits error={}", log_value(error.what()));
      stop.wait_for(kPatience);
    }
    ledger_.wait_past(seen, kLook);
    stop.wait_for(kPace);
  }
}

}  // namespace tidings
