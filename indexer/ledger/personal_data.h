// SPDX-License-Identifier: GPL-3.0-or-later
// Everything that is held on one person, and its end.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "indexer/ledger/accounts.h"
#include "indexer/ledger/session.h"
#include "indexer/model/insight.h"
#include "indexer/model/mentions.h"

namespace tidings {

// A human being: their contacts at all clients, with those that were merged into them, and how texts speak of them.
struct Person {
  std::vector<Contact> contacts;    // the first employment first
  std::vector<std::string> shared;  // names of others at the same clients

  Mentions mentions() const;
  std::string pseudonym() const;  // "contact 17"
};

// A row that speaks of a person.
struct Trace {
  std::string table;
  std::int64_t id = 0;
  InsightId insight = 0;                     // to which it belongs; 0: to none
  bool close = false;                        // whether it is about a client of theirs (see Mentions)
  std::map<std::string, std::string> texts;  // column: text
};
void to_json(json& out, const Trace& trace);

struct Erasure {
  ContactId contact = 0;
  Time at{};
  std::string by;
};

// That somebody looked at something on a day (UTC); never at which words.
struct Access {
  std::string user;
  std::string subject;  // "insight:1042" and the like
  std::string day;
  std::int64_t times = 0;
  Time last_at{};
};
void to_json(json& out, const Access& access);

class Accesses {
 public:
  explicit Accesses(Session& session) : session_(session) {}

  void note(const std::string& user, const std::string& subject, Time at);
  // The latest first, at most `limit`; of everybody and everything for empty names.
  std::vector<Access> list(const std::string& user, const std::string& subject, int limit) const;
  void forget(Day before);

 private:
  Session& session_;
};

class PersonalData {
 public:
  explicit PersonalData(Session& session) : session_(session) {}

  Person person(ContactId contact) const;  // Refusal: not_found

  // All rows that speak of them, their own contacts apart: looked for in every text that people write, and in the feed.
  // Reads whole tables; do it on a reading session.
  std::vector<Trace> traces(const Person& person) const;
  // {contacts, ties, known_by, attachments (of insights that they are named in), traces}: what they may ask for.
  json held(const Person& person) const;

  // Takes the person out: a pseudonym stands in each text, their contacts keep nothing but their place, ties and
  // acquaintances go, so do files of insights that speak of them, events lose their bodies (the chain of hashes stays
  // provable). Writes contact.erased, and insight.erased for each insight concerned, without a word of what was there.
  void erase(const Person& person, const std::vector<Trace>& traces, const Actor& by);

  std::vector<Erasure> erasures() const;  // the first first
  std::optional<Erasure> erasure(ContactId contact) const;

  // Insights of `kind` said before `day` whose words are still there, the oldest first.
  std::vector<InsightId> older(Kind kind, Day day, int limit) const;
  // Removes an insight's words and those of its work: title, body, contacts, answers' and tellings' texts, what was
  // found in it, its files, and the bodies of its events. What it was (client, kind, days, outcome) stays. Writes
  // insight.removed.
  void remove_words(InsightId id, const Actor& by);

 private:
  Session& session_;
};

}  // namespace tidings
