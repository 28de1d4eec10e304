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
    case WorkAct::heartbeat:
      if (state == claimed) return claimed;
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
      if (state == answered) return told;
      break;
    case WorkAct::reopen:
      if (state == answered || state == told || state == declined) return waiting;
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
         {"working", queue.working}};
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

void to_json(json& out, const Work& work) {
  out = {{"id", work.id},
         {"version", work.version},
         {"insight", work.insight},
         {"queue", work.queue},
         {"state", work.state},
         {"priority", work.priority},
         {"route", work.route},
         {"holder", work.holder.empty() ? json() : json(work.holder)},
         {"lease_until", work.lease_until ? json(to_string(*work.lease_until)) : json()},
         {"reason", work.reason.empty() ? json() : json(work.reason)},
         {"created_at", to_string(work.created_at)},
         {"queued_at", to_string(work.queued_at)},
         {"changed_at", to_string(work.changed_at)}};
}

void to_json(json& out, const Answer& answer) {
  out = {{"id", answer.id},
         {"work", answer.work},
         {"insight", answer.insight},
         {"body", answer.body},
         {"by", answer.by},
         {"at", to_string(answer.at)},
         {"repeats", or_null(answer.repeats)},
         {"repeated", answer.repeated}};
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
