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
  std::optional<double> revenue;        // a year, with us, in the base's one currency
  std::string owner;                    // the rep who keeps the account; a user's name
  bool pinned = false;                  // a key client by decision, whatever the revenue
  std::string domain;                   // of their web and mail addresses, such as acme.example
  std::string team;                     // of ours, that alone serves it (see ledger/reach.h); empty: everybody
  std::string group;                    // the group of companies it belongs to; its clients count as one witness
  std::optional<Day> quiet_until;       // until this day nobody is reminded of its silence, for
  std::string quiet_reason;             // this reason,
  std::string quiet_by;                 // by this user's decision
  std::optional<ClientId> merged_into;  // it was kept twice, and this is the one that counts
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
  std::optional<Day> began_on;           // the first day there, where known
  std::optional<Day> left_on;            // the last day there, once they have gone
  std::string plans;                     // what they mean to do within twelve months,
  std::optional<Day> plans_on;           // as of this day
  std::optional<ContactId> person;       // the first contact of the same human being, if there is another
  std::optional<ContactId> merged_into;  // it was kept twice, and this is the one that counts
  Time created_at{};
};

// How two contacts stand to each other; `contact` is the one of whom it is said ("Ben was promoted by Eva").
enum class TieKind { works_with, promoted_by, trusts, quarrels_with, former_colleague, related };
template <>
struct Names<TieKind> {
  static constexpr std::pair<TieKind, std::string_view> all[] = {{TieKind::works_with, "works_with"},
                                                                 {TieKind::promoted_by, "promoted_by"},
                                                                 {TieKind::trusts, "trusts"},
                                                                 {TieKind::quarrels_with, "quarrels_with"},
                                                                 {TieKind::former_colleague, "former_colleague"},
                                                                 {TieKind::related, "related"}};
};
struct Tie {
  std::int64_t id = 0;
  ContactId contact = 0, other = 0;
  TieKind kind = TieKind::works_with;
  std::string note;
  std::string by;
  Time at{};
};

// What was signed. Identified by client, day and title.
struct Deal {
  std::int64_t id = 0;
  std::int64_t version = 1;
  ClientId client = 0;
  std::string title;
  Day signed_on{};
  std::optional<double> value;  // in the base's one currency
  Time created_at{};
};

struct Revenue {
  ClientId client = 0;
  int year = 0;
  double amount = 0;
};

// A user who knows a contact, by their own word.
struct Acquaintance {
  ContactId contact = 0;
  std::string user;
  Day since{};
};

// The record's JSON as schemas/records/{client,contact}.schema.json describe it, with id, version and created_at.
void to_json(json& out, const Client& client);
void to_json(json& out, const Contact& contact);
void to_json(json& out, const Tie& tie);
void to_json(json& out, const Deal& deal);
void to_json(json& out, const Revenue& revenue);
void to_json(json& out, const Acquaintance& acquaintance);

// Takes over the members that `in` names; `in` has passed its schema. What the ledger gives (id, version…) is left
// alone.
void update(Client& client, const json& in);
void update(Contact& contact, const json& in);
void update(Deal& deal, const json& in);
void update(Revenue& revenue, const json& in);
void update(Tie& tie, const json& in);

}  // namespace tidings
