// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/ledger/works.h"

#include <fmt/format.h>

#include "indexer/base/text.h"
#include "indexer/ledger/feed.h"
#include "indexer/ledger/people.h"
#include "indexer/ledger/sql.h"

namespace tidings {
namespace {

constexpr int kLettersOfALesson = 3000;
constexpr std::int64_t kMillisAWeek = 7 * 86'400'000LL;  // weeks since 1970, which begin on Thursdays

constexpr const char* kColumns =
    "id, version, insight, queue, state, priority, route, holder, lease_until, reason, created_at, queued_at, "
    "changed_at";

void insert(soci::session& sql, Work& work) {
  const std::string state(to_string(work.state)), route = dump(work.route);
  const double rank = standing(work);
  const std::int64_t created_at = to_millis(work.created_at), queued_at = to_millis(work.queued_at),
                     changed_at = to_millis(work.changed_at);
  sql << "insert into work (version, insight, queue, state, priority, standing, route, holder, reason, created_at, "
         "queued_at, changed_at) values "
         "(1, :insight, :queue, :state, :priority, :standing, :route, '', :reason, :created_at, :queued_at, "
         ":changed_at) returning "
         "id",
      use(work.insight), use(work.queue), use(state), use(work.priority), use(rank), use(route), use(work.reason),
      use(created_at), use(queued_at), use(changed_at), into(work.id);
}

void insert_routing(soci::session& sql, const Work& work) {
  const std::string by(to_string(work.route.by));
  const Nullable<std::int64_t> rule(work.route.rule);
  const std::int64_t at = to_millis(work.created_at);
  sql << "insert into routing (work, queue, decided_by, rule, confidence, at) values (:work, :queue, :by, :rule, "
         ":confidence, :at)",
      use(work.id), use(work.queue), use(by), use(rule), use(work.route.confidence), use(at);
}

void insert_answer(soci::session& sql, Answer& answer) {
  const std::int64_t at = to_millis(answer.at);
  const Nullable<std::int64_t> repeats(answer.repeats);
  sql << "insert into answer (work, insight, body, by_name, at, repeats) values (:work, :insight, :body, :by, :at, "
         ":repeats) returning id",
      use(answer.work), use(answer.insight), use(answer.body), use(answer.by), use(at), use(repeats), into(answer.id);
}

void insert_telling(soci::session& sql, Telling& telling) {
  const std::string reaction(to_string(telling.reaction));
  const std::int64_t at = to_millis(telling.at);
  sql << "insert into telling (work, at, whom, reaction, note, by_name) values (:work, :at, :whom, :reaction, :note, "
         ":by) returning id",
      use(telling.work), use(at), use(telling.whom), use(reaction), use(telling.note), use(telling.by),
      into(telling.id);
}

// Works for which `condition` holds; `uses` are its values in order.
template <class... Uses>
std::vector<Work> works_where(soci::session& sql, const std::string& condition, const Uses&... uses) {
  std::vector<Work> works;
  Work work;
  std::string state, route;
  Nullable<std::int64_t> lease_until;
  std::int64_t created_at = 0, queued_at = 0, changed_at = 0;
  for_each_row(sql, fmt::format("select {} from work where {}", kColumns, condition),
               std::tie(work.id, work.version, work.insight, work.queue, state, work.priority, route, work.holder,
                        lease_until, work.reason, created_at, queued_at, changed_at),
               std::tie(uses...), [&] {
                 work.state = *parse_name<WorkState>(state);
                 work.route = json::parse(route).get<Route>();
                 work.lease_until = lease_until.get() ? std::optional(from_millis(lease_until.value)) : std::nullopt;
                 work.created_at = from_millis(created_at);
                 work.queued_at = from_millis(queued_at);
                 work.changed_at = from_millis(changed_at);
                 works.push_back(work);
               });
  return works;
}

// Answers for which `condition` holds of `value`.
std::vector<Answer> answers_where(soci::session& sql, const std::string& condition, const std::int64_t& value) {
  std::vector<Answer> answers;
  Answer answer;
  std::int64_t at = 0;
  Nullable<std::int64_t> repeats;
  for_each_row(sql,
               "select id, work, insight, body, by_name, at, repeats, (select count(*) from answer other where "
               "other.repeats = answer.id) from answer where " +
                   condition,
               std::tie(answer.id, answer.work, answer.insight, answer.body, answer.by, at, repeats, answer.repeated),
               std::tie(value), [&] {
                 answer.at = from_millis(at);
                 answer.repeats = repeats.get();
                 answers.push_back(answer);
               });
  return answers;
}

}  // namespace

double standing(const Work& work) {
  constexpr double kMillisADay = 86'400'000;
  return work.priority - static_cast<double>(to_millis(work.created_at)) / kMillisADay;
}

bool Works::has_queue(const std::string& name) const {
  return translated([&] {
    int found = 0;
    session_.sql() << "select count(*) from queue where name = :name", use(name), into(found);
    return found == 1;
  });
}

Work Works::place(InsightId insight, const Route& route, double priority, const Actor& by) {
  return translated([&] {
    if (of_insight(insight)) throw Refusal(Code::conflict, fmt::format("insight {} has its work already", insight));
    if (!has_queue(route.queue)) throw invalid("/queue", fmt::format("\"{}\" is not known", route.queue));
    Work work;
    work.insight = insight;
    work.queue = route.queue;
    work.priority = priority;
    work.route = route;
    work.created_at = work.queued_at = work.changed_at = session_.now();
    insert(session_.sql(), work);
    insert_routing(session_.sql(), work);
    Feed(session_).append(by, "work.placed", subject("work", work.id), work);
    return work;
  });
}

Work Works::keep_history(const Insight& insight, const History& history, WorkState state, const Actor& by) {
  return translated([&] {
    soci::session& sql = session_.sql();
    Work work;
    work.insight = insight.id;
    work.queue = history.queue;
    work.state = state;
    work.route.queue = history.queue;
    work.route.by = RoutedBy::import;
    work.route.reasons = {"The note came with its queue."};
    work.reason = history.reason;
    work.created_at = work.queued_at = work.changed_at = insight.recorded_at;
    insert(sql, work);
    json body = work;
    if (history.answer) {
      Answer answer = *history.answer;
      answer.work = work.id;
      answer.insight = insight.id;
      if (answer.at == Time{}) answer.at = insight.recorded_at;
      insert_answer(sql, answer);
      body["answer"] = answer;
    }
    if (history.telling) {
      Telling telling = *history.telling;
      telling.work = work.id;
      if (telling.at == Time{}) telling.at = insight.recorded_at;
      insert_telling(sql, telling);
      body["telling"] = telling;
    }
    Feed(session_).append(by, "work.placed", subject("work", work.id), body);
    return work;
  });
}

Work Works::find(WorkId id) const {
  return translated([&] {
    const auto works = works_where(session_.sql(), "id = :id", id);
    if (works.empty()) throw Refusal(Code::not_found, fmt::format("there is no work {}", id));
    return works.front();
  });
}

std::optional<Work> Works::of_insight(InsightId insight) const {
  return translated([&]() -> std::optional<Work> {
    const auto works = works_where(session_.sql(), "insight = :insight", insight);
    if (works.empty()) return std::nullopt;
    return works.front();
  });
}

std::vector<Work> Works::list(const WorkFilter& filter) const {
  return translated([&] {
    // Each value is bound, asked for or not, so that there are always the same three; an empty one asks for any.
    const auto asks = [](const std::string& value, const char* condition, const char* any) {
      return std::string(value.empty() ? any : condition);
    };
    std::string condition =
        asks(filter.queue, "queue = :queue", "'' = :queue") + " and " +
        asks(filter.holder, "holder = :holder", "'' = :holder") + " and " +
        asks(filter.author, "insight in (select id from insight where author = :author)", "'' = :author");
    if (!filter.states.empty()) {
      std::string names;
      for (WorkState state : filter.states) names += fmt::format("{}'{}'", names.empty() ? "" : ", ", to_string(state));
      condition += fmt::format(" and state in ({})", names);
    }
    condition += fmt::format(" order by standing desc, id limit {} offset {}", filter.limit, filter.offset);
    return works_where(session_.sql(), condition, filter.queue, filter.holder, filter.author);
  });
}

std::int64_t Works::unrouted() const {
  return translated([&] {
    std::int64_t insights = 0, works = 0;  // an insight has one work at most
    session_.sql() << "select count(*) from insight", into(insights);
    session_.sql() << "select count(*) from work", into(works);
    return insights - works;
  });
}

json Works::counts(const std::string& queue) const {
  return translated([&] {
    json counts = json::object();
    for (const auto& [state, name] : Names<WorkState>::all) counts[std::string(name)] = 0;
    std::string state;
    int count = 0;
    soci::statement statement =
        (session_.sql().prepare << "select state, count(*) from work where queue = :queue group by state", use(queue),
         into(state), into(count));
    for (statement.execute(); statement.fetch();) counts[state] = count;
    return counts;
  });
}

std::vector<Answer> Works::answers(WorkId work) const {
  return translated([&] { return answers_where(session_.sql(), "work = :work order by id", work); });
}

Answer Works::answer(std::int64_t id) const {
  return translated([&] {
    const auto answers = answers_where(session_.sql(), "id = :id", id);
    if (answers.empty()) throw Refusal(Code::not_found, fmt::format("there is no answer {}", id));
    return answers.front();
  });
}

std::vector<Telling> Works::tellings(WorkId work) const {
  return translated([&] {
    std::vector<Telling> tellings;
    Telling telling;
    std::int64_t at = 0;
    std::string reaction;
    soci::statement statement =
        (session_.sql().prepare
             << "select id, work, at, whom, reaction, note, by_name from telling where work = :work order by id",
         use(work), into(telling.id), into(telling.work), into(at), into(telling.whom), into(reaction),
         into(telling.note), into(telling.by));
    for (statement.execute(); statement.fetch();) {
      telling.at = from_millis(at);
      telling.reaction = parse_name<Reaction>(reaction).value_or(Reaction::no_answer);
      tellings.push_back(telling);
    }
    return tellings;
  });
}

std::optional<Work> Works::next(const std::string& queue) const {
  const auto works =
      list({.queue = queue, .states = {WorkState::waiting}, .holder = "", .author = "", .offset = 0, .limit = 1});
  if (works.empty()) return std::nullopt;
  return works.front();
}

std::vector<Work> Works::lapsed() const {
  return translated([&] {
    return works_where(session_.sql(), "state = 'claimed' and lease_until <= :now order by id limit 500",
                       to_millis(session_.now()));
  });
}

std::vector<Lesson> Works::lessons(int limit) const {
  return translated([&] {
    std::vector<Lesson> lessons;
    Lesson lesson;
    std::string state;
    for_each_row(session_.sql(),
                 fmt::format("select w.insight, w.queue, w.state, i.title, substr(i.body, 1, {}), case when i.industry "
                             "<> '' then i.industry else c.industry end, i.kind from work w join insight i on i.id = "
                             "w.insight join client c on c.id = i.client where w.queue <> 'triage' and (w.state <> "
                             "'waiting' or w.id in (select work from routing where corrected_at is not null)) order "
                             "by w.changed_at desc, w.id desc limit {}",
                             kLettersOfALesson, limit),
                 std::tie(lesson.insight, lesson.queue, state, lesson.title, lesson.body, lesson.industry, lesson.kind),
                 std::tuple<>(), [&] {
                   lesson.state = *parse_name<WorkState>(state);
                   lessons.push_back(lesson);
                 });
    return lessons;
  });
}

std::pair<std::int64_t, std::int64_t> Works::lesson_counts() const {
  return translated([&] {
    std::int64_t done = 0, corrected = 0;
    session_.sql() << "select count(*) from work where queue <> 'triage' and state <> 'waiting'", into(done);
    session_.sql() << "select count(*) from routing where corrected_at is not null", into(corrected);
    return std::pair(done, corrected);
  });
}

std::vector<AnsweredWork> Works::answered_since(Time since, int limit) const {
  return translated([&] {
    std::vector<AnsweredWork> all;
    AnsweredWork one;
    std::int64_t answered_at = 0;
    Nullable<std::int64_t> told_at;
    const std::int64_t from = to_millis(since);
    for_each_row(session_.sql(),
                 fmt::format("select w.queue, i.author, c.name, min(a.at), (select min(t.at) from telling t where "
                             "t.work = w.id) from work w join answer a on a.work = w.id join insight i on i.id = "
                             "w.insight join client c on c.id = i.client group by w.id, w.queue, i.author, c.name "
                             "having min(a.at) >= :since order by min(a.at) desc limit {}",
                             limit),
                 std::tie(one.queue, one.author, one.client, answered_at, told_at), std::tie(from), [&] {
                   one.answered_at = from_millis(answered_at);
                   one.told_at = told_at.get() ? std::optional(from_millis(told_at.value)) : std::nullopt;
                   all.push_back(one);
                 });
    return all;
  });
}

std::vector<RoutedWeek> Works::routed_by_week(RoutedBy by, Time since) const {
  return translated([&] {
    std::vector<RoutedWeek> weeks;
    RoutedWeek week;
    std::int64_t number = 0;
    const std::string by_name(to_string(by));
    const std::int64_t from = to_millis(since);
    for_each_row(session_.sql(),
                 fmt::format("select queue, at / {0}, count(*), count(corrected_at) from routing where decided_by = "
                             ":by and at >= :since group by queue, at / {0} order by 2, 1",
                             kMillisAWeek),
                 std::tie(week.queue, number, week.routed, week.corrected), std::tie(by_name, from), [&] {
                   week.begins = to_day(from_millis(number * kMillisAWeek));
                   weeks.push_back(week);
                 });
    return weeks;
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

Work Works::act(WorkId id, WorkAct act, const ActDetails& details, const Actor& by) {
  return translated([&] {
    soci::session& sql = session_.sql();
    Work work = find(id);
    const auto state = after(work.state, act);
    if (!state)
      throw Refusal(Code::conflict, fmt::format("work {} is {}: it cannot be {}", id, to_string(work.state), [&] {
                      switch (act) {
                        case WorkAct::claim: return "claimed";
                        case WorkAct::heartbeat: return "kept alive";
                        case WorkAct::release: return "released";
                        case WorkAct::lapse: return "given back";
                        case WorkAct::reroute: return "rerouted";
                        case WorkAct::decline: return "declined";
                        case WorkAct::answer: return "answered";
                        case WorkAct::tell: return "told";
                        case WorkAct::reopen: return "reopened";
                      }
                      return "changed";
                    }()));
    json body = {{"insight", work.insight}, {"from", work.state}, {"to", *state}, {"queue", work.queue}};
    work.state = *state;
    work.changed_at = session_.now();
    work.lease_until = details.lease_until;
    if (act == WorkAct::claim) work.holder = by.name;
    if (act == WorkAct::reroute || act == WorkAct::reopen) work.queued_at = work.changed_at;
    if (work.state == WorkState::waiting || work.state == WorkState::declined) work.holder.clear();
    if (!details.reason.empty()) body["reason"] = work.reason = details.reason;
    if (act == WorkAct::reroute) {
      if (!has_queue(details.queue)) throw invalid("/queue", fmt::format("\"{}\" is not known", details.queue));
      body["to_queue"] = work.queue = details.queue;
      const std::int64_t at = to_millis(work.changed_at);
      sql << "update routing set corrected_to = :queue, corrected_at = :at where work = :work and corrected_at is null",
          use(details.queue), use(at), use(id);
      work.route = Route{};
      work.route.queue = details.queue;
      work.route.by = RoutedBy::person;
      work.route.reasons = {fmt::format("{} moved it here.", by.name)};
      if (!details.reason.empty()) work.route.reasons.push_back(details.reason);
    }
    if (act == WorkAct::answer) {
      Answer answer = details.answer.value();
      answer.work = id;
      answer.insight = work.insight;
      answer.by = by.name;
      answer.at = work.changed_at;
      insert_answer(sql, answer);
      body["answer"] = answer;
    }
    if (act == WorkAct::tell) {
      Telling telling = details.telling.value();
      telling.work = id;
      telling.by = by.name;
      insert_telling(sql, telling);
      body["telling"] = telling;
    }
    body["holder"] = work.holder;
    const std::string state_name(to_string(work.state)), route = dump(work.route);
    const std::int64_t queued_at = to_millis(work.queued_at), changed_at = to_millis(work.changed_at);
    const Nullable<std::int64_t> lease(work.lease_until ? std::optional(to_millis(*work.lease_until)) : std::nullopt);
    sql << "update work set version = version + 1, queue = :queue, state = :state, route = :route, holder = :holder, "
           "lease_until = :lease, reason = :reason, queued_at = :queued_at, changed_at = :changed_at where id = :id",
        use(work.queue), use(state_name), use(route), use(work.holder), use(lease), use(work.reason), use(queued_at),
        use(changed_at), use(id);
    ++work.version;
    Feed(session_).append(by, fmt::format("work.{}", to_string(act)), subject("work", id), body);
    return work;
  });
}

Queue Queues::create(Queue queue, const Actor& by) {
  return translated([&] {
    require_identity(queue.name, "-");
    if (Works(session_).has_queue(queue.name))
      throw Refusal(Code::conflict, "there is a queue of that name already", {{"/name", "is taken"}});
    if (queue.title.empty()) queue.title = queue.name;
    const std::string members = dump(queue.members), working = dump(queue.working);
    session_.sql() << "insert into queue (name, version, title, solves, members, wanted_precision, goal_hours, "
                      "lead_days, working) "
                      "values (:name, 1, :title, :solves, :members, :precision, :goal, :lead, :working)",
        use(queue.name), use(queue.title), use(queue.solves), use(members), use(queue.precision), use(queue.goal_hours),
        use(queue.lead_days), use(working);
    queue.version = 1;
    Feed(session_).append(by, "queue.created", "queue:" + queue.name, queue);
    return queue;
  });
}

Queue Queues::change(Queue queue, const Actor& by) {
  return translated([&] {
    const std::string members = dump(queue.members), working = dump(queue.working);
    soci::statement update =
        (session_.sql().prepare
             << "update queue set version = version + 1, title = :title, solves = :solves, members = :members, "
                "wanted_precision = :precision, goal_hours = :goal, lead_days = :lead, working = :working where name = "
                ":name and version = "
                ":version",
         use(queue.title), use(queue.solves), use(members), use(queue.precision), use(queue.goal_hours),
         use(queue.lead_days), use(working), use(queue.name), use(queue.version));
    update.execute(true);
    if (update.get_affected_rows() != 1)
      throw Refusal(Code::stale, "the queue was changed since it was read; read it again");
    ++queue.version;
    Feed(session_).append(by, "queue.changed", "queue:" + queue.name, queue);
    return queue;
  });
}

Queue Queues::find(const std::string& name) const {
  for (Queue& queue : list())
    if (queue.name == name) return queue;
  throw Refusal(Code::not_found, fmt::format("there is no queue \"{}\"", cut(name, 64)));
}

std::vector<Queue> Queues::list() const {
  return translated([&] {
    std::vector<Queue> queues;
    Queue queue;
    std::string members, working;
    soci::statement statement =
        (session_.sql().prepare << "select name, version, title, solves, members, wanted_precision, goal_hours, "
                                   "lead_days, working from queue order by name",
         into(queue.name), into(queue.version), into(queue.title), into(queue.solves), into(members),
         into(queue.precision), into(queue.goal_hours), into(queue.lead_days), into(working));
    for (statement.execute(); statement.fetch();) {
      queue.members = json::parse(members).get<std::vector<std::string>>();
      queue.working = WorkingHours();
      update(queue.working, json::parse(working), "/working");
      queues.push_back(queue);
    }
    return queues;
  });
}

Rule Queues::create_rule(Rule rule, const Actor& by) {
  return translated([&] {
    if (!Works(session_).has_queue(rule.queue)) throw invalid("/queue", fmt::format("\"{}\" is not known", rule.queue));
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
    if (!Works(session_).has_queue(rule.queue)) throw invalid("/queue", fmt::format("\"{}\" is not known", rule.queue));
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

}  // namespace tidings
