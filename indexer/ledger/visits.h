// SPDX-License-Identifier: GPL-3.0-or-later
// What the notes show of our contact with clients: who spoke with whom, when, and what is still open from it.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "indexer/ledger/session.h"
#include "indexer/model/insight.h"
#include "indexer/model/work.h"

namespace tidings {

// One note, as a moment of contact.
struct Visit {
  InsightId insight = 0;
  Time at{};
  std::string author;
  Kind kind = Kind::other;
  std::optional<Day> foreseen_to;  // of a foresight
  bool outcome_known = false;
  std::optional<WorkState> work;
  bool asked = false;           // the client is being asked something about it
  std::optional<Time> told_at;  // when they heard the answer last
  std::vector<ContactId> contacts;
};

// A note of kind change, with what is wanted to gather foresights.
struct Foretold {
  InsightId insight = 0;
  ClientId client = 0;
  Time at{};
  std::optional<Foreseen> foreseen;
  std::string industry;  // its own, else the client's
  std::string queue;     // where it is worked; empty: nowhere yet
  std::optional<WorkState> work;
  std::string text;  // title and body
};

// How often what a client foresaw came about.
struct TrackRecord {
  int judged = 0, happened = 0;
};

// The foresights of an industry (of the note, else of its client).
struct ForesightsOfIndustry {
  std::string industry;
  int notes = 0;
  int witnesses = 0;  // clients, those of one group counted once
  int answered = 0;
};

class Visits {
 public:
  explicit Visits(Session& session) : session_(session) {}

  // Of a client, the oldest first.
  std::vector<Visit> of(ClientId client) const;
  // Of every client that has any, in the order of ids. One pass over all notes.
  void each(const std::function<void(ClientId, std::vector<Visit>)>& on_client) const;
  // Notes of kind change in the order of ids, after `after`.
  std::vector<Foretold> foretold(InsightId after, int limit) const;
  // One of them; nothing if the note is of another kind, or not there.
  std::optional<Foretold> foretold(InsightId id) const;
  std::map<ClientId, TrackRecord> records() const;
  // The client of an insight; nothing if there is no such insight.
  std::optional<ClientId> client_of(InsightId insight) const;
  // The client of a contact; nothing if there is no such contact any more.
  std::optional<ClientId> client_of_contact(ContactId contact) const;
  // Said within `days`, the industry with most notes first.
  std::vector<ForesightsOfIndustry> foresights_by_industry(const Days& days) const;

 private:
  Session& session_;
};

}  // namespace tidings
