// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/desk/queue_desk.h"

#include <fmt/format.h>

#include <algorithm>

#include "indexer/base/text.h"
#include "indexer/ledger/answers.h"
#include "indexer/ledger/insights.h"
#include "indexer/ledger/people.h"
#include "indexer/ledger/reach.h"
#include "indexer/ledger/searches.h"
#include "indexer/model/fields.h"
#include "indexer/model/schema.h"
#include "server/desk/leases.h"
#include "server/desk/notices.h"
#include "server/desk/patch.h"
#include "server/desk/rights.h"
#include "server/desk/team.h"
#include "server/desk/views.h"
#include "server/search/standing.h"

namespace tidings {
namespace {

constexpr int kTriedOn = 200;  // insights that a rule is tried on
constexpr std::size_t kShownMatches = 20;
constexpr std::size_t kShownAlike = 20;
constexpr std::size_t kShownGathered = 100;
constexpr auto kLooksFor = std::chrono::seconds(60);

const char* schema_of(WorkAct act) {
  switch (act) {
    case WorkAct::claim:
    case WorkAct::heartbeat: return "claiming";
    case WorkAct::assign: return "assigning";
    case WorkAct::ask:
    case WorkAct::reply: return "asking";
    case WorkAct::reroute: return "rerouting";
    case WorkAct::answer: return "answering";
    case WorkAct::tell: return "telling";
    case WorkAct::gather: return "gathering";
    default: return "reasoning";
  }
}

// Who carries the answer to the client: the rep who logged the insight, if they are still here, else the client's
// owner, else the leads.
std::string teller_of(Session& session, const WholeInsight& whole) {
  const auto users = People(session).list();
  for (const std::string& name : {whole.insight.author, whole.client.owner})
    if (std::any_of(users.begin(), users.end(), [&](const User& user) { return user.active && user.name == name; }))
      return "user:" + name;
  return "role:lead";
}

void require_escalations(Session& session, const Queue& queue) {
  for (std::size_t i = 0; i < queue.escalations.size(); ++i) {
    const Escalation& escalation = queue.escalations[i];
    const std::string at = fmt::format("/escalations/{}", i);
    require_audience(session, escalation.to, at + "/to");
    if (escalation.to == "queue:" + queue.name) throw invalid(at + "/to", "is the queue itself");
    if (escalation.when == Escalation::When::rerouted && escalation.times < 1)
      throw invalid(at + "/times", "is missing");
  }
}

}  // namespace

json QueueDesk::queue(const std::string& name) const {
  json view = Queues(session_).find(name);
  const Works works(session_);
  view["counts"] = works.counts(name);
  const auto since = works.waiting_since(name);
  view["waiting_since"] = since ? json(to_string(*since)) : json();
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
  require_escalations(session_, queue);
  return this->queue(Queues(session_).create(queue, actor_).name);
}

json QueueDesk::change_queue(const std::string& name, const json& patch, std::optional<std::int64_t> version) {
  require(actor_, Right::lead);
  const Queue now = Queues(session_).find(name);
  require_version(now.version, version);
  if (patch.is_object() && patch.contains("name")) throw invalid("/name", "cannot be changed");
  const Queue changed = patched(now, patch, "queue", {"version"});
  require_escalations(session_, changed);
  return queue(Queues(session_).change(changed, actor_).name);
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
  for (InsightId id : Insights(session_).latest(body.value("last", kTriedOn)))
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
  const Deadline deadline =
      deadline_of(timed->second.queue, timed->second.working, work.queued_at,
                  foreseen ? std::optional(foreseen->from) : std::nullopt, work.askings, session_.now());
  json shown = work_view(whole, deadline, session_.now());
  shown["gathers"] = Works(session_).count_gathered(work.id);
  return shown;
}

json QueueDesk::show(WorkId id) const {
  json shown = view(Insights(session_).whole(Works(session_).find(id).insight));
  shown["looking"] = Works(session_).lookers(id);
  json gathered = json::array();
  for (const Work& work : Works(session_).gathered(id)) {
    if (gathered.size() == kShownGathered) break;
    if (!is_reached(session_, actor_, "work", work.id)) continue;
    gathered.push_back(view(Insights(session_).whole(work.insight)));
  }
  shown["gathered"] = std::move(gathered);
  return shown;
}

json QueueDesk::look(WorkId id) {
  require_reached(session_, actor_, "work", id);
  Works works(session_);
  const Work work = works.find(id);
  works.look(id, actor_.name, session_.now() + kLooksFor);
  return show(work.id);
}

json QueueDesk::alike(WorkId id, const Searcher& searcher, const std::shared_ptr<const Reach>& reach) const {
  const Work work = Works(session_).find(id);
  const WholeInsight whole = Insights(session_).whole(work.insight);
  json items = json::array();
  for (const Alike& each : searcher.similar(whole, kShownAlike + 1, reach)) {
    const InsightId insight = each.hit["id"].get<InsightId>();
    if (each.likeness < kSaysTheSame || insight == work.insight) continue;
    // The index may be a moment behind: the ledger says what is open.
    const auto other = Works(session_).of_insight(insight);
    if (!other || !is_open(other->state)) continue;
    items.push_back({{"work", other->id},
                     {"insight", insight},
                     {"queue", other->queue},
                     {"state", other->state},
                     {"holder", other->holder.empty() ? json() : json(other->holder)},
                     {"gathered_under", or_null(other->gathered_under)},
                     {"client", each.hit["client"]},
                     {"title", each.hit["title"]},
                     {"snippet", each.hit["snippet"]},
                     {"likeness", each.likeness}});
  }
  return {{"items", std::move(items)}};
}

bool works_queue(const Actor& who, const Queue& queue) {
  return queue.members.empty() || may(who.role, Right::lead) ||
         std::find(queue.members.begin(), queue.members.end(), who.name) != queue.members.end();
}

Queue QueueDesk::require_member(const std::string& name) const {
  require(actor_, Right::work_queues);
  Queue queue = Queues(session_).find(name);
  if (!works_queue(actor_, queue)) throw Refusal(Code::forbidden, fmt::format("you do not work queue {}", name));
  return queue;
}

void QueueDesk::require_room(const std::string& name) const {
  const auto limit = People(session_).open_limit(name);
  if (!limit) return;
  const int held = Works(session_).held(name);
  if (held >= *limit)
    throw Refusal(
        Code::conflict,
        fmt::format("{} holds {} works and may hold {}; one must be answered or given back first", name, held, *limit));
}

std::optional<json> QueueDesk::claim(const std::optional<Work>& work, const ActDetails& details) {
  if (!work) return std::nullopt;
  People(session_).note_given(actor_.name);
  Works(session_).act(work->id, WorkAct::claim, details, actor_);
  return show(work->id);
}

std::optional<json> QueueDesk::claim_next(const std::string& name, const json& body) {
  const Queue queue = require_member(name);
  require_room(actor_.name);
  const ActDetails details = details_of(WorkAct::claim, body);
  end_lapsed_leases(session_);
  return claim(next_for(session_, queue, actor_.name), details);
}

std::optional<json> QueueDesk::claim_next_of_all(const json& body) {
  require(actor_, Right::work_queues);
  require_room(actor_.name);
  const ActDetails details = details_of(WorkAct::claim, body);
  end_lapsed_leases(session_);
  std::optional<Work> first;
  for (const Queue& queue : Queues(session_).list()) {
    if (!works_queue(actor_, queue)) continue;
    auto next = next_for(session_, queue, actor_.name);
    if (next && (!first || standing(*next) > standing(*first))) first = std::move(next);
  }
  return claim(first, details);
}

void QueueDesk::answer_also(const std::vector<Work>& works, const Answer& answer) {
  ActDetails claiming, answering;
  claiming.lease_until = session_.now() + std::chrono::seconds(kLeaseSeconds);
  answering.answer = answer;
  for (const Work& work : works) {
    if (work.state == WorkState::waiting) Works(session_).act(work.id, WorkAct::claim, claiming, actor_);
    announce(work, Works(session_).act(work.id, WorkAct::answer, answering, actor_), WorkAct::answer, {});
  }
}

json QueueDesk::gather(WorkId id, const json& body) {
  Works works(session_);
  ActDetails details = details_of(WorkAct::gather, body);
  details.under = id;
  require_right(current(id), WorkAct::gather);
  for (const json& each : body["works"]) {
    const Work work = current(each.get<WorkId>());
    if (work.gathered_under == id) continue;
    require_right(work, WorkAct::gather);
    for (const Work& below : works.gathered(work.id)) works.act(below.id, WorkAct::gather, details, actor_);
    works.act(work.id, WorkAct::gather, details, actor_);
  }
  return show(id);
}

Work QueueDesk::current(WorkId id) {
  require_reached(session_, actor_, "work", id);
  Work work = Works(session_).find(id);
  if (work.state == WorkState::claimed && work.lease_until && *work.lease_until <= session_.now())
    work = end_lease(session_, work);
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
    case WorkAct::claim: require_member(work.queue); return require_room(actor_.name);
    case WorkAct::assign:
      require_member(work.queue);
      if (!leads && !holds) throw Refusal(Code::forbidden, "a lead, or who holds the work, gives it to somebody");
      return;
    case WorkAct::reply:
      if (!is_teller()) require_member(work.queue);
      return;
    case WorkAct::heartbeat:
    case WorkAct::ask:
    case WorkAct::answer:
      require_member(work.queue);
      if (work.state == WorkState::claimed && !holds)
        throw Refusal(Code::conflict, fmt::format("{} holds this work", work.holder));
      return;
    case WorkAct::release:
    case WorkAct::reroute:
    case WorkAct::decline:
    case WorkAct::gather:
    case WorkAct::part:
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
    case WorkAct::lapse:
    case WorkAct::escalate: throw Refusal(Code::forbidden, "this happens by itself");
  }
}

