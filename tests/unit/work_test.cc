// SPDX-License-Identifier: GPL-3.0-or-later
// The state machine of work against an oracle that remembers nothing but what each act needs.
#include <map>
#include <random>

#include "indexer/ledger/feed.h"

#include "tests/support/support.h"

namespace tidings {
namespace {

// Written down a second time, as a table of who can follow whom.
std::optional<std::string> oracle(const std::string& state, const std::string& act) {
  static const std::map<std::pair<std::string, std::string>, std::string> table = {
      {{"waiting", "claim"}, "claimed"},     {{"waiting", "reroute"}, "waiting"},  {{"waiting", "decline"}, "declined"},
      {{"claimed", "heartbeat"}, "claimed"}, {{"claimed", "release"}, "waiting"},  {{"claimed", "lapse"}, "waiting"},
      {{"claimed", "reroute"}, "waiting"},   {{"claimed", "decline"}, "declined"}, {{"claimed", "answer"}, "answered"},
      {{"answered", "tell"}, "told"},        {{"answered", "reopen"}, "waiting"},  {{"told", "reopen"}, "waiting"},
      {{"declined", "reopen"}, "waiting"}};
  const auto it = table.find({state, act});
  return it == table.end() ? std::nullopt : std::optional(it->second);
}

}  // namespace

TEST_CASE("every state and act agree with the oracle") {
  for (const auto& [state, state_name] : Names<WorkState>::all)
    for (const auto& [act, act_name] : Names<WorkAct>::all) {
      const auto got = after(state, act);
      const auto wanted = oracle(std::string(state_name), std::string(act_name));
      CHECK_MESSAGE((got ? std::optional(std::string(to_string(*got))) : std::nullopt) == wanted, state_name, " ",
                    act_name);
    }
}

TEST_CASE("random walks of work in the ledger stay on the oracle's path and leave a trace for each step") {
  House house;
  const InsightId insight = house.keep({{"client", "Acme"}, {"body", "pump leaks"}});
  house.route();
  const WorkId id = house.work_of(insight).id;
  std::mt19937 random(7);
  std::string state = "waiting";
  int steps = 0;
  for (int i = 0; i < 400; ++i) {
    const auto& [act, name] = Names<WorkAct>::all[random() % std::size(Names<WorkAct>::all)];
    ActDetails details;
    details.queue = "triage";
    details.answer = Answer{};
    details.answer->body = "an answer";
    details.telling = Telling{};
    const auto wanted = oracle(state, std::string(name));
    const auto step = [&] {
      return house.ledger.write([&](Session& session) { return Works(session).act(id, act, details, kAdmin); });
    };
    if (!wanted) {
      CHECK_REFUSED(step(), Code::conflict);
      continue;
    }
    const Work work = step();
    ++steps;
    state = *wanted;
    CHECK(to_string(work.state) == state);
    CHECK(work.holder.empty() == (state == "waiting" || state == "declined"));
  }
  const auto events = house.ledger.read([&](Session& session) { return Feed(session).of(subject("work", id)); });
  CHECK(events.size() == static_cast<std::size_t>(steps) + 1);
  CHECK_FALSE(house.ledger.read([](Session& session) { return Feed(session).fault(); }));
}

}  // namespace tidings
