// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/model/work.h"

#include "indexer/model/fields.h"

namespace tidings {

std::optional<WorkState> after(WorkState state, WorkAct act) {
  using enum WorkState;
  switch (act) {
    case WorkAct::claim:
      if (state == waiting) return claimed;
      break;
    case WorkAct::assign:
      if (state == waiting || state == claimed) return claimed;
      break;
    case WorkAct::heartbeat:
    case WorkAct::ask:
      if (state == claimed) return claimed;
      break;
    case WorkAct::reply:
      if (state == waiting || state == claimed) return state;
      break;
    case WorkAct::escalate:
      if (state == waiting) return waiting;
      break;
    case WorkAct::release:
    case WorkAct::lapse:
      if (state == claimed) return waiting;
      break;
    case WorkAct::reroute:
      if (state == waiting || state == claimed) return waiting;
      break;
    case WorkAct::decline:
      if (state == waiting || state == claimed) return declined;
      break;
    case WorkAct::answer:
      if (state == claimed) return answered;
      break;
    case WorkAct::tell:
      if (state == answered || state == told) return told;
      break;
    case WorkAct::reopen:
      if (state == answered || state == told || state == declined) return waiting;
      break;
    case WorkAct::gather:
      if (state == waiting || state == claimed) return waiting;
      break;
    case WorkAct::part:
      if (state == waiting) return waiting;
      break;
  }
  return std::nullopt;
}

void to_json(json& out, const Queue& queue) {
  out = {{"name", queue.name},
         {"version", queue.version},
         {"title", queue.title},
         {"solves", queue.solves},
         {"members", queue.members},
         {"precision", queue.precision},
         {"goal_hours", queue.goal_hours},
         {"lead_days", queue.lead_days},
         {"working", queue.working},
         {"hands_out", queue.hands_out},
         {"review_days", queue.review_days},
         {"ask_again_days", queue.ask_again_days},
         {"escalations", queue.escalations}};
}

void to_json(json& out, const Escalation& escalation) {
  out = {{"when", escalation.when}, {"hours", escalation.hours}, {"times", escalation.times}, {"to", escalation.to}};
}

void from_json(const json& in, Escalation& escalation) {
  take_name(in, "when", escalation.when);
  take(in, "hours", escalation.hours);
  take(in, "times", escalation.times);
  take(in, "to", escalation.to);
}

void to_json(json& out, const Rule& rule) {
  out = {{"id", rule.id},       {"version", rule.version}, {"name", rule.name},       {"query", rule.query},
         {"queue", rule.queue}, {"rank", rule.rank},       {"enabled", rule.enabled}, {"priority", rule.priority},
         {"tags", rule.tags},   {"notify", rule.notify}};
}

void to_json(json& out, const Candidate& candidate) {
  out = {{"queue", candidate.queue}, {"probability", candidate.probability}};
}

void from_json(const json& in, Candidate& candidate) {
  take(in, "queue", candidate.queue);
  take(in, "probability", candidate.probability);
}

void to_json(json& out, const Route& route) {
  out = {{"queue", route.queue},           {"by", route.by},
         {"rule", or_null(route.rule)},    {"reasons", route.reasons},
         {"confidence", route.confidence}, {"candidates", route.candidates},
         {"evidence", route.evidence}};
}

void from_json(const json& in, Route& route) {
  take(in, "queue", route.queue);
  take_name(in, "by", route.by);
  take_optional(in, "rule", route.rule);
  take(in, "reasons", route.reasons);
  take(in, "confidence", route.confidence);
  take(in, "candidates", route.candidates);
  take(in, "evidence", route.evidence);
}

void to_json(json& out, const Asking& asking) {
  out = {{"at", to_string(asking.at)},
         {"by", asking.by},
         {"question", asking.question},
         {"replied_at", asking.replied_at ? json(to_string(*asking.replied_at)) : json()},
         {"reply", asking.replied_at ? json(asking.reply) : json()}};
}

void from_json(const json& in, Asking& asking) {
  asking.at = parse_time(in.at("at").get<std::string>()).value();
  take_time(in, "replied_at", asking.replied_at);
  take(in, "by", asking.by);
  take(in, "question", asking.question);
  take(in, "reply", asking.reply);
}

bool is_asking(const Work& work) { return !work.askings.empty() && !work.askings.back().replied_at; }

void to_json(json& out, const Work& work) {
  out = {{"id", work.id},
         {"version", work.version},
         {"insight", work.insight},
         {"queue", work.queue},
         {"state", work.state},
         {"priority", work.priority},
         {"weighing", work.weighing},
         {"route", work.route},
         {"holder", work.holder.empty() ? json() : json(work.holder)},
         {"lease_until", work.lease_until ? json(to_string(*work.lease_until)) : json()},
         {"reason", work.reason.empty() ? json() : json(work.reason)},
         {"reroutes", work.reroutes},
         {"askings", work.askings},
         {"gathered_under", or_null(work.gathered_under)},
         {"created_at", to_string(work.created_at)},
         {"queued_at", to_string(work.queued_at)},
         {"changed_at", to_string(work.changed_at)}};
}

void to_json(json& out, const Answer& answer) {
  out = {
      {"id", answer.id},
      {"work", answer.work},
      {"insight", answer.insight},
      {"body", answer.body},
      {"by", answer.by},
      {"at", to_string(answer.at)},
      {"repeats", or_null(answer.repeats)},
      {"repeated", answer.repeated},
      {"review_on", day_or_null(answer.review_on)},
      {"flag", answer.flagged_at
                   ? json({{"by", answer.flagged_by}, {"at", to_string(*answer.flagged_at)}, {"reason", answer.flag}})
                   : json()}};
}

void to_json(json& out, const Telling& telling) {
  out = {{"id", telling.id},     {"work", telling.work},         {"at", to_string(telling.at)},
         {"whom", telling.whom}, {"reaction", telling.reaction}, {"note", telling.note},
         {"by", telling.by}};
}

void update(Queue& queue, const json& in) {
  take_text(in, "name", queue.name);
  take_text(in, "title", queue.title);
  take_text(in, "solves", queue.solves);
  take(in, "members", queue.members);
  take(in, "precision", queue.precision);
  take(in, "goal_hours", queue.goal_hours);
  take(in, "lead_days", queue.lead_days);
  if (in.contains("working")) update(queue.working, in["working"], "/working");
  take(in, "hands_out", queue.hands_out);
  take(in, "review_days", queue.review_days);
  take(in, "ask_again_days", queue.ask_again_days);
  take(in, "escalations", queue.escalations);
}

void update(Rule& rule, const json& in) {
  take_text(in, "name", rule.name);
  take_text(in, "query", rule.query);
  take_text(in, "queue", rule.queue);
  take(in, "rank", rule.rank);
  take(in, "enabled", rule.enabled);
  take(in, "priority", rule.priority);
  take(in, "tags", rule.tags);
  take(in, "notify", rule.notify);
}

void update(Telling& telling, const json& in) {
  std::optional<Time> at;
  take_time(in, "at", at);
  if (at) telling.at = *at;
  take_text(in, "whom", telling.whom);
  take_text(in, "note", telling.note);
  take_name(in, "reaction", telling.reaction);
}

}  // namespace tidings
