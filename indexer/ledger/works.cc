// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/ledger/works.h"

#include <fmt/format.h>

#include "indexer/ledger/answers.h"
#include "indexer/ledger/feed.h"
#include "indexer/ledger/queues.h"
#include "indexer/ledger/reach.h"
#include "indexer/ledger/sql.h"

namespace tidings {
namespace {

constexpr int kLettersOfALesson = 3000;
constexpr std::int64_t kMillisAWeek = 7 * 86'400'000LL;  // weeks since 1970, which begin on Thursdays

constexpr const char* kWorkColumns =
    "id, version, insight, queue, state, priority, weighing, route, holder, lease_until, reason, reroutes, askings, "
    "last_holder, gathered_under, created_at, queued_at, changed_at";

void insert(soci::session& sql, Work& work) {
  const std::string state(to_string(work.state)), route = dump(work.route), weighing = dump(work.weighing);
  const double rank = standing(work);
  const std::int64_t created_at = to_millis(work.created_at), queued_at = to_millis(work.queued_at),
                     changed_at = to_millis(work.changed_at);
  sql << "insert into work (version, insight, queue, state, priority, standing, weighing, route, holder, reason, "
         "created_at, queued_at, changed_at) values (1, :insight, :queue, :state, :priority, :standing, :weighing, "
         ":route, '', :reason, :created_at, :queued_at, :changed_at) returning id",
      use(work.insight), use(work.queue), use(state), use(work.priority), use(rank), use(weighing), use(route),
      use(work.reason), use(created_at), use(queued_at), use(changed_at), into(work.id);
}

void insert_routing(soci::session& sql, const Work& work) {
  const std::string by(to_string(work.route.by));
  const Nullable<std::int64_t> rule(work.route.rule);
  const std::int64_t at = to_millis(work.created_at);
  sql << "insert into routing (work, queue, decided_by, rule, confidence, at) values (:work, :queue, :by, :rule, "
         ":confidence, :at)",
      use(work.id), use(work.queue), use(by), use(rule), use(work.route.confidence), use(at);
}

void insert_telling(soci::session& sql, Telling& telling) {
  const std::string reaction(to_string(telling.reaction));
  const std::int64_t at = to_millis(telling.at);
  sql << "insert into telling (work, at, whom, reaction, note, by_name) values (:work, :at, :whom, :reaction, :note, "
         ":by) returning id",
      use(telling.work), use(at), use(telling.whom), use(reaction), use(telling.note), use(telling.by),
      into(telling.id);
}

// Reads rows of work, in the order of kWorkColumns.
struct WorkRow {
  Work work;
  std::string state, weighing, route, askings;
  Nullable<std::int64_t> lease_until, gathered_under;
  std::int64_t created_at = 0, queued_at = 0, changed_at = 0;

