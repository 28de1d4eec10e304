// SPDX-License-Identifier: GPL-3.0-or-later
// Notes that say that a contact went, as people judged them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "indexer/ledger/session.h"
#include "indexer/model/insight.h"
#include "indexer/model/user.h"

namespace tidings {

enum class DepartureState { confirmed, dismissed, undone };
template <>
struct Names<DepartureState> {
  static constexpr std::pair<DepartureState, std::string_view> all[] = {{DepartureState::confirmed, "confirmed"},
                                                                        {DepartureState::dismissed, "dismissed"},
                                                                        {DepartureState::undone, "undone"}};
};

struct Departure {
  std::int64_t id = 0;
  InsightId insight = 0;
  ContactId contact = 0;
  std::string to_client;  // where they went, by name; empty: nobody knows
  Day left_on{};
  std::string sentence;
  DepartureState state = DepartureState::confirmed;
  json made = json::object();  // what confirming it made: {client, contact, left_on, person} (see DepartureDesk)
  std::string by;
  Time at{};
};
void to_json(json& out, const Departure& departure);

class Departures {
 public:
  explicit Departures(Session& session) : session_(session) {}

  // A judgement of the same note and contact takes the place of the one before.
  Departure keep(Departure departure, const Actor& by);
  Departure find(std::int64_t id) const;           // Refusal: not_found
  std::vector<Departure> latest(int limit) const;  // whatever their state
  // Notes of kind people that name somebody, the latest first.
  std::vector<InsightId> people_notes(std::optional<ClientId> client, int limit) const;

 private:
  Session& session_;
};

}  // namespace tidings
