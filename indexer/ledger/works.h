// SPDX-License-Identifier: GPL-3.0-or-later
// Queues, rules and work in the ledger. Every move of work goes through `after` (model/work.h) and leaves an event.
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
  std::string queue;                // reroute
  std::string reason;               // release, reroute, decline, reopen
  std::optional<Time> lease_until;  // claim, heartbeat
  std::optional<Answer> answer;     // answer: body
  std::optional<Telling> telling;   // tell
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

// An answered work: whose it is, when it was answered first, and when the client was told, if so.
struct AnsweredWork {
  std::string queue, author, client;
  Time answered_at{};
  std::optional<Time> told_at;
};

// What became of what a rule routed.
struct RuleRecord {
  std::int64_t hits = 0, corrected = 0;
  Time last_hit{};
};

class Queues {
 public:
  explicit Queues(Session& session) : session_(session) {}

  // Throws Refusal: conflict (the name is taken), invalid (the name's letters).
  Queue create(Queue queue, const Actor& by);
  Queue change(Queue queue, const Actor& by);  // Refusal: stale
  Queue find(const std::string& name) const;   // Refusal: not_found
  std::vector<Queue> list() const;

  Rule create_rule(Rule rule, const Actor& by);  // Refusal: invalid (unknown queue)
  Rule change_rule(Rule rule, const Actor& by);
  void remove_rule(RuleId id, const Actor& by);
  Rule find_rule(RuleId id) const;
  std::vector<Rule> rules() const;  // in the order in which they are tried
  std::map<RuleId, RuleRecord> rule_records() const;

 private:
  Session& session_;
};

// The order of claiming, the highest first: priority, with a day of waiting worth one point; written so that the order
// does not change as time goes by.
double standing(const Work& work);

class Works {
 public:
  explicit Works(Session& session) : session_(session) {}

  bool has_queue(const std::string& name) const;

  // Puts an insight that has no work yet into a queue. Throws Refusal: conflict (it has), invalid (unknown queue).
  Work place(InsightId insight, const Route& route, double priority, const Actor& by);
  // Work as it was when it came to us; no event but "work.placed".
  Work keep_history(const Insight& insight, const History& history, WorkState state, const Actor& by);

  Work find(WorkId id) const;  // Refusal: not_found
  std::optional<Work> of_insight(InsightId insight) const;
  std::vector<Work> list(const WorkFilter& filter) const;
  // How many insights have no work yet: they wait for the dispatcher.
  std::int64_t unrouted() const;
  // How many works of a queue are in each state.
  json counts(const std::string& queue) const;
  std::vector<Answer> answers(WorkId work) const;
  Answer answer(std::int64_t id) const;  // Refusal: not_found
  std::vector<Telling> tellings(WorkId work) const;

  // The work that is to be claimed next in a queue, if any waits. Of several queues' next ones, that with the highest
  // `standing` comes first.
  std::optional<Work> next(const std::string& queue) const;
  // Claimed works whose lease has ended.
  std::vector<Work> lapsed() const;

  // What the router can learn from, the latest first.
  std::vector<Lesson> lessons(int limit) const;
  // How much there is to learn from: works that are not waiting, and corrections by people.
  std::pair<std::int64_t, std::int64_t> lesson_counts() const;
  // Works whose first answer came at `since` or later, the latest first.
  std::vector<AnsweredWork> answered_since(Time since, int limit) const;
  std::vector<RoutedWeek> routed_by_week(RoutedBy by, Time since) const;

  // Does `act` to the work. Throws Refusal: not_found, conflict (the state does not allow it), invalid (unknown queue).
  // Whether `by` may do it is the desk's question, not this one's.
  Work act(WorkId id, WorkAct act, const ActDetails& details, const Actor& by);

 private:
  Session& session_;
};

}  // namespace tidings