  auto columns() {
    return std::tie(work.id, work.version, work.insight, work.queue, state, work.priority, weighing, route, work.holder,
                    lease_until, work.reason, work.reroutes, askings, work.last_holder, gathered_under, created_at,
                    queued_at, changed_at);
  }
  const Work& read() {
    work.state = *parse_name<WorkState>(state);
    work.weighing = json::parse(weighing);
    work.route = json::parse(route).get<Route>();
    work.askings = json::parse(askings).get<std::vector<Asking>>();
    work.lease_until = lease_until.get() ? std::optional(from_millis(lease_until.value)) : std::nullopt;
    work.gathered_under = gathered_under.get();
    work.created_at = from_millis(created_at);
    work.queued_at = from_millis(queued_at);
    work.changed_at = from_millis(changed_at);
    return work;
  }
};

// Works for which `condition` holds; `uses` are its values in order.
template <class... Uses>
std::vector<Work> works_where(soci::session& sql, const std::string& condition, const Uses&... uses) {
  std::vector<Work> works;
  WorkRow row;
  for_each_row(sql, fmt::format("select {} from work where {}", kWorkColumns, condition), row.columns(),
               std::tie(uses...), [&] { works.push_back(row.read()); });
  return works;
}

// The answer in the act or history that `work` came with, kept.
Answer keep_answer(Session& session, const Work& work, Answer answer) {
  answer.work = work.id;
  answer.insight = work.insight;
  Answers(session).keep(answer, Queues(session).find(work.queue).review_days);
  return answer;
}

}  // namespace

double standing(const Work& work) {
  constexpr double kMillisADay = 86'400'000;
  return work.priority - static_cast<double>(to_millis(work.created_at)) / kMillisADay;
}

Work Works::place(InsightId insight, const Route& route, double priority, const json& weighing, const Actor& by) {
  return translated([&] {
    if (of_insight(insight)) throw Refusal(Code::conflict, fmt::format("insight {} has its work already", insight));
    if (!Queues(session_).has(route.queue)) throw invalid("/queue", fmt::format("\"{}\" is not known", route.queue));
    Work work;
    work.insight = insight;
    work.queue = route.queue;
    work.priority = priority;
    work.weighing = weighing;
    work.route = route;
    work.created_at = work.queued_at = work.changed_at = session_.now();
    insert(session_.sql(), work);
    insert_routing(session_.sql(), work);
    reach_changed_if_confidential(session_, insight);
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
    reach_changed_if_confidential(session_, insight.id);
    json body = work;
    if (history.answer) {
      Answer answer = *history.answer;
      if (answer.at == Time{}) answer.at = insight.recorded_at;
      body["answer"] = keep_answer(session_, work, answer);
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

std::vector<Work> Works::next(const std::string& queue, int limit) const {
  return translated([&] {
    return works_where(session_.sql(),
                       "queue = :queue and state = 'waiting' and asked = 0 and gathered_under is null order by "
                       "standing desc, id limit :limit",
                       queue, limit);
  });
}

std::vector<Work> Works::gathered(WorkId under) const {
  return translated([&] { return works_where(session_.sql(), "gathered_under = :under order by id", under); });
}

std::int64_t Works::count_gathered(WorkId under) const {
  return translated([&] {
    std::int64_t count = 0;
    session_.sql() << "select count(*) from work where gathered_under = :under", use(under), into(count);
    return count;
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

std::optional<Time> Works::waiting_since(const std::string& queue) const {
  return translated([&]() -> std::optional<Time> {
    Nullable<std::int64_t> since;
    session_.sql() << "select min(queued_at) from work where queue = :queue and state = 'waiting'", use(queue),
        into(since);
    return since.get() ? std::optional(from_millis(*since.get())) : std::nullopt;
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

std::vector<Work> Works::lapsed() const { return lease_ends_before(session_.now()); }

std::vector<Work> Works::lease_ends_before(Time time) const {
  return translated([&] {
    return works_where(session_.sql(), "state = 'claimed' and lease_until <= :time order by id limit 500",
                       to_millis(time));
  });
}

std::map<std::string, int> Works::loads() const {
  return translated([&] {
    std::map<std::string, int> loads;
    std::string holder;
    int count = 0;
    for_each_row(session_.sql(),
                 "select holder, count(*) from work where state = 'claimed' and asked = 0 group by holder",
                 std::tie(holder, count), std::tuple<>(), [&] { loads[holder] = count; });
    return loads;
  });
}

int Works::held(const std::string& holder) const {
  return translated([&] {
    int count = 0;
    session_.sql() << "select count(*) from work where holder = :holder and state = 'claimed' and asked = 0",
        use(holder), into(count);
    return count;
  });
}

std::vector<OpenWork> Works::open(const std::string& queue, const WorkId after, int limit) const {
  return translated([&] {
    std::vector<OpenWork> open;
    WorkRow row;
    Nullable<std::string> from;
    for_each_row(session_.sql(),
                 fmt::format("select {}, (select foreseen_from from insight where id = work.insight) from work where "
                             "queue = :queue and state in ('waiting', 'claimed') and id > :after order by id limit {}",
                             kWorkColumns, limit),
                 std::tuple_cat(row.columns(), std::tie(from)), std::tie(queue, after), [&] {
                   open.push_back({row.read(), from.get() ? parse_day(from.value) : std::nullopt});
                 });
    return open;
  });
}

bool Works::escalate_once(const Work& work, const std::string& what) {
  return translated([&] {
    const std::int64_t queued_at = to_millis(work.queued_at), at = to_millis(session_.now());
    soci::statement insert = (session_.sql().prepare << "insert into escalated (work, queued_at, what, at) values "
                                                        "(:work, :queued_at, :what, :at) on conflict do nothing",
                              use(work.id), use(queued_at), use(what), use(at));
    insert.execute(true);
    return insert.get_affected_rows() == 1;
  });
}

bool Works::was_escalated(const Work& work, const std::string& what) const {
  return translated([&] {
    int count = 0;
    const std::int64_t queued_at = to_millis(work.queued_at);
    session_.sql() << "select count(*) from escalated where work = :work and queued_at = :queued_at and what = :what",
        use(work.id), use(queued_at), use(what), into(count);
    return count > 0;
  });
}

std::vector<Work> Works::weighed_before(Time time, int limit) const {
  return translated([&] {
    return works_where(
        session_.sql(),
        fmt::format("state in ('waiting', 'claimed') and weighed_at < :time order by weighed_at limit {}", limit),
        to_millis(time));
  });
}

void Works::weigh(const Work& work, double priority, const json& weighing) {
  translated([&] {
    Work weighed = work;
    weighed.priority = priority;
    const double rank = standing(weighed);
    const std::string parts = dump(weighing);
    const std::int64_t at = to_millis(session_.now());
    session_.sql() << "update work set priority = :priority, standing = :standing, weighing = :weighing, weighed_at = "
                      ":at where id = :id",
        use(priority), use(rank), use(parts), use(at), use(work.id);
  });
}

void Works::look(WorkId work, const std::string& user, Time until) {
  translated([&] {
    const std::int64_t now = to_millis(session_.now()), end = to_millis(until);
    session_.sql() << "delete from looking where until <= :now", use(now);
    session_.sql() << "insert into looking (work, user_name, until) values (:work, :user, :until) on conflict (work, "
                      "user_name) do update set until = excluded.until",
        use(work), use(user), use(end);
  });
}

std::vector<std::string> Works::lookers(WorkId work) const {
  return translated([&] {
    std::vector<std::string> names;
    std::string name;
    for_each_row(session_.sql(), "select user_name from looking where work = :work and until > :now order by user_name",
                 std::tie(name), std::tuple<const WorkId&, const std::int64_t&>(work, to_millis(session_.now())),
                 [&] { names.push_back(name); });
    return names;
  });
}

std::vector<Lesson> Works::lessons(int limit) const {
  return translated([&] {
    std::vector<Lesson> lessons;
    Lesson lesson;
    std::string state;
    for_each_row(session_.sql(),
                 fmt::format("select w.insight, case when w.came_from <> '' then w.came_from else w.queue end, "
                             "w.state, i.title, substr(i.body, 1, {}), case when i.industry "
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

namespace {

// "work 12 is waiting: it cannot be answered".
const char* participle(WorkAct act) {
  switch (act) {
    case WorkAct::claim: return "claimed";
    case WorkAct::assign: return "assigned";
    case WorkAct::heartbeat: return "kept alive";
    case WorkAct::release: return "released";
    case WorkAct::lapse: return "given back";
    case WorkAct::ask: return "held up by a question";
    case WorkAct::reply: return "replied to";
    case WorkAct::reroute: return "rerouted";
    case WorkAct::escalate: return "escalated";
    case WorkAct::decline: return "declined";
    case WorkAct::answer: return "answered";
    case WorkAct::tell: return "told";
    case WorkAct::reopen: return "reopened";
    case WorkAct::gather: return "gathered under other work";
    case WorkAct::part: return "taken out of other work";
  }
  return "changed";
}

// Puts work into another queue.
void move(Session& session, Work& work, bool escalates, const ActDetails& details, const Actor& by) {
  if (!Queues(session).has(details.queue)) throw invalid("/queue", fmt::format("\"{}\" is not known", details.queue));
  const std::int64_t at = to_millis(work.changed_at);
  if (escalates) {
    session.sql()
        << "update work set came_from = case when came_from = '' then queue else came_from end where id = :id",
        use(work.id);
  } else {
    ++work.reroutes;
    session.sql() << "update work set came_from = '' where id = :id", use(work.id);
    session.sql() << "update routing set corrected_to = :queue, corrected_at = :at where work = :work and corrected_at "
                     "is null",
        use(details.queue), use(at), use(work.id);
  }
  reach_changed_if_confidential(session, work.insight);
  work.queue = details.queue;
  work.route = Route{};
  work.route.queue = details.queue;
  work.route.by = escalates ? RoutedBy::escalation : RoutedBy::person;
  work.route.reasons = {escalates ? "It was escalated." : fmt::format("{} moved it here.", by.name)};
  if (!details.reason.empty()) work.route.reasons.push_back(details.reason);
}

// Groups are flat: what others are gathered under waits for its own answer only.
void require_leading(const Works& works, const Work& work, WorkId under) {
  const Work leading = works.find(under);
  if (leading.id == work.id)
    throw Refusal(Code::conflict, fmt::format("work {} cannot be gathered under itself", under));
  if (!is_open(leading.state))
    throw Refusal(Code::conflict,
                  fmt::format("work {} is {}: nothing can be gathered under it", under, to_string(leading.state)));
  if (leading.gathered_under)
    throw Refusal(Code::conflict,
                  fmt::format("work {} is itself gathered under work {}", under, *leading.gathered_under));
}

void reply(Work& work, const std::string& text) {
  work.askings.back().replied_at = work.changed_at;
  work.askings.back().reply = text;
}

}  // namespace

Work Works::act(WorkId id, WorkAct act, const ActDetails& details, const Actor& by) {
  return translated([&] {
    soci::session& sql = session_.sql();
    Work work = find(id);
    const auto state = after(work.state, act);
    if (!state)
      throw Refusal(Code::conflict,
                    fmt::format("work {} is {}: it cannot be {}", id, to_string(work.state), participle(act)));
    if (act == WorkAct::reply && !is_asking(work))
      throw Refusal(Code::conflict, fmt::format("the client was asked nothing about work {}", id));
    if (act == WorkAct::ask && is_asking(work))
      throw Refusal(Code::conflict, fmt::format("the client is being asked about work {} already", id));
    if (act == WorkAct::part && !work.gathered_under)
      throw Refusal(Code::conflict, fmt::format("work {} is gathered under none", id));
    if (act == WorkAct::gather) require_leading(*this, work, details.under);
    json body = {{"insight", work.insight}, {"from", work.state}, {"to", *state}, {"queue", work.queue}};
    work.changed_at = session_.now();
    if (act == WorkAct::lapse) body["holder_before"] = work.last_holder = work.holder;
    if (act != WorkAct::reply) work.gathered_under.reset();
    if (act == WorkAct::gather) body["under"] = *(work.gathered_under = details.under);
    if (*state == WorkState::claimed) {
      // Any act of who holds it keeps the lease; none shortens it but a heartbeat that asks for less.
      const bool sets = act == WorkAct::claim || act == WorkAct::assign || act == WorkAct::heartbeat;
      if (sets || (details.lease_until && work.lease_until && *details.lease_until > *work.lease_until))
        work.lease_until = details.lease_until;
    } else {
      work.lease_until.reset();
    }
    if (act == WorkAct::claim) work.holder = by.name;
    if (act == WorkAct::assign) body["assigned_to"] = work.holder = details.to;
    work.state = *state;
    if (act == WorkAct::reroute || act == WorkAct::escalate || act == WorkAct::reopen) work.queued_at = work.changed_at;
    if (work.state == WorkState::waiting || work.state == WorkState::declined) work.holder.clear();
    if (!details.reason.empty()) body["reason"] = work.reason = details.reason;
    if (act == WorkAct::ask) {
      work.askings.push_back({work.changed_at, by.name, details.text, {}, ""});
      body["question"] = details.text;
    }
    if (act == WorkAct::reply) {
      reply(work, details.text);
      body["reply"] = details.text;
    }
    const bool keeps_asking = act == WorkAct::gather || act == WorkAct::part || act == WorkAct::ask ||
                              act == WorkAct::release || act == WorkAct::lapse || act == WorkAct::claim ||
                              act == WorkAct::assign || act == WorkAct::heartbeat;
    if (is_asking(work) && !keeps_asking) reply(work, "");
    if (act == WorkAct::reroute || act == WorkAct::escalate) {
      move(session_, work, act == WorkAct::escalate, details, by);
      body["to_queue"] = work.queue;
    }
    if (act == WorkAct::answer) {
      Answer answer = details.answer.value();
      answer.by = by.name;
      answer.at = work.changed_at;
      body["answer"] = keep_answer(session_, work, answer);
    }
    if (act == WorkAct::tell) {
      Telling telling = details.telling.value();
      telling.work = id;
      telling.by = by.name;
      insert_telling(sql, telling);
      body["telling"] = telling;
    }
    body["holder"] = work.holder;
    const std::string state_name(to_string(work.state)), route = dump(work.route), askings = dump(work.askings);
    const int asked = is_asking(work);
    const std::int64_t queued_at = to_millis(work.queued_at), changed_at = to_millis(work.changed_at);
    const Nullable<std::int64_t> lease(work.lease_until ? std::optional(to_millis(*work.lease_until)) : std::nullopt),
        under(work.gathered_under);
    sql << "update work set version = version + 1, queue = :queue, state = :state, route = :route, holder = :holder, "
           "lease_until = :lease, reason = :reason, reroutes = :reroutes, asked = :asked, askings = :askings, "
           "last_holder = :last_holder, gathered_under = :under, queued_at = :queued_at, changed_at = :changed_at "
           "where id = :id",
        use(work.queue), use(state_name), use(route), use(work.holder), use(lease), use(work.reason),
        use(work.reroutes), use(asked), use(askings), use(work.last_holder), use(under), use(queued_at),
        use(changed_at), use(id);
    ++work.version;
    Feed(session_).append(by, fmt::format("work.{}", to_string(act)), subject("work", id), body);
    return work;
  });
}

}  // namespace tidings
