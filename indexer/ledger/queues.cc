// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/ledger/queues.h"

#include <fmt/format.h>

#include "indexer/base/text.h"
#include "indexer/ledger/feed.h"
#include "indexer/ledger/people.h"
#include "indexer/ledger/reach.h"
#include "indexer/ledger/sql.h"

namespace tidings {
namespace {

// Queues for which `condition` holds; `uses` are its values in order.
template <class... Uses>
std::vector<Queue> queues_where(soci::session& sql, const std::string& condition, const Uses&... uses) {
  std::vector<Queue> queues;
  Queue queue;
  std::string members, working, escalations;
  int hands_out = 0;
  for_each_row(
      sql,
      "select name, version, title, solves, members, wanted_precision, goal_hours, lead_days, working, "
      "hands_out, review_days, ask_again_days, escalations from queue where " +
          condition,
      std::tie(queue.name, queue.version, queue.title, queue.solves, members, queue.precision, queue.goal_hours,
               queue.lead_days, working, hands_out, queue.review_days, queue.ask_again_days, escalations),
      std::tie(uses...), [&] {
        queue.members = json::parse(members).get<std::vector<std::string>>();
        queue.working = WorkingHours();
        update(queue.working, json::parse(working), "/working");
        queue.hands_out = hands_out != 0;
        queue.escalations = json::parse(escalations).get<std::vector<Escalation>>();
        queues.push_back(queue);
      });
  return queues;
}

}  // namespace

bool Queues::has(const std::string& name) const {
  return translated([&] {
    int found = 0;
    session_.sql() << "select count(*) from queue where name = :name", use(name), into(found);
    return found == 1;
  });
}

Queue Queues::create(Queue queue, const Actor& by) {
  return translated([&] {
    require_identity(queue.name, "-");
    if (has(queue.name))
      throw Refusal(Code::conflict, "there is a queue of that name already", {{"/name", "is taken"}});
    if (queue.title.empty()) queue.title = queue.name;
    const std::string members = dump(queue.members), working = dump(queue.working),
                      escalations = dump(queue.escalations);
    const int hands_out = queue.hands_out;
    session_.sql()
        << "insert into queue (name, version, title, solves, members, wanted_precision, goal_hours, "
           "lead_days, working, hands_out, review_days, ask_again_days, escalations) values (:name, 1, :title, "
           ":solves, :members, :precision, :goal, :lead, :working, :hands_out, :review, :ask_again, "
           ":escalations)",
        use(queue.name), use(queue.title), use(queue.solves), use(members), use(queue.precision), use(queue.goal_hours),
        use(queue.lead_days), use(working), use(hands_out), use(queue.review_days), use(queue.ask_again_days),
        use(escalations);
    queue.version = 1;
    reach_changed(session_);
    Feed(session_).append(by, "queue.created", "queue:" + queue.name, queue);
    return queue;
  });
}

Queue Queues::change(Queue queue, const Actor& by) {
  return translated([&] {
    const std::string members = dump(queue.members), working = dump(queue.working),
                      escalations = dump(queue.escalations);
    const int hands_out = queue.hands_out;
    soci::statement update =
        (session_.sql().prepare
             << "update queue set version = version + 1, title = :title, solves = :solves, members = :members, "
                "wanted_precision = :precision, goal_hours = :goal, lead_days = :lead, working = :working, hands_out = "
                ":hands_out, review_days = :review, ask_again_days = :ask_again, escalations = :escalations where name "
                "= "
                ":name and version = :version",
         use(queue.title), use(queue.solves), use(members), use(queue.precision), use(queue.goal_hours),
         use(queue.lead_days), use(working), use(hands_out), use(queue.review_days), use(queue.ask_again_days),
         use(escalations), use(queue.name), use(queue.version));
    update.execute(true);
    if (update.get_affected_rows() != 1)
      throw Refusal(Code::stale, "the queue was changed since it was read; read it again");
    ++queue.version;
    reach_changed(session_);
    Feed(session_).append(by, "queue.changed", "queue:" + queue.name, queue);
    return queue;
  });
}

Queue Queues::find(const std::string& name) const {
  return translated([&] {
    const auto queues = queues_where(session_.sql(), "name = :name", name);
    if (queues.empty()) throw Refusal(Code::not_found, fmt::format("there is no queue \"{}\"", cut(name, 64)));
    return queues.front();
  });
}

std::vector<Queue> Queues::list() const {
  return translated([&] { return queues_where(session_.sql(), "1 = 1 order by name"); });
}

Rule Queues::create_rule(Rule rule, const Actor& by) {
  return translated([&] {
    if (!has(rule.queue)) throw invalid("/queue", fmt::format("\"{}\" is not known", rule.queue));
    const int enabled = rule.enabled;
    const std::string tags = dump(rule.tags), notify = dump(rule.notify);
    session_.sql() << "insert into rule (version, name, query, queue, place, enabled, priority, tags, notify) values "
                      "(1, :name, :query, :queue, :place, :enabled, :priority, :tags, :notify) returning id",
        use(rule.name), use(rule.query), use(rule.queue), use(rule.rank), use(enabled), use(rule.priority), use(tags),
        use(notify), into(rule.id);
    rule.version = 1;
    Feed(session_).append(by, "rule.created", subject("rule", rule.id), rule);
    return rule;
  });
}

Rule Queues::change_rule(Rule rule, const Actor& by) {
  return translated([&] {
    if (!has(rule.queue)) throw invalid("/queue", fmt::format("\"{}\" is not known", rule.queue));
    const int enabled = rule.enabled;
    const std::string tags = dump(rule.tags), notify = dump(rule.notify);
    soci::statement update =
        (session_.sql().prepare
             << "update rule set version = version + 1, name = :name, query = :query, queue = :queue, "
                "place = :place, enabled = :enabled, priority = :priority, tags = :tags, notify = :notify where id = "
                ":id and version = :version",
         use(rule.name), use(rule.query), use(rule.queue), use(rule.rank), use(enabled), use(rule.priority), use(tags),
         use(notify), use(rule.id), use(rule.version));
    update.execute(true);
    if (update.get_affected_rows() != 1)
      throw Refusal(Code::stale, "the rule was changed since it was read; read it again");
    ++rule.version;
    Feed(session_).append(by, "rule.changed", subject("rule", rule.id), rule);
    return rule;
  });
}

void Queues::remove_rule(RuleId id, const Actor& by) {
  translated([&] {
    const Rule rule = find_rule(id);
    session_.sql() << "delete from rule where id = :id", use(id);
    Feed(session_).append(by, "rule.removed", subject("rule", id), rule);
  });
}

Rule Queues::find_rule(RuleId id) const {
  for (Rule& rule : rules())
    if (rule.id == id) return rule;
  throw Refusal(Code::not_found, fmt::format("there is no rule {}", id));
}

std::vector<Rule> Queues::rules() const {
  return translated([&] {
    std::vector<Rule> rules;
    Rule rule;
    int enabled = 0;
    std::string tags, notify;
    soci::statement statement = (session_.sql().prepare << "select id, version, name, query, queue, place, enabled, "
                                                           "priority, tags, notify from rule order by place, id",
                                 into(rule.id), into(rule.version), into(rule.name), into(rule.query), into(rule.queue),
                                 into(rule.rank), into(enabled), into(rule.priority), into(tags), into(notify));
    for (statement.execute(); statement.fetch();) {
      rule.enabled = enabled != 0;
      rule.tags = json::parse(tags).get<std::vector<std::string>>();
      rule.notify = json::parse(notify).get<std::vector<std::string>>();
      rules.push_back(rule);
    }
    return rules;
  });
}

std::map<RuleId, RuleRecord> Queues::rule_records() const {
  return translated([&] {
    std::map<RuleId, RuleRecord> records;
    RuleId rule = 0;
    RuleRecord record;
    std::int64_t last = 0;
    for_each_row(
        session_.sql(),
        "select rule, count(*), count(corrected_at), max(at) from routing where rule is not null group by rule",
        std::tie(rule, record.hits, record.corrected, last), std::tuple<>(), [&] {
          record.last_hit = from_millis(last);
          records[rule] = record;
        });
    return records;
  });
}

}  // namespace tidings
