// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/ledger/follow_ups.h"

#include <fmt/format.h>

#include "indexer/ledger/sql.h"

namespace tidings {
namespace {

constexpr std::int64_t kMillisADay = 86'400'000;
constexpr std::int64_t kMostDays = 365;

}  // namespace

std::vector<AnsweredWork> FollowUps::answered_since(Time since, int limit) const {
  return translated([&] {
    std::vector<AnsweredWork> all;
    AnsweredWork one;
    std::int64_t kept_at = 0, answered_at = 0;
    Nullable<std::int64_t> told_at;
    const std::int64_t from = to_millis(since);
    for_each_row(
        session_.sql(),
        fmt::format("select w.queue, i.author, c.name, i.kept_at, min(a.at), (select min(t.at) from telling t where "
                    "t.work = w.id) from work w join answer a on a.work = w.id join insight i on i.id = "
                    "w.insight join client c on c.id = i.client group by w.id, w.queue, i.author, c.name, i.kept_at "
                    "having min(a.at) >= :since order by min(a.at) desc limit {}",
                    limit),
        std::tie(one.queue, one.author, one.client, kept_at, answered_at, told_at), std::tie(from), [&] {
          one.kept_at = from_millis(kept_at);
          one.answered_at = from_millis(answered_at);
          one.told_at = told_at.get() ? std::optional(from_millis(told_at.value)) : std::nullopt;
          all.push_back(one);
        });
    return all;
  });
}

std::vector<FollowUp> FollowUps::select(FollowUp::What what, const std::string& user, bool only_unnoticed,
                                        int limit) const {
  const std::int64_t now = to_millis(session_.now()), long_ago = now - kMostDays * kMillisADay;
  const std::string today = to_string_day(to_day(session_.now())),
                    a_year_ago = to_string_day(to_day(session_.now()) - std::chrono::days(kMostDays));
  // What stands after "from"; since when it waits; and what more must hold.
  std::string from, since, of = "0", condition;
  switch (what) {
    case FollowUp::What::reply:
      from = "work w join insight i on i.id = w.insight";
      // Its holder changes the work at each heartbeat.
      since = "(select max(e.at) from event e where e.subject = 'work:' || w.id and e.kind = 'work.ask')";
      of = "(select max(e.seq) from event e where e.subject = 'work:' || w.id and e.kind = 'work.ask')";
      condition = "w.asked = 1 and w.state in ('waiting', 'claimed')";
      break;
    case FollowUp::What::tell:
      from = "work w join insight i on i.id = w.insight";
      since = "w.changed_at";
      of = "(select max(a.id) from answer a where a.work = w.id)";
      condition = "w.state = 'answered'";
      break;
    case FollowUp::What::ask_again:
      from =
          "telling t join work w on w.id = t.work join queue q on q.name = w.queue join insight i on i.id = w.insight";
      since = fmt::format("t.at + q.ask_again_days * {}", kMillisADay);
      of = "t.id";
      condition =
          "t.reaction = 'no_answer' and t.at >= (select long_ago from moment) and w.state = 'told' and " + since +
          " <= (select now from moment) and not exists (select 1 from telling later where later.work = w.id and "
          "later.id > t.id)";
      break;
    case FollowUp::What::outcome:
      from = "insight i left join work w on w.insight = i.id";
      since = "0";
      condition =
          "i.foreseen_to >= (select a_year_ago from moment) and i.foreseen_to < (select today from moment) and "
          "i.outcome = 'unknown'";
      break;
  }
  if (only_unnoticed) {
    const std::string reason =
        what == FollowUp::What::outcome ? "'outcome'" : fmt::format("'{}:' || {}", to_string(what), of);
    condition +=
        fmt::format(" and not exists (select 1 from notification n where n.insight = i.id and n.reason = {})", reason);
    if (what == FollowUp::What::reply || what == FollowUp::What::tell)
      condition += fmt::format(
          " and {} + (select ask_again_days from queue where name = w.queue) * {} <= (select now from moment)", since,
          kMillisADay);
  }
  std::vector<FollowUp> all;
  FollowUp one;
  one.what = what;
  std::int64_t at = 0;
  std::string until;
  for_each_row(
      session_.sql(),
      fmt::format("with moment as (select cast(:now as bigint) as now, cast(:long_ago as bigint) as long_ago, "
                  "cast(:today as text) as today, cast(:a_year_ago as text) as a_year_ago) "
                  "select i.id, coalesce(w.id, 0), i.author, c.owner, c.name, case when i.title <> '' then "
                  "i.title else substr(i.body, 1, 120) end, coalesce(w.queue, ''), {}, {}, "
                  "coalesce(i.foreseen_to, '') from {} join client c on c.id = i.client where {} and (:any = '' "
                  "or i.author = :author or c.owner = :owner) order by 8, i.foreseen_to, 1 limit {}",
                  since, of, from, condition, limit),
      std::tie(one.insight, one.work, one.author, one.owner, one.client, one.title, one.queue, at, one.of, until),
      std::tie(now, long_ago, today, a_year_ago, user, user, user), [&] {
        one.since =
            what == FollowUp::What::outcome ? Time(parse_day(until).value() + std::chrono::days(1)) : from_millis(at);
        all.push_back(one);
      });
  return all;
}

std::vector<FollowUp> FollowUps::of(FollowUp::What what, const std::string& user, int limit) const {
  return translated([&] { return select(what, user, false, limit); });
}

std::vector<FollowUp> FollowUps::unnoticed(FollowUp::What what, int limit) const {
  return translated([&] { return select(what, "", true, limit); });
}

std::string FollowUps::reason(const FollowUp& follow_up) {
  return follow_up.of ? fmt::format("{}:{}", to_string(follow_up.what), follow_up.of)
                      : std::string(to_string(follow_up.what));
}

std::vector<Judged> FollowUps::judged(const std::string& by, int limit) const {
  const std::string name = by == "author"    ? "i.author"
                           : by == "client"  ? "c.name"
                           : by == "contact" ? "p.name || ', ' || c.name"
                                             : "";
  if (name.empty()) throw invalid("/by", "is none of author, client, contact");
  return translated([&] {
    std::vector<Judged> all;
    Judged one;
    std::string from, outcome;
    Nullable<double> likelihood;
    Nullable<std::string> happened_on;
    std::int64_t recorded_at = 0;
    for_each_row(session_.sql(),
                 fmt::format("select {}, i.likelihood, i.outcome, i.foreseen_from, i.happened_on, i.recorded_at from "
                             "insight i join client c on c.id = i.client {} where i.outcome in ('happened', 'did_not') "
                             "order by i.recorded_at desc limit {}",
                             name,
                             by == "contact" ? "join insight_contact x on x.insight = i.id join contact p on p.id = "
                                               "x.contact"
                                             : "",
                             limit),
                 std::tie(one.name, likelihood, outcome, from, happened_on, recorded_at), std::tuple<>(), [&] {
                   one.likelihood = likelihood.get();
                   one.happened = outcome == "happened";
                   one.foreseen_from = parse_day(from).value();
                   one.happened_on = happened_on.get() ? parse_day(happened_on.value) : std::nullopt;
                   one.recorded_at = from_millis(recorded_at);
                   all.push_back(one);
                 });
    return all;
  });
}

}  // namespace tidings
