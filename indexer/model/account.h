// SPDX-License-Identifier: GPL-3.0-or-later
// Accounts: the clients we serve and the contacts we know there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "indexer/base/clock.h"
#include "indexer/base/json.h"
#include "indexer/model/names.h"

namespace tidings {

using ClientId = std::int64_t;
using ContactId = std::int64_t;

// A company we serve. Names are unique after folding ("ACME " is "acme").
struct Client {
  ClientId id = 0;
  std::int64_t version = 1;
  std::string name;
  std::string industry;
  std::string region;
  std::optional<double> revenue;  // a year, with us, in the base's one currency
  std::string owner;              // the rep who keeps the account; a user's name
  bool pinned = false;            // a key client by decision, whatever the revenue
  Time created_at{};
};

// How a contact weighs on a decision.
enum class Influence { unknown, decides, recommends, uses, opposes };
template <>
struct Names<Influence> {
  static constexpr std::pair<Influence, std::string_view> all[] = {{Influence::unknown, "unknown"},
                                                                   {Influence::decides, "decides"},
                                                                   {Influence::recommends, "recommends"},
                                                                   {Influence::uses, "uses"},
                                                                   {Influence::opposes, "opposes"}};
};

// A person at a client. Names are unique within a client after folding.
struct Contact {
  ContactId id = 0;
  std::int64_t version = 1;
  ClientId client = 0;
  std::string name;
  std::string role;
  std::string email;
  std::string phone;
  std::optional<ContactId> reports_to;  // a contact of the same client
  Influence influence = Influence::unknown;
  std::string note;
  std::optional<Day> left_on;  // the last day there, once they have gone
  Time created_at{};
};

// The record's JSON as schemas/records/{client,contact}.schema.json describe it, with id, version and created_at.
void to_json(json& out, const Client& client);
void to_json(json& out, const Contact& contact);

// Takes over the members that `in` names; `in` has passed its schema. What the ledger gives (id, version…) is left
// alone.
void update(Client& client, const json& in);
void update(Contact& contact, const json& in);

}  // namespace tidings
