// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/desk/queue_desk.h"

#include <fmt/format.h>

#include <algorithm>

#include "indexer/base/text.h"
#include "indexer/ledger/insights.h"
#include "indexer/ledger/searches.h"
#include "indexer/model/fields.h"
#include "indexer/model/schema.h"
#include "server/desk/leases.h"
#include "server/desk/patch.h"
#include "server/desk/rights.h"
#include "server/desk/views.h"
#include "server/search/standing.h"

namespace tidings {
namespace {

constexpr int kPreviewed = 200;  // insights that a rule is tried on
constexpr std::size_t kShownMatches = 20;
constexpr int kMostTold = 100'000;  // answered works that are looked at

const Actor kLeases{"system:leases", Role::admin};

const char* schema_of(WorkAct act) {
  switch (act) {
    case WorkAct::claim:
    case WorkAct::heartbeat: return "claiming";
    case WorkAct::reroute: return "rerouting";
    case WorkAct::answer: return "answering";
    case WorkAct::tell: return "telling";
    default: return "reasoning";
  }
}

}  // namespace

json QueueDesk::queue(const std::string& name) const {
  json view = Queues(session_).find(name);
  view["counts"] = Works(session_).counts(name);
  return view;
}

json QueueDesk::queues() const {
  json items = json::array();
  for (const Queue& each : Queues(session_).list()) items.push_back(queue(each.name));
  return {{"items", items}};
}

json QueueDesk::create_queue(const json& body) {
  require(actor_, Right::lead);
  record_schema("queue").require(body);
  Queue queue;
  update(queue, body);
  return this->queue(Queues(session_).create(queue, actor_).name);
}

json QueueDesk::change_queue(const std::string& name, const json& patch, std::optional<std::int64_t> version) {
  require(actor_, Right::lead);
  const Queue now = Queues(session_).find(name);
  require_version(now.version, version);
  if (patch.is_object() && patch.contains("name")) throw invalid("/name", "cannot be changed");
  return queue(Queues(session_).change(patched(now, patch, "queue", {"version"}), actor_).name);
}

json QueueDesk::rules() const {
  const Queues queues(session_);
  const auto records = queues.rule_records();
  json items = json::array();
  for (const Rule& rule : queues.rules()) {
    json item = rule;
    const auto record = records.find(rule.id);
    const bool hit = record != records.end();
    item["hits"] = hit ? record->second.hits : 0;
    item["rerouted"] = hit ? record->second.corrected : 0;
    item["last_hit"] = hit ? json(to_string(record->second.last_hit)) : json();
    items.push_back(std::move(item));
  }
  return {{"items", std::move(items)}};
}

json QueueDesk::preview_rule(const json& body) const {
  require(actor_, Right::lead);
  record_schema("rule-preview").require(body);
  Rule rule;
  rule.name = "preview";
  update(rule, body);
  require_standing_query(rule.query);
  const RuleId itself = body.value("id", RuleId{0});
  std::vector<Rule> before;  // those that are tried before it
  for (const Rule& each : Queues(session_).rules()) {
    const bool first = each.rank < rule.rank || (each.rank == rule.rank && (itself == 0 || each.id < itself));
    if (each.enabled && each.id != itself && first) before.push_back(each);
  }
  std::vector<std::string> queries{rule.query};
  for (const Rule& each : before) queries.push_back(each.query);
  std::vector<WholeInsight> insights;
  for (InsightId id : Insights(session_).latest(body.value("last", kPreviewed)))
    insights.push_back(Insights(session_).whole(id));
  const auto matches = match_queries(insights, queries, Vocabulary(Synonyms(session_).list()));
  json items = json::array();
  int count = 0, taken = 0;
  for (std::size_t i = 0; i < insights.size(); ++i) {
    if (matches[i].empty() || matches[i].front() != 0) continue;
    ++count;
    const Rule* taker = matches[i].size() > 1 ? &before[matches[i][1] - 1] : nullptr;
    taken += taker != nullptr;
    if (items.size() == kShownMatches) continue;
    const WholeInsight& whole = insights[i];
    items.push_back(
        {{"insight", whole.insight.id},
         {"title", whole.insight.title.empty() ? std::string(cut(whole.insight.body, kMaxTitle)) : whole.insight.title},
         {"client", whole.client.name},
         {"queue", whole.work ? json(whole.work->queue) : json()},
         {"taken_by", taker ? json({{"id", taker->id}, {"name", taker->name}}) : json()}});
  }
  return {{"looked_at", insights.size()}, {"matches", count}, {"taken", taken}, {"items", std::move(items)}};
}

json QueueDesk::create_rule(const json& body) {
  require(actor_, Right::lead);
  record_schema("rule").require(body);
  Rule rule;
  update(rule, body);
  require_standing_query(rule.query);
  return Queues(session_).create_rule(rule, actor_);
}

json QueueDesk::change_rule(RuleId id, const json& patch, std::optional<std::int64_t> version) {
  require(actor_, Right::lead);
  const Rule now = Queues(session_).find_rule(id);
  require_version(now.version, version);
  const Rule changed = patched(now, patch, "rule", {"id", "version"});
  require_standing_query(changed.query);
  return Queues(session_).change_rule(changed, actor_);
}

void QueueDesk::remove_rule(RuleId id) {
  require(actor_, Right::lead);
  Queues(session_).remove_rule(id, actor_);
}

json QueueDesk::told(const std::string& by, Time since) const {
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
  for (const AnsweredWork& each : Works(session_).answered_since(since, kMostTold)) {
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
    const auto middle = tally.hours.begin() + told / 2;
    if (told > 0) std::nth_element(tally.hours.begin(), middle, tally.hours.end());
    items.push_back({{"name", name},
                     {"answered", tally.answered},
                     {"told", told},
                     {"rate", static_cast<double>(told) / static_cast<double>(tally.answered)},
                     {"median_hours", told > 0 ? json(std::max(0.0, *middle)) : json()},
                     {"oldest_untold", tally.oldest_untold ? json(to_string(*tally.oldest_untold)) : json()}});
  }
  std::stable_sort(items.begin(), items.end(), [](const json& a, const json& b) {
    const auto untold = [](const json& row) { return row["answered"].get<int>() - row["told"].get<int>(); };
    return untold(a) > untold(b);
  });
  return {{"items", std::move(items)}};
}

json QueueDesk::list(WorkFilter filter) const {
  if (!filter.queue.empty()) Queues(session_).find(filter.queue);
  const int limit = filter.limit++;
  json items = json::array();
  const auto works = Works(session_).list(filter);
  const Insights insights(session_);
  for (const Work& work : works)
    if (static_cast<int>(items.size()) < limit) items.push_back(view(insights.whole(work.insight)));
  const bool more = static_cast<int>(works.size()) > limit;
  return {{"items", items}, {"cursor", more ? json(std::to_string(filter.offset + limit)) : json()}};
}

json QueueDesk::view(const WholeInsight& whole) const {
  const Work& work = whole.work.value();
  auto timed = timed_.find(work.queue);
  if (timed == timed_.end()) {
    Queue queue = Queues(session_).find(work.queue);
    WorkingTime working(queue.working);
    timed = timed_.emplace(work.queue, Timed{std::move(queue), std::move(working)}).first;
  }
  const auto& foreseen = whole.insight.foreseen;
  const Deadline deadline = deadline_of(timed->second.queue, timed->second.working, work.queued_at,
                                        foreseen ? std::optional(foreseen->from) : std::nullopt);
  return work_view(whole, deadline, session_.now());
}

json QueueDesk::show(WorkId id) const { return view(Insights(session_).whole(Works(session_).find(id).insight)); }

bool QueueDesk::is_member(const Queue& queue) const {
  return queue.members.empty() || may(actor_.role, Right::lead) ||
         std::find(queue.members.begin(), queue.members.end(), actor_.name) != queue.members.end();
}

void QueueDesk::require_member(const std::string& queue) const {
  require(actor_, Right::work_queues);
  if (!is_member(Queues(session_).find(queue)))
    throw Refusal(Code::forbidden, fmt::format("you do not work queue {}", queue));
}

std::optional<json> QueueDesk::claim(const std::optional<Work>& work, const ActDetails& details) {
  if (!work) return std::nullopt;
  Works(session_).act(work->id, WorkAct::claim, details, actor_);
  return show(work->id);
}

std::optional<json> QueueDesk::claim_next(const std::string& queue, const json& body) {
  require_member(queue);
  const ActDetails details = details_of(WorkAct::claim, body);
  end_lapsed_leases(session_);
  return claim(Works(session_).next(queue), details);
}

std::optional<json> QueueDesk::claim_next_of_all(const json& body) {
  require(actor_, Right::work_queues);
  const ActDetails details = details_of(WorkAct::claim, body);
  end_lapsed_leases(session_);
  std::optional<Work> first;
  for (const Queue& queue : Queues(session_).list()) {
    if (!is_member(queue)) continue;
    auto next = Works(session_).next(queue.name);
    if (next && (!first || standing(*next) > standing(*first))) first = std::move(next);
  }
  return claim(first, details);
}

void QueueDesk::answer_also(const json& works, const Answer& answer) {
  ActDetails claiming, answering;
  claiming.lease_until = session_.now() + std::chrono::seconds(kLeaseSeconds);
  answering.answer = answer;
  for (const json& id : works) {
    const Work work = current(id.get<WorkId>());
    require_right(work, WorkAct::answer);
    if (work.state == WorkState::waiting) Works(session_).act(work.id, WorkAct::claim, claiming, actor_);
    Works(session_).act(work.id, WorkAct::answer, answering, actor_);
  }
}

Work QueueDesk::current(WorkId id) {
  Work work = Works(session_).find(id);
  if (work.state == WorkState::claimed && work.lease_until && *work.lease_until <= session_.now())
    work = Works(session_).act(id, WorkAct::lapse, {}, kLeases);
  return work;
}

void QueueDesk::require_right(const Work& work, WorkAct act) const {
  const bool leads = may(actor_.role, Right::lead);
  const bool holds = work.state == WorkState::claimed && work.holder == actor_.name;
  const auto is_teller = [&] {
    const WholeInsight whole = Insights(session_).whole(work.insight);
    return leads || whole.insight.author == actor_.name || whole.client.owner == actor_.name;
  };
  switch (act) {
    case WorkAct::claim: return require_member(work.queue);
    case WorkAct::heartbeat:
    case WorkAct::answer:
      require_member(work.queue);
      if (work.state == WorkState::claimed && !holds)
        throw Refusal(Code::conflict, fmt::format("{} holds this work", work.holder));
      return;
    case WorkAct::release:
    case WorkAct::reroute:
    case WorkAct::decline:
      require_member(work.queue);
      if (work.state == WorkState::claimed && !holds && !leads)
        throw Refusal(Code::conflict, fmt::format("{} holds this work", work.holder));
      return;
    case WorkAct::tell:
      if (!is_teller()) throw Refusal(Code::forbidden, "the rep who logged the insight tells the client");
      return;
    case WorkAct::reopen:
      if (!is_teller()) require_member(work.queue);
      return;
    case WorkAct::lapse: throw Refusal(Code::forbidden, "a lease ends by itself");
  }
}

ActDetails QueueDesk::details_of(WorkAct act, const json& body) const {
  record_schema(schema_of(act)).require(body);
  ActDetails details;
  take_text(body, "queue", details.queue);
  take_text(body, "reason", details.reason);
  if (act == WorkAct::claim || act == WorkAct::heartbeat)
    details.lease_until = session_.now() + std::chrono::seconds(body.value("lease_seconds", kLeaseSeconds));
  if (act == WorkAct::answer) {
    details.answer.emplace();
    take_text(body, "body", details.answer->body);
    take_optional(body, "repeats", details.answer->repeats);
    if (details.answer->repeats) {
      const Answer repeated = Works(session_).answer(*details.answer->repeats);
      if (!body.contains("body")) details.answer->body = repeated.body;
    }
    if (details.answer->body.empty()) throw invalid("/body", "is empty");
  }
  if (act == WorkAct::tell) {
    details.telling.emplace();
    details.telling->at = session_.now();
    update(*details.telling, body);
    if (details.telling->whom.empty()) throw invalid("/whom", "is empty");
  }
  return details;
}

json QueueDesk::act(WorkId id, WorkAct act, const json& body) {
  Works works(session_);
  require_right(current(id), act);
  const ActDetails details = details_of(act, body);
  works.act(id, act, details, actor_);
  if (act == WorkAct::answer && body.contains("also")) {
    Answer same = works.answers(id).back();
    same.repeats = same.repeats.value_or(same.id);
    answer_also(body["also"], same);
  }
  if (act == WorkAct::tell && details.telling->reaction == Reaction::not_solved) {
    ActDetails again;
    again.reason = fmt::format("{} says it is not solved", details.telling->whom);
    if (!details.telling->note.empty()) again.reason += ": " + details.telling->note;
    works.act(id, WorkAct::reopen, again, actor_);
  }
  return show(id);
}

}  // namespace tidings