ActDetails QueueDesk::details_of(WorkAct act, const json& body) const {
  record_schema(schema_of(act)).require(body);
  ActDetails details;
  take_text(body, "queue", details.queue);
  take_text(body, "reason", details.reason);
  const int lease = act == WorkAct::assign ? kAssignedSeconds : kLeaseSeconds;
  details.lease_until = session_.now() + std::chrono::seconds(body.value("lease_seconds", lease));
  if (act == WorkAct::ask || act == WorkAct::reply) {
    take_text(body, "text", details.text);
    if (details.text.empty()) throw invalid("/text", "is empty");
  }
  if (act == WorkAct::answer) {
    details.answer.emplace();
    take_text(body, "body", details.answer->body);
    take_optional(body, "repeats", details.answer->repeats);
    if (details.answer->repeats) {
      require_reached(session_, actor_, "answer", *details.answer->repeats);
      const Answer repeated = Answers(session_).find(*details.answer->repeats);
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

void QueueDesk::choose_assignee(const Work& work, const json& body, ActDetails& details) const {
  const Queue queue = Queues(session_).find(work.queue);
  take_text(body, "to", details.to);
  if (details.to.empty()) {
    details.to = Team(session_, queue).choose(work, Insights(session_).find(work.insight).tags);
    if (details.to.empty())
      throw Refusal(Code::conflict, "nobody who works this queue is there and may hold more work");
    return;
  }
  User user;
  try {
    user = People(session_).find(details.to);
  } catch (const Refusal& refusal) {
    if (refusal.code() != Code::not_found) throw;
    throw invalid("/to", refusal.detail());
  }
  if (!user.active || !may(user.role, Right::work_queues) || !works_queue({user.name, user.role}, queue))
    throw invalid("/to", fmt::format("\"{}\" does not work queue {}", user.name, queue.name));
  if (user.name != work.holder) require_room(user.name);
}

void QueueDesk::announce(const Work& before, const Work& work, WorkAct act, const ActDetails& details) {
  const auto tell = [&](const std::string& audience, NoticeKind kind, json detail) {
    if (audience == "user:" + actor_.name) return;  // they know
    notify(session_, audience, kind, work, fmt::format("{}:{}", to_string(kind), work.version), std::move(detail));
  };
  const auto teller = [&] { return teller_of(session_, Insights(session_).whole(work.insight)); };
  switch (act) {
    case WorkAct::assign: return tell("user:" + work.holder, NoticeKind::assigned, {{"by", actor_.name}});
    case WorkAct::ask: return tell(teller(), NoticeKind::asked, {{"by", actor_.name}, {"question", details.text}});
    case WorkAct::reply: {
      const std::string& asker = before.askings.back().by;
      tell("user:" + asker, NoticeKind::replied, {{"by", actor_.name}, {"reply", details.text}});
      if (work.holder != asker)
        tell(work.holder.empty() ? "queue:" + work.queue : "user:" + work.holder, NoticeKind::replied,
             {{"by", actor_.name}, {"reply", details.text}});
      return;
    }
    case WorkAct::answer: return tell(teller(), NoticeKind::answered, {{"by", actor_.name}});
    case WorkAct::decline:
      return tell(teller(), NoticeKind::declined, {{"by", actor_.name}, {"reason", details.reason}});
    default: return;
  }
}

json QueueDesk::act(WorkId id, WorkAct act, const json& body) {
  if (act == WorkAct::gather) return gather(id, body);
  Works works(session_);
  const Work before = current(id);
  require_right(before, act);
  ActDetails details = details_of(act, body);
  if (act == WorkAct::assign) choose_assignee(before, body, details);
  if (act == WorkAct::claim || act == WorkAct::assign)
    People(session_).note_given(act == WorkAct::claim ? actor_.name : details.to);
  announce(before, works.act(id, act, details, actor_), act, details);
  if (act == WorkAct::answer) {
    Answer same = Answers(session_).of(id).back();
    same.repeats = same.repeats.value_or(same.id);
    std::vector<Work> also = works.gathered(id);  // who gathered them had the right to
    for (const json& each : body.value("also", json::array())) {
      const Work work = current(each.get<WorkId>());
      if (work.gathered_under == id) continue;
      require_right(work, WorkAct::answer);
      also.push_back(work);
    }
    answer_also(also, same);
  }
  if (act == WorkAct::decline)
    for (const Work& work : works.gathered(id)) works.act(work.id, WorkAct::part, {}, actor_);
  if (act == WorkAct::tell && details.telling->reaction == Reaction::not_solved) {
    ActDetails again;
    again.reason = fmt::format("{} says it is not solved", details.telling->whom);
    if (!details.telling->note.empty()) again.reason += ": " + details.telling->note;
    const Work reopened = works.act(id, WorkAct::reopen, again, actor_);
    const auto answers = Answers(session_).of(id);
    if (!answers.empty())
      notify(session_, "user:" + answers.back().by, NoticeKind::unsolved, reopened,
             fmt::format("unsolved:{}", reopened.version), {{"by", actor_.name}, {"reason", again.reason}});
  }
  return show(id);
}

}  // namespace tidings
