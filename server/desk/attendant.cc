// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/desk/attendant.h"

#include <fmt/format.h>

#include <set>

#include "indexer/base/background.h"
#include "indexer/base/log.h"
#include "indexer/base/refusal.h"
#include "indexer/ledger/follow_ups.h"
#include "indexer/ledger/insights.h"
#include "indexer/ledger/people.h"
#include "indexer/ledger/queues.h"
#include "indexer/ledger/works.h"
#include "server/desk/leases.h"
#include "server/desk/notices.h"
#include "server/desk/privacy_desk.h"
#include "server/desk/queue_desk.h"
#include "server/desk/team.h"
#include "server/routing/deadline.h"
#include "server/routing/priority.h"

namespace tidings {
namespace {

const Actor kAttendant{"system:attendant", Role::admin};
constexpr Millis kLook{1000};
constexpr Millis kSlowLook{60'000};  // for what is a matter of hours
constexpr std::chrono::hours kRetirement{1};
constexpr Millis kPatience{2000};
constexpr int kBatch = 200;
constexpr int kWeighed = 50;
constexpr Millis kWeighedFor{86'400'000};
constexpr std::size_t kWitnesses = 30;  // notes that are looked at

// Whether an escalation is due; `deadline` is the work's.
bool is_due(const Escalation& escalation, const Work& work, const Deadline& deadline, const WorkingTime& hours,
            Time now) {
  const Millis span = std::chrono::hours(escalation.hours);
  switch (escalation.when) {
    case Escalation::When::before_deadline:
      return now < deadline.at && hours.between(now, deadline.at) <= span && !is_asking(work);
    case Escalation::When::after_deadline:
      return now > deadline.at && hours.between(deadline.at, now) >= span && !is_asking(work);
    case Escalation::When::rerouted: return work.reroutes >= escalation.times;
    case Escalation::When::unclaimed:
      return work.state == WorkState::waiting && !work.gathered_under && !is_asking(work) &&
             hours.between(work.queued_at, now) >= span;
  }
  return false;
}

// One for each rule; changing who is told makes it another.
std::string name_of(const Escalation& escalation) {
  return fmt::format("{} {} {} {}", to_string(escalation.when), escalation.hours, escalation.times, escalation.to);
}

}  // namespace

int Attendant::watch_leases() {
  const auto soon = ledger_.read(
      [&](Session& session) { return Works(session).lease_ends_before(clock_.now() + kLeaseWarning).size(); });
  if (soon == 0) return 0;
  return ledger_.write([&](Session& session) {
    for (const Work& work : Works(session).lease_ends_before(clock_.now() + kLeaseWarning)) {
      announce_lease(session, work);
    }
    return end_lapsed_leases(session);
  });
}

int Attendant::hand_out() {
  const auto waits = [](Session& session, const std::string& queue) { return Works(session).next(queue, kBatch); };
  std::vector<Queue> queues;
  ledger_.read([&](Session& session) {
    for (Queue& queue : Queues(session).list())
      if (queue.hands_out && !waits(session, queue.name).empty()) queues.push_back(std::move(queue));
  });
  int given = 0;
  for (const Queue& queue : queues)
    ledger_.write([&](Session& session) {
      Team team(session, queue);
      Works works(session);
      for (const Work& work : waits(session, queue.name)) {
        const std::string to = team.choose(work, Insights(session).find(work.insight).tags);
        if (to.empty()) return;
        ActDetails details;
        details.to = to;
        details.lease_until = clock_.now() + std::chrono::seconds(kAssignedSeconds);
        const Work held = works.act(work.id, WorkAct::assign, details, kAttendant);
        People(session).note_given(to);
        team.give(to, clock_.now());
        notify(session, "user:" + to, NoticeKind::assigned, held, fmt::format("assigned:{}", held.version),
               {{"by", kAttendant.name}});
        ++given;
      }
    });
  return given;
}

int Attendant::escalate() {
  int done = 0;
  for (const Queue& queue : ledger_.read([](Session& session) { return Queues(session).list(); }))
    if (!queue.escalations.empty()) done += escalate(queue);
  return done;
}

int Attendant::escalate(const Queue& queue) {
  const WorkingTime hours(queue.working);
  const Time now = clock_.now();
  if (!hours.is_working(now)) return 0;
  struct Due {
    WorkId work;
    Time queued_at;
    const Escalation* escalation;
  };
  std::vector<Due> due;
  for (WorkId after = 0;;) {
    const auto open = ledger_.read([&](Session& session) {
      const Works works(session);
      const auto some = works.open(queue.name, after, kBatch);
      for (const auto& [work, foreseen_from] : some) {
        const Deadline deadline = deadline_of(queue, hours, work.queued_at, foreseen_from, work.askings, now);
        for (const Escalation& each : queue.escalations)
          if (is_due(each, work, deadline, hours, now) && !works.was_escalated(work, name_of(each)))
            due.push_back({work.id, work.queued_at, &each});
      }
      return some;
    });
    if (open.empty()) break;
    after = open.back().work.id;
  }
  int done = 0;
  for (const Due& each : due)
    ledger_.write([&](Session& session) {
      Works works(session);
      const Escalation& escalation = *each.escalation;
      Work work = works.find(each.work);
      if (!is_open(work.state) || work.queue != queue.name || work.queued_at != each.queued_at)
        return;  // it went on meanwhile
      if (!works.escalate_once(work, name_of(escalation))) return;
      constexpr std::string_view kQueue = "queue:";
      if (escalation.to.starts_with(kQueue) && work.state == WorkState::waiting) {
        ActDetails details;
        details.queue = escalation.to.substr(kQueue.size());
        if (Queues(session).has(details.queue)) work = works.act(work.id, WorkAct::escalate, details, kAttendant);
      }
      notify(session, escalation.to, NoticeKind::escalated, work,
             fmt::format("escalated:{}:{}", to_millis(each.queued_at), name_of(escalation)),
             {{"when", escalation.when}, {"from", queue.name}});
      ++done;
    });
  return done;
}

int Attendant::weigh() {
  if (!searcher_.place().complete) return 0;  // witnesses would be missed
  struct Weighed {
    WholeInsight whole;
    Priority priority;
  };
  std::vector<Weighed> batch;
  double revenue = 0;
  ledger_.read([&](Session& session) {
    const auto works = Works(session).weighed_before(clock_.now() - kWeighedFor, kWeighed);
    if (!works.empty()) revenue = Clients(session).total_revenue();
    for (const Work& work : works) batch.push_back({Insights(session).whole(work.insight), {}});
  });
  if (batch.empty()) return 0;
  for (Weighed& each : batch) {
    std::set<ClientId> witnesses;
    for (const Alike& alike : searcher_.similar(each.whole, kWitnesses, kEverything))
      if (!alike.same_client && alike.likeness >= kSaysTheSame)
        witnesses.insert(alike.hit["client"]["id"].get<ClientId>());
    each.priority = priority_of(each.whole, revenue, to_day(clock_.now()), static_cast<int>(witnesses.size()));
    each.priority.rule = each.whole.work->weighing.value("rule", 0.0);
  }
  ledger_.write([&](Session& session) {
    for (const Weighed& each : batch) Works(session).weigh(*each.whole.work, each.priority.total(), each.priority);
  });
  return static_cast<int>(batch.size());
}

int Attendant::remind() {
  int told = 0;
  for (const auto& [what, kind] : {std::pair(FollowUp::What::ask_again, NoticeKind::ask_again),
                                   std::pair(FollowUp::What::outcome, NoticeKind::outcome),
                                   std::pair(FollowUp::What::reply, NoticeKind::left_lying),
                                   std::pair(FollowUp::What::tell, NoticeKind::left_lying)}) {
    const auto look = [what = what](Session& session) { return FollowUps(session).unnoticed(what, kBatch); };
    if (ledger_.read(look).empty()) continue;
    told += ledger_.write([&, kind = kind](Session& session) {
      int count = 0;
      for (const FollowUp& each : look(session)) {
        Work work;
        work.id = each.work;
        work.insight = each.insight;
        work.queue = each.queue;
        const std::string& who = each.author.empty() ? each.owner : each.author;
        const json detail = {{"client", each.client}, {"what", each.what}};
        if (!who.empty()) count += notify(session, "user:" + who, kind, work, FollowUps::reason(each), detail);
        if (kind == NoticeKind::left_lying)
          count += notify(session, "role:lead", kind, work, FollowUps::reason(each), detail);
      }
      return count;
    });
  }
  return told;
}

void Attendant::run(const Stop& stop) {
  run_in_background();
  Time next_look{}, next_retirement{};
  while (!stop.wished()) {
    try {
      if (const int ended = watch_leases()) spdlog::info("leases event=ended count={}", ended);
      hand_out();
      if (clock_.now() >= next_look) {
        escalate();
        remind();
        next_look = clock_.now() + kSlowLook;
      }
      if (clock_.now() >= next_retirement) {
        const int removed = remove_old_words(ledger_, clock_);
        if (removed > 0) spdlog::info("retention event=removed count={}", removed);
        if (removed == 0) next_retirement = clock_.now() + kRetirement;
      }
      weigh();
      stop.wait_for(kLook);
    } catch (const std::exception& error) {  // also what is broken: the log says why
      spdlog::error("attendant event=waits error={}", log_value(error.what()));
      stop.wait_for(kPatience);
    }
  }
}

}  // namespace tidings
