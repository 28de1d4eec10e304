// SPDX-License-Identifier: GPL-3.0-or-later
// Queues, the rules that fill them, and work: one insight in one queue, from waiting to told.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "indexer/base/clock.h"
#include "indexer/base/json.h"
#include "indexer/base/working_time.h"
#include "indexer/model/account.h"
#include "indexer/model/names.h"

namespace tidings {

using WorkId = std::int64_t;
using RuleId = std::int64_t;
using InsightId = std::int64_t;
using AnswerId = std::int64_t;

// The queue for what the router is not sure of. It is there from the first migration on.
inline constexpr std::string_view kTriage = "triage";

// Who is told, or given, work that is in danger of being forgotten. `hours` are working hours of the queue.
struct Escalation {
  enum class When { before_deadline, after_deadline, rerouted, unclaimed };
  When when = When::after_deadline;
  int hours = 0;   // before_deadline, after_deadline, unclaimed
  int times = 0;   // rerouted: so often by people
  std::string to;  // user:NAME or role:ROLE is told; queue:NAME is given it while nobody holds it, else told
};
template <>
struct Names<Escalation::When> {
  static constexpr std::pair<Escalation::When, std::string_view> all[] = {
      {Escalation::When::before_deadline, "before_deadline"},
      {Escalation::When::after_deadline, "after_deadline"},
      {Escalation::When::rerouted, "rerouted"},
      {Escalation::When::unclaimed, "unclaimed"}};
};

// A technical-service queue. `name` is its identity: lower-case letters, digits, dashes.
struct Queue {
  std::string name;
  std::int64_t version = 1;
  std::string title;
  std::string solves;                // what it solves, in words
  std::vector<std::string> members;  // users who work it; empty: every technician
  double precision = 0.9;            // share of right routes that the learned router must reach to place work here
  int goal_hours = 72;               // the service goal: answered within so many working hours
  int lead_days = 0;                 // working days needed to prepare for a foreseen change
  WorkingHours working;
  bool hands_out = false;   // its work is given to who can take it, rather than waiting to be taken
  int review_days = 365;    // an answer is looked at again after so many days
  int ask_again_days = 14;  // a client that showed no reaction is asked again after so many days
  std::vector<Escalation> escalations;
};

// Insights that `query` (in the search language) finds go to `queue`. The rule with the smallest rank wins, then the
// oldest; it alone sets what a rule may set.
struct Rule {
  RuleId id = 0;
  std::int64_t version = 1;
  std::string name;
  std::string query;
  std::string queue;
  int rank = 100;
  bool enabled = true;
  double priority = 0;              // on top of the work's own
  std::vector<std::string> tags;    // put on the insight
  std::vector<std::string> notify;  // audiences that are told (see SavedSearch)
};

enum class WorkState { waiting, claimed, answered, told, declined };
template <>
struct Names<WorkState> {
  static constexpr std::pair<WorkState, std::string_view> all[] = {{WorkState::waiting, "waiting"},
                                                                   {WorkState::claimed, "claimed"},
                                                                   {WorkState::answered, "answered"},
                                                                   {WorkState::told, "told"},
                                                                   {WorkState::declined, "declined"}};
};

// Waits for an answer, in a queue or in somebody's hands.
constexpr bool is_open(WorkState state) { return state == WorkState::waiting || state == WorkState::claimed; }

// What can be done to work. `lapse` is a lease that ended by itself; `ask` puts a question to the client, `reply`
// brings what they said; `escalate` moves work that nobody holds to another queue; `gather` puts it under other work of
// the same problem, whose answer will be its own, `part` takes it out again, as does every act but `reply`.
enum class WorkAct {
  claim,
  assign,
  heartbeat,
  release,
  lapse,
  ask,
  reply,
  reroute,
  escalate,
  decline,
  answer,
  tell,
  reopen,
  gather,
  part
};
template <>
struct Names<WorkAct> {
  static constexpr std::pair<WorkAct, std::string_view> all[] = {
      {WorkAct::claim, "claim"},     {WorkAct::assign, "assign"},   {WorkAct::heartbeat, "heartbeat"},
      {WorkAct::release, "release"}, {WorkAct::lapse, "lapse"},     {WorkAct::ask, "ask"},
      {WorkAct::reply, "reply"},     {WorkAct::reroute, "reroute"}, {WorkAct::escalate, "escalate"},
      {WorkAct::decline, "decline"}, {WorkAct::answer, "answer"},   {WorkAct::tell, "tell"},
      {WorkAct::reopen, "reopen"},   {WorkAct::gather, "gather"},   {WorkAct::part, "part"}};
};

// The state machine of work: the state after `act` in `state`, or nothing where the act is not allowed. The only place
// that knows. An insight that needs to be changed after it was told is reopened, which starts the round anew.
std::optional<WorkState> after(WorkState state, WorkAct act);

// Who or what put the work where it is.
enum class RoutedBy { rule, learned, triage, person, import, escalation };
template <>
struct Names<RoutedBy> {
  static constexpr std::pair<RoutedBy, std::string_view> all[] = {
      {RoutedBy::rule, "rule"},     {RoutedBy::learned, "learned"}, {RoutedBy::triage, "triage"},
      {RoutedBy::person, "person"}, {RoutedBy::import, "import"},   {RoutedBy::escalation, "escalation"}};
};

struct Candidate {
  std::string queue;
  double probability = 0;
};

// A decision of the router, with its reasons as sentences for people.
struct Route {
  std::string queue = std::string(kTriage);
  RoutedBy by = RoutedBy::triage;
  std::optional<RuleId> rule;
  std::vector<std::string> reasons;
  double confidence = 0;              // the chance that `queue` is right; 0 where nobody can say
  std::vector<Candidate> candidates;  // the likeliest first
  json evidence;  // what the learned router saw: {margin, examples, for, against, without, would_go}; else null
};

// What the client was asked while the work was in hand. The deadline's clock stops until the reply.
struct Asking {
  Time at{};
  std::string by;
  std::string question;
  std::optional<Time> replied_at;
  std::string reply;
};

struct Work {
  WorkId id = 0;
  std::int64_t version = 1;
  InsightId insight = 0;
  std::string queue;
  WorkState state = WorkState::waiting;
  double priority = 0;             // see routing/priority.h; higher first
  json weighing = json::object();  // its parts
  Route route;
  std::string holder;                    // while claimed: the technician
  std::optional<Time> lease_until;       // while claimed
  std::string reason;                    // of the last decline, release, reroute or reopening
  int reroutes = 0;                      // by people
  std::vector<Asking> askings;           // oldest first
  std::string last_holder;               // whose lease ended by itself last
  std::optional<WorkId> gathered_under;  // while waiting: the work whose answer it will share
  Time created_at{};
  Time queued_at{};  // since when it is in its queue, or open again
  Time changed_at{};
};

// Whether the client is being asked something now.
bool is_asking(const Work& work);

// What technical service replied.
struct Answer {
  AnswerId id = 0;
  WorkId work = 0;
  InsightId insight = 0;
  std::string body;
  std::string by;
  Time at{};
  std::optional<AnswerId> repeats;  // the answer that it repeats for another work
  std::int64_t repeated = 0;        // how many answers repeat this one
  std::optional<Day> review_on;     // from this day on it is outdated until somebody has looked at it again
  std::string flagged_by;           // who doubts it, if anybody does, when and why
  std::optional<Time> flagged_at;
  std::string flag;
};

// How the client took it.
enum class Reaction { solved, helped, not_solved, no_answer };
template <>
struct Names<Reaction> {
  static constexpr std::pair<Reaction, std::string_view> all[] = {{Reaction::solved, "solved"},
                                                                  {Reaction::helped, "helped"},
                                                                  {Reaction::not_solved, "not_solved"},
                                                                  {Reaction::no_answer, "no_answer"}};
};

// The rep told the client: when, whom, and the reaction.
struct Telling {
  std::int64_t id = 0;
  WorkId work = 0;
  Time at{};
  std::string whom;
  Reaction reaction = Reaction::no_answer;
  std::string note;
  std::string by;
};

void to_json(json& out, const Escalation& escalation);
void to_json(json& out, const Queue& queue);
void to_json(json& out, const Rule& rule);
void to_json(json& out, const Candidate& candidate);
void to_json(json& out, const Route& route);
void to_json(json& out, const Asking& asking);
void to_json(json& out, const Work& work);
void to_json(json& out, const Answer& answer);
void to_json(json& out, const Telling& telling);
void from_json(const json& in, Candidate& candidate);
void from_json(const json& in, Route& route);
void from_json(const json& in, Escalation& escalation);
void from_json(const json& in, Asking& asking);

// Takes over the members that `in` names (see account.h).
void update(Queue& queue, const json& in);
void update(Rule& rule, const json& in);
void update(Telling& telling, const json& in);

}  // namespace tidings
