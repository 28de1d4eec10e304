// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/desk/follow_up_desk.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <vector>

#include "indexer/ledger/insights.h"
#include "indexer/ledger/reach.h"
#include "indexer/model/fields.h"
#include "indexer/model/schema.h"
#include "server/desk/capture.h"
#include "server/desk/rights.h"
#include "server/desk/views.h"

namespace tidings {
namespace {

constexpr int kMostTold = 100'000;    // answered works that are looked at
constexpr int kMostJudged = 100'000;  // foresights
constexpr int kMostToDo = 100;        // of each kind

double in_days(Time::duration time) { return std::chrono::duration<double, std::ratio<86400>>(time).count(); }

}  // namespace

json FollowUpDesk::to_do() const {
  json items = json::array();
  for (const auto& [what, name] : Names<FollowUp::What>::all)
    for (const FollowUp& each : FollowUps(session_).of(what, actor_.name, kMostToDo))
      items.push_back({{"what", name},
                       {"insight", each.insight},
                       {"work", each.work ? json(each.work) : json()},
                       {"client", each.client},
                       {"title", each.title},
                       {"queue", each.queue.empty() ? json() : json(each.queue)},
                       {"since", to_string(each.since)},
                       {"days", static_cast<int>(in_days(session_.now() - each.since))}});
  std::stable_sort(items.begin(), items.end(), [](const json& a, const json& b) { return a["since"] < b["since"]; });
  return {{"items", std::move(items)}};
}

json FollowUpDesk::told(const std::string& by, Time since) const {
  require(actor_, Right::read);
  const auto name_of = [&](const AnsweredWork& each) -> const std::string& {
    return by == "queue" ? each.queue : by == "author" ? each.author : each.client;
  };
  if (by != "queue" && by != "author" && by != "client") throw invalid("/by", "is none of queue, author, client");
  struct Tally {
    std::int64_t answered = 0;
    std::vector<double> hours;  // from the answer to the telling
    std::optional<Time> oldest_untold;
  };
  std::map<std::string, Tally> tallies;
  for (const AnsweredWork& each : FollowUps(session_).answered_since(since, kMostTold)) {
    Tally& tally = tallies[name_of(each)];
    ++tally.answered;
    if (each.told_at)
      tally.hours.push_back(std::chrono::duration<double, std::ratio<3600>>(*each.told_at - each.answered_at).count());
    else
      tally.oldest_untold = each.answered_at;  // the latest come first
  }
  json items = json::array();
  for (auto& [name, tally] : tallies) {
    const auto told = static_cast<std::int64_t>(tally.hours.size());
    items.push_back({{"name", name},
                     {"answered", tally.answered},
                     {"told", told},
                     {"rate", static_cast<double>(told) / static_cast<double>(tally.answered)},
                     {"median_hours", median(tally.hours)},
                     {"oldest_untold", tally.oldest_untold ? json(to_string(*tally.oldest_untold)) : json()}});
  }
  std::stable_sort(items.begin(), items.end(), [](const json& a, const json& b) {
    const auto untold = [](const json& row) { return row["answered"].get<int>() - row["told"].get<int>(); };
    return untold(a) > untold(b);
  });
  return {{"items", std::move(items)}};
}

json FollowUpDesk::judge(InsightId id, const json& body) {
  record_schema("outcome").require(body);
  require_reached(session_, actor_, "insight", id);
  const WholeInsight whole = Insights(session_).whole(id);
  if (whole.insight.author != actor_.name && whole.client.owner != actor_.name) require(actor_, Right::lead);
  if (!whole.insight.foreseen) throw Refusal(Code::conflict, "nothing was foreseen in this insight");
  Insight judged = whole.insight;
  take_name(body, "outcome", judged.foreseen->outcome);
  judged.foreseen->happened_on.reset();
  take_day(body, "happened_on", judged.foreseen->happened_on);
  if (judged.foreseen->happened_on && judged.foreseen->outcome != Outcome::happened)
    throw invalid("/happened_on", "is there, but the outcome is not that it happened");
  std::vector<std::string> contacts;
  for (const ContactName& contact : judged.contacts) contacts.push_back(contact.name);
  Insights(session_).change(judged, contacts, actor_);
  return Capture(session_, actor_).show(id);
}

json FollowUpDesk::foresights(const std::string& by) const {
  require(actor_, Right::read);
  struct Record {
    int judged = 0, happened = 0;
    std::vector<double> errors, days;
  };
  std::map<std::string, Record> records;
  for (const Judged& each : FollowUps(session_).judged(by, kMostJudged)) {
    Record& record = records[each.name];
    ++record.judged;
    record.happened += each.happened;
    if (each.likelihood) {
      const double error = *each.likelihood - (each.happened ? 1 : 0);
      record.errors.push_back(error * error);
    }
    if (each.happened)
      record.days.push_back(in_days(Time(each.happened_on.value_or(each.foreseen_from)) - each.recorded_at));
  }
  json items = json::array();
  for (auto& [name, record] : records) {
    const double sum = std::accumulate(record.errors.begin(), record.errors.end(), 0.0);
    items.push_back({{"name", name},
                     {"judged", record.judged},
                     {"happened", record.happened},
                     {"share", static_cast<double>(record.happened) / record.judged},
                     {"brier", record.errors.empty() ? json() : json(sum / static_cast<double>(record.errors.size()))},
                     {"median_days_ahead", median(record.days)}});
  }
  std::stable_sort(items.begin(), items.end(), [](const json& a, const json& b) { return a["judged"] > b["judged"]; });
  return {{"items", std::move(items)}};
}

}  // namespace tidings
