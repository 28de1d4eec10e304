// SPDX-License-Identifier: GPL-3.0-or-later
// Work in the ledger. Every move of work goes through `after` (model/work.h) and leaves an event.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "indexer/ledger/accounts.h"
#include "indexer/ledger/session.h"
#include "indexer/model/insight.h"
#include "indexer/model/user.h"
#include "indexer/model/work.h"

namespace tidings {

// What comes with an act; each act reads what it needs.
struct ActDetails {
  std::string queue;                // reroute, escalate
  std::string reason;               // release, reroute, escalate, decline, reopen
  std::string to;                   // assign: the user
  std::string text;                 // ask: the question; reply: what the client said
  std::optional<Time> lease_until;  // claim, assign, heartbeat; any other act that keeps work claimed prolongs it
  std::optional<Answer> answer;     // answer: body
  std::optional<Telling> telling;   // tell
  WorkId under = 0;                 // gather: open work that is gathered under none
};

// Which work to list, in the order of claiming.
struct WorkFilter {
  std::string queue;              // empty: any
  std::vector<WorkState> states;  // empty: any
  std::string holder;             // empty: anyone
  std::string author;             // of the insight; empty: anyone
  int offset = 0;
  int limit = 50;
};

// Work that teaches the router where a note belongs; the text is cut to what is worth reading.
struct Lesson {
  InsightId insight = 0;
  std::string queue;
  WorkState state = WorkState::waiting;  // waiting: a person moved it there
  std::string title, body, industry, kind;
};

// How many works were routed to a queue in a week, and how many of them a person has moved since.
struct RoutedWeek {
  Day begins{};
  std::string queue;
  std::int64_t routed = 0, corrected = 0;
};

struct OpenWork {
  Work work;
  std::optional<Day> foreseen_from;
};

// The order of claiming, the highest first: priority, with a day of waiting worth one point; written so that the order
// does not change as time goes by.
double standing(const Work& work);

class Works {
 public:
  explicit Works(Session& session) : session_(session) {}

  // Puts an insight that has no work yet into a queue. Throws Refusal: conflict (it has), invalid (unknown queue).
  // `weighing` are the parts of the priority.
  Work place(InsightId insight, const Route& route, double priority, const json& weighing, const Actor& by);
  // Work as it was when it came to us; no event but "work.placed".
  Work keep_history(const Insight& insight, const History& history, WorkState state, const Actor& by);

  Work find(WorkId id) const;  // Refusal: not_found
  std::optional<Work> of_insight(InsightId insight) const;
  std::vector<Work> list(const WorkFilter& filter) const;
  // Waiting works of a queue that can be done now, neither asked about nor gathered, in the order of claiming.
  std::vector<Work> next(const std::string& queue, int limit) const;
  // What is gathered under a work, the oldest first.
  std::vector<Work> gathered(WorkId under) const;
  std::int64_t count_gathered(WorkId under) const;
  // How many insights have no work yet: they wait for the dispatcher.
  std::int64_t unrouted() const;
  // How many works of a queue are in each state.
  json counts(const std::string& queue) const;
  std::optional<Time> waiting_since(const std::string& queue) const;  // of what waits there longest
  std::vector<Telling> tellings(WorkId work) const;

  // Claimed works whose lease has ended, and those whose lease ends at `time` or before.
  std::vector<Work> lapsed() const;
  std::vector<Work> lease_ends_before(Time time) const;
  // How many works each holds, without those that wait for a client's reply.
  std::map<std::string, int> loads() const;
  int held(const std::string& holder) const;
  // Waiting and claimed works of a queue, in the order of ids, after `after`.
  std::vector<OpenWork> open(const std::string& queue, WorkId after, int limit) const;

  // True the first time in this round of the work; a reroute or reopening begins a new one.
  bool escalate_once(const Work& work, const std::string& what);
  bool was_escalated(const Work& work, const std::string& what) const;

  // Priorities follow from the ledger and the day; weighing anew leaves no event.
  std::vector<Work> weighed_before(Time time, int limit) const;
  void weigh(const Work& work, double priority, const json& weighing);

  // Who looks at it now leaves no event either.
  void look(WorkId work, const std::string& user, Time until);
  std::vector<std::string> lookers(WorkId work) const;

  // What the router can learn from, the latest first.
  std::vector<Lesson> lessons(int limit) const;
  // How much there is to learn from: works that are not waiting, and corrections by people.
  std::pair<std::int64_t, std::int64_t> lesson_counts() const;
  std::vector<RoutedWeek> routed_by_week(RoutedBy by, Time since) const;

  // Does `act` to the work. Throws Refusal: not_found, conflict (the state does not allow it), invalid (unknown queue).
  // Whether `by` may do it is the desk's question, not this one's.
  Work act(WorkId id, WorkAct act, const ActDetails& details, const Actor& by);

 private:
  Session& session_;
};

}  // namespace tidings
