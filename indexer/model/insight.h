// SPDX-License-Identifier: GPL-3.0-or-later
// Insights: what a client said, through which contacts, to which rep, when. And drafts: notes read but not yet
// accepted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "indexer/base/clock.h"
#include "indexer/base/json.h"
#include "indexer/model/account.h"
#include "indexer/model/work.h"

namespace tidings {

// Bounds of a note, in bytes or pieces; schemas/records/draft.schema.json says the same, and a test compares them.
constexpr std::size_t kMaxBody = 1 << 20;
constexpr std::size_t kMaxTitle = 500;
constexpr std::size_t kMaxContacts = 100;
constexpr std::size_t kMaxTags = 100;

enum class Kind { change, problem, people, other };
template <>
struct Names<Kind> {
  static constexpr std::pair<Kind, std::string_view> all[] = {
      {Kind::change, "change"}, {Kind::problem, "problem"}, {Kind::people, "people"}, {Kind::other, "other"}};
};

// Whether what was foreseen came about.
enum class Outcome { unknown, happened, did_not };
template <>
struct Names<Outcome> {
  static constexpr std::pair<Outcome, std::string_view> all[] = {
      {Outcome::unknown, "unknown"}, {Outcome::happened, "happened"}, {Outcome::did_not, "did_not"}};
};

// The window in which a change is foreseen, both days included; the likelihood (0 to 1) is the client's own.
struct Foreseen {
  Day from;
  Day to;
  std::optional<double> likelihood;
  Outcome outcome = Outcome::unknown;
  std::optional<Day> happened_on;
};

struct ContactName {
  ContactId id = 0;
  std::string name;
};
void to_json(json& out, const ContactName& contact);

struct Insight {
  InsightId id = 0;
  std::int64_t version = 1;
  std::string key;  // unique; a note sent twice is kept once
  ClientId client = 0;
  std::string author;  // the rep
  Time recorded_at{};  // when the client said it
  Time kept_at{};      // when the ledger took it
  Kind kind = Kind::other;
  std::string title;
  std::string body;
  bool confidential = false;  // not for everybody who reaches the client (see ledger/reach.h)
  std::string industry;       // only where it differs from the client's
  std::vector<ContactName> contacts;
  std::vector<std::string> tags;
  std::optional<Foreseen> foreseen;
};

// What became of a note before it came to us (imports, exports): its queue, state, answer and telling.
struct History {
  std::string queue;
  std::optional<WorkState> state;
  std::optional<Answer> answer;
  std::optional<Telling> telling;
  std::string reason;
};

struct Draft {
  Insight insight;     // id, version, client, kept_at not set; key and author may be empty
  std::string client;  // the client's name; empty if client_id is set
  std::optional<ClientId> client_id;
  std::string client_industry;        // for a client that is made with the note
  std::vector<std::string> contacts;  // by name; made at the client when new
  std::optional<Time> recorded_at;
  History history;
};

// `in` has passed schemas/records/draft.schema.json. Throws Refusal: invalid, for what a schema cannot say: a date that
// is not in the calendar, a window that ends before it begins, text that is white space only, bytes past the bounds.
Draft to_draft(const json& in);

// All of an insight as the API shows it; `client` is its client's record.
json to_json(const Insight& insight, const Client& client);

json to_json(const Foreseen& foreseen);

// Tells whether two notes sent under one key are the same note: a digest of client, kind, title and body.
std::string content_digest(const Insight& insight, std::string_view client_name);

}  // namespace tidings
