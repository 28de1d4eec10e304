// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/desk/attention_desk.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "indexer/base/text.h"
#include "indexer/ledger/accounts.h"
#include "indexer/ledger/reach.h"
#include "indexer/ledger/relations.h"
#include "indexer/model/fields.h"
#include "indexer/model/schema.h"
#include "server/accounts/key_clients.h"
#include "server/accounts/questions.h"
#include "server/accounts/reasons.h"
#include "server/accounts/silence.h"
#include "server/desk/rights.h"

namespace tidings {
namespace {

constexpr std::chrono::days kLongestQuiet{366};

json named(const Client& client) { return {{"id", client.id}, {"name", client.name}}; }

std::vector<KeyClient> curve_of(const AccountBook::States& states, const std::map<ClientId, double>* amounts,
                                double share) {
  std::vector<Brings> all;
  for (const auto& [id, state] : states) {
    const auto found = amounts ? amounts->find(id) : std::map<ClientId, double>::const_iterator{};
    const double amount = !amounts ? state->revenue : found == amounts->end() ? 0 : found->second;
    all.push_back({id, amount, state->client.pinned});
  }
  return tidings::key_clients(std::move(all), share);
}

}  // namespace

json AttentionDesk::criteria() const { return criteria_of(session_); }

json AttentionDesk::change_criteria(const json& patch) {
  require(actor_, Right::lead);
  return tidings::change_criteria(session_, patch, actor_);
}

json AttentionDesk::change_questions(const json& list) {
  require(actor_, Right::lead);
  tidings::change_questions(session_, list, actor_);
  return {{"items", questions_of(session_)}};
}

json AttentionDesk::key_clients(const AccountBook::States& states, std::optional<int> year) const {
  const Relations relations(session_);
  const double share = criteria_of(session_).key_share;
  const auto years = relations.years();
  const int shown = year.value_or(years.empty() ? 0 : years.front());
  const auto amounts = relations.revenues_of(shown), before = relations.revenues_of(shown - 1);
  const auto curve = curve_of(states, shown ? &amounts : nullptr, share);
  json items = json::array();
  std::set<ClientId> now, then;
  double total = 0;
  for (const KeyClient& each : curve) {
    total += each.amount;
    if (each.key) now.insert(each.client);
    items.push_back({{"client", named(states.at(each.client)->client)},
                     {"amount", each.amount},
                     {"share", each.share},
                     {"so_far", each.so_far},
                     {"key", each.key},
                     {"pinned", each.pinned}});
  }
  json moved_in = json::array(), moved_out = json::array();
  if (shown && !before.empty()) {
    for (const KeyClient& each : curve_of(states, &before, share))
      if (each.key) then.insert(each.client);
    for (ClientId id : now)
      if (!then.contains(id)) moved_in.push_back(named(states.at(id)->client));
    for (ClientId id : then)
      if (!now.contains(id)) moved_out.push_back(named(states.at(id)->client));
  }
  return {{"year", shown},
          {"years", years},
          {"share", share},
          {"total", total},
          {"key", now.size()},
          {"items", std::move(items)},
          {"moved_in", std::move(moved_in)},
          {"moved_out", std::move(moved_out)}};
}

json AttentionDesk::attention(const AccountBook::States& states, const AttentionFilter& filter) const {
  const Criteria criteria = criteria_of(session_);
  const Day today = to_day(session_.now());
  const double total = AccountBook::total_revenue(states);
  std::set<ClientId> key;
  for (const KeyClient& each : curve_of(states, nullptr, criteria.key_share))
    if (each.key) key.insert(each.client);

  struct Line {
    const AccountState* state;
    Silence silence;
    double weight, score;
  };
  std::vector<Line> lines;
  for (const auto& [id, state] : states) {
    const Client& client = state->client;
    if (!filter.owner.empty() && client.owner != filter.owner) continue;
    if (!filter.industry.empty() && fold(client.industry) != fold(filter.industry)) continue;
    if (filter.only_key && !key.contains(id)) continue;
    if (!filter.quiet && client.quiet_until && *client.quiet_until > today) continue;
    Line line{state.get(), silence_of(state->contact_days, to_day(client.created_at), today, criteria), 0, 0};
    line.weight = AccountBook::weight(state->revenue, total, states.size());
    line.score = line.weight * line.silence.ratio;
    lines.push_back(std::move(line));
  }
  std::stable_sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) { return a.score > b.score; });

  const auto name_of = [&](ContactId id) { return Contacts(session_).find(id).name; };
  json items = json::array();
  int place = 0;
  bool more = false;
  for (const Line& line : lines) {
    const AccountState& state = *line.state;
    json reasons = reasons_of(state, line.silence, today, criteria, name_of, actor_.language);
    if (reasons.empty() || place++ < filter.offset) continue;
    more = static_cast<int>(items.size()) == filter.limit;
    if (more) break;
    items.push_back({{"client", named(state.client)},
                     {"owner", state.client.owner},
                     {"industry", state.client.industry},
                     {"key", key.contains(state.client.id)},
                     {"weight", line.weight},
                     {"ratio", line.silence.ratio},
                     {"score", line.score},
                     {"days", line.silence.days},
                     {"last", day_or_null(line.silence.last)},
                     {"rhythm", or_null(line.silence.rhythm)},
                     {"ladder", line.silence.ladder},
                     {"step", line.silence.step},
                     {"call_by", day_or_null(line.silence.call_by)},
                     {"people", state.people},
                     {"open_works", state.open_works},
                     {"quiet", json(state.client)["quiet"]},
                     {"reasons", std::move(reasons)}});
  }
  return {{"criteria", criteria},
          {"items", std::move(items)},
          {"cursor", more ? json(std::to_string(filter.offset + filter.limit)) : json()}};
}

json AttentionDesk::quieten(ClientId id, const json& body) {
  require(actor_, Right::keep_accounts);
  record_schema("quieting").require(body);
  require_reached(session_, actor_, "client", id);
  Client client = Clients(session_).find(id);
  take_day(body, "until", client.quiet_until);
  const Day today = to_day(session_.now());
  if (!client.quiet_until || *client.quiet_until <= today) throw invalid("/until", "is not a day to come");
  if (*client.quiet_until > today + kLongestQuiet) throw invalid("/until", "is more than a year away");
  take_text(body, "reason", client.quiet_reason);
  if (client.quiet_reason.empty()) throw invalid("/reason", "is empty");
  client.quiet_by = actor_.name;
  return Clients(session_).change(client, actor_);
}

json AttentionDesk::wake(ClientId id) {
  require(actor_, Right::keep_accounts);
  require_reached(session_, actor_, "client", id);
  Client client = Clients(session_).find(id);
  client.quiet_until.reset();
  client.quiet_reason.clear();
  client.quiet_by.clear();
  return Clients(session_).change(client, actor_);
}

}  // namespace tidings
