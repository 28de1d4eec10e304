// SPDX-License-Identifier: GPL-3.0-or-later
// Deadlines: a table of worked examples, across time zones, daylight saving, weekends and holidays.
#include "server/routing/deadline.h"
#include "tests/support/support.h"

namespace tidings {
namespace {

WorkingHours berlin() {
  WorkingHours working;
  update(working,
         {{"zone", "Europe/Berlin"},
          {"days", {1, 2, 3, 4, 5}},
          {"from", "09:00"},
          {"to", "17:00"},
          {"holidays", {"2026-12-25", "2027-01-01"}}},
         "/working");
  return working;
}

std::string after(const WorkingTime& time, const char* since, int worked) {
  return to_string(time.after(*parse_time(since), std::chrono::hours(worked)));
}

}  // namespace

TEST_CASE("working time: every hour counts, or only those that are worked") {
  const WorkingTime always{WorkingHours()};
  CHECK(after(always, "2026-11-21T22:30:00Z", 72) == "2026-11-24T22:30:00.000Z");
  CHECK(to_string(always.before(*parse_day("2027-03-01"), 10)) == "2027-02-19T00:00:00.000Z");

  const WorkingTime office(berlin());
  struct Row {
    const char* since;
    int hours;
    const char* then;
  };
  for (const Row& row : {
           Row{"2026-11-23T10:00:00Z", 2, "2026-11-23T12:00:00.000Z"},  // Monday 11:00 there
           Row{"2026-11-23T14:00:00Z", 4, "2026-11-24T10:00:00.000Z"},  // 15:00: two hours today, two tomorrow
           Row{"2026-11-23T02:00:00Z", 1, "2026-11-23T09:00:00.000Z"},  // before work begins
           Row{"2026-11-27T18:00:00Z", 8, "2026-11-30T16:00:00.000Z"},  // Friday evening: Monday's end
           Row{"2026-12-24T15:00:00Z", 2, "2026-12-28T09:00:00.000Z"},  // Christmas and a weekend between
           Row{"2027-03-26T15:00:00Z", 2, "2027-03-29T08:00:00.000Z"},  // summer time begins on that Sunday
           Row{"2026-10-23T14:00:00Z", 2, "2026-10-26T09:00:00.000Z"},  // and ends: 16:00 summer, 10:00 winter
           Row{"2026-11-23T16:00:00Z", 0, "2026-11-23T16:00:00.000Z"},  // at the end of work, nothing to do
       })
    CHECK_MESSAGE(after(office, row.since, row.hours) == row.then, row.since, " + ", row.hours);

  // Ten working days before 4 January 2027, a Monday: two holidays and three weekends between.
  CHECK(to_string(office.before(*parse_day("2027-01-04"), 10)) == "2026-12-17T08:00:00.000Z");
  CHECK(to_string(office.before(*parse_day("2027-01-04"), 0)) == "2027-01-04T08:00:00.000Z");
  CHECK(to_string(office.before(*parse_day("2027-01-02"), 0)) == "2027-01-04T08:00:00.000Z");  // a Saturday

  WorkingHours never = berlin();
  never.days = {6};
  for (Day day = *parse_day("2026-01-03"); day < *parse_day("2090-01-01"); day += std::chrono::days(7))
    never.holidays.push_back(day);
  CHECK(after(WorkingTime(never), "2026-11-23T10:00:00Z", 5) == "2026-11-23T10:00:00.000Z");  // and comes to an end
}

TEST_CASE("zones where midnight does not exist, half-hour zones, and days of 24 hours") {
  WorkingHours hours;
  update(hours, {{"zone", "Asia/Kolkata"}, {"days", {1, 2, 3, 4, 5, 6, 7}}, {"from", "00:00"}, {"to", "24:00"}}, "");
  CHECK(after(WorkingTime(hours), "2026-11-23T18:00:00Z", 24) == "2026-11-24T18:00:00.000Z");
  update(hours, {{"zone", "America/Sao_Paulo"}}, "");  // its summer time began at midnight
  CHECK(after(WorkingTime(hours), "2018-11-03T12:00:00Z", 48) == "2018-11-05T12:00:00.000Z");
}

TEST_CASE("working hours that make no sense are refused, and the rest comes back as it was") {
  WorkingHours hours;
  const auto refuse = [&](const json& in, const std::string& pointer) {
    try {
      WorkingHours changed = hours;
      update(changed, in, "/working");
      FAIL(in.dump());
    } catch (const Refusal& refusal) {
      CHECK(refusal.faults().at(0).pointer == pointer);
    }
  };
  refuse({{"zone", "Europe/Atlantis"}}, "/working/zone");
  refuse({{"from", "25:00"}}, "/working/from");
  refuse({{"from", "17:00"}}, "/working/to");
  refuse({{"holidays", {"2026-02-30"}}}, "/working/holidays");
  WorkingHours read;
  update(read, json(berlin()), "");
  CHECK(json(read) == json(berlin()));
}

TEST_CASE("a deadline is counted back from what is foreseen, and bounded by the goal and by what can be asked") {
  Queue queue;
  queue.working = berlin();
  queue.goal_hours = 80;  // ten days of eight hours
  queue.lead_days = 60;
  const WorkingTime time(queue.working);
  const Time since = *parse_time("2026-11-23T10:00:00Z");
  struct Row {
    const char* foreseen;
    const char* at;
    Deadline::By by;
  };
  for (const Row& row : {
           Row{"", "2026-12-07T10:00:00.000Z", Deadline::By::goal},
           Row{"2028-01-03", "2026-12-07T10:00:00.000Z", Deadline::By::goal},      // far away: the goal comes first
           Row{"2027-02-26", "2026-12-02T08:00:00.000Z", Deadline::By::foreseen},  // 60 working days before
           Row{"2027-02-15", "2026-11-23T14:00:00.000Z", Deadline::By::minimum},   // too late already: four hours
           Row{"2026-01-01", "2026-11-23T14:00:00.000Z", Deadline::By::minimum},   // it has begun
       }) {
    const Deadline deadline =
        deadline_of(queue, time, since, *row.foreseen ? parse_day(row.foreseen) : std::optional<Day>());
    CHECK_MESSAGE(to_string(deadline.at) == row.at, row.foreseen);
    CHECK(deadline.by == row.by);
  }
  queue.goal_hours = 1;  // a goal may be sooner than the least
  CHECK(to_string(deadline_of(queue, time, since, parse_day("2026-12-01")).at) == "2026-11-23T11:00:00.000Z");
}

TEST_CASE("work shows its deadline; it begins anew where it is moved or reopened") {
  House house;
  house.ledger.write([&](Session& session) {
    Queue queue{.name = "pumps"};
    queue.goal_hours = 10;
    Queues(session).create(queue, kAdmin);
  });
  const InsightId id = house.keep({{"client", "A"},
                                   {"kind", "change"},
                                   {"body", "x"},
                                   {"foreseen", {{"from", "2026-11-24"}, {"to", "2026-12-24"}}}});
  house.route();
  const auto shown = [&] {
    return house.ledger.read([&](Session& session) { return QueueDesk(session, kLead).show(house.work_of(id).id); });
  };
  CHECK(shown()["deadline"] ==
        json{{"at", "2026-11-24T00:00:00.000Z"}, {"by", "foreseen"}, {"late", false}, {"stopped", false}});
  house.clock.advance(std::chrono::hours(20));
  CHECK(shown()["deadline"]["late"] == true);
  house.act(house.work_of(id).id, WorkAct::reroute, kLead, {{"queue", "pumps"}});
  CHECK(shown()["queued_at"] == "2026-11-24T06:00:00.000Z");
  CHECK(shown()["deadline"] ==
        json{{"at", "2026-11-24T10:00:00.000Z"}, {"by", "minimum"}, {"late", false}, {"stopped", false}});
}

}  // namespace tidings
