// SPDX-License-Identifier: GPL-3.0-or-later
// Queues and work: who may take it, keep it, answer it, and tell the client.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "indexer/base/json.h"
#include "indexer/base/working_time.h"
#include "indexer/ledger/insights.h"
#include "indexer/ledger/queues.h"
#include "indexer/ledger/session.h"
#include "indexer/ledger/works.h"
#include "indexer/model/user.h"
#include "server/search/searcher.h"

namespace tidings {

constexpr int kLeaseSeconds = 1800;  // default; schemas/records/claiming.schema.json bounds what may be asked for

constexpr int kAssignedSeconds = 8 * 3600;  // the same for work that was not asked for: a working day to take it up

// Whether somebody who may work queues works this one.
bool works_queue(const Actor& who, const Queue& queue);

class QueueDesk {
 public:
  QueueDesk(Session& session, const Actor& actor) : session_(session), actor_(actor) {}

  json queues() const;  // each with its counts by state
  json queue(const std::string& name) const;
  json create_queue(const json& body);
  json change_queue(const std::string& name, const json& patch, std::optional<std::int64_t> version);

  json rules() const;  // each with what became of what it caught
  json create_rule(const json& body);
  // What a rule (schemas/records/rule-preview.schema.json) would catch among the latest insights, and which of that
  // another rule takes first: {looked_at, matches, taken, items}.
  json preview_rule(const json& body) const;
  json change_rule(RuleId id, const json& patch, std::optional<std::int64_t> version);
  void remove_rule(RuleId id);

  // In the order of claiming; {items, cursor}.
  json list(WorkFilter filter) const;
  json show(WorkId id) const;  // with who else looks at it now

  // The actor looks at it: whoever looks within the next minute sees that. The work's view.
  json look(WorkId id);

  // Open work that one answer may do for too, the likest first: {items}.
  json alike(WorkId id, const Searcher& searcher, const std::shared_ptr<const Reach>& reach) const;

  // The most urgent waiting work of the queue that the actor should take (see next_for), now held by them; nothing if
  // none waits. Refusal: forbidden, conflict (they hold as much as they may).
  std::optional<json> claim_next(const std::string& name, const json& body);

  // The same of all queues that the actor works.
  std::optional<json> claim_next_of_all(const json& body);

  // Does an act that a person asks for; `body` as the act's schema in schemas/records. Returns the work's view.
  // Claim, heartbeat, ask, answer: technicians of the queue; heartbeat, ask and answer only by the holder. Assign: the
  // holder or a lead, to somebody or to whoever's turn it is. Release, reroute, decline of claimed work: the holder or
  // a lead. Tell and reply: the insight's author, the client's owner or a lead. Reopen: any of these. An answer may be
  // for other works too, all of them or none; work that the client says is not solved is open again, with what they
  // said. Gather puts other works under this one, with what is under them: its holder, a lead or, while it waits,
  // whoever works its queue, if they may do the same with each; the answer is then for all of them, and they are free
  // again when it is declined. Part: whoever works the queue. Throws Refusal: not_found, forbidden, conflict (the state
  // does not allow it; held by another), invalid.
  json act(WorkId id, WorkAct act, const json& body);

 private:
  json view(const WholeInsight& whole) const;
  void require_room(const std::string& name) const;
  void choose_assignee(const Work& work, const json& body, ActDetails& details) const;
  void announce(const Work& before, const Work& work, WorkAct act, const ActDetails& details);
  Queue require_member(const std::string& name) const;
  std::optional<json> claim(const std::optional<Work>& work, const ActDetails& details);
  json gather(WorkId under, const json& body);
  void answer_also(const std::vector<Work>& works, const Answer& answer);
  void require_right(const Work& work, WorkAct act) const;
  Work current(WorkId id);  // taken back first if its lease has ended
  ActDetails details_of(WorkAct act, const json& body) const;
  Session& session_;
  const Actor& actor_;
  struct Timed {
    Queue queue;
    WorkingTime working;
  };
  mutable std::map<std::string, Timed> timed_;  // queues whose deadlines were asked for
};

}  // namespace tidings
