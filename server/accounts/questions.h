// SPDX-License-Identifier: GPL-3.0-or-later
// The questions that we should be able to answer about each client: which we can, which have gone stale, and which of
// the unknown is worth most to ask. The list is schemas/vocabulary/questions.json, unless a lead has changed it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "indexer/base/json.h"
#include "indexer/ledger/findings.h"
#include "indexer/ledger/session.h"
#include "indexer/model/account.h"
#include "indexer/model/insight.h"

namespace tidings {

struct AccountQuestion {
  std::string name;
  bool about_contact = false;  // asked of each contact, else of the client
  double weight = 1;
  int half_life_days = 365;
  std::string en, ru;             // {} stands for the contact's name
  std::vector<std::string> cues;  // words that a sentence with the answer is likely to hold
};
void to_json(json& out, const AccountQuestion& question);

std::vector<AccountQuestion> questions_of(Session& session);
// Replaces the list, a whole one (schemas/records/questions.schema.json). Throws Refusal: invalid.
void change_questions(Session& session, const json& list, const Actor& by);

// A sentence of a note that may answer a question.
struct Clue {
  InsightId insight = 0;
  std::string sentence;
  Day said_on{};
};

// known: said, or kept with the contact, less than a half-life ago; stale: longer ago; unknown: never.
struct Gap {
  enum class State { known, stale, unknown };
  const AccountQuestion* question = nullptr;
  std::optional<ContactId> contact;
  State state = State::unknown;
  std::optional<Day> said_on;  // nothing for what is kept with the contact without a date
  std::string sentence;
  std::optional<InsightId> insight;
  double staleness = 1;     // 1 - 2^(-days since said_on / half-life): 0 when just said, 1 for what was never said
  double value = 0;         // the client's weight × the question's × staleness
  std::vector<Clue> clues;  // not judged yet, the newest first, at most 3
};
template <>
struct Names<Gap::State> {
  static constexpr std::pair<Gap::State, std::string_view> all[] = {
      {Gap::State::known, "known"}, {Gap::State::stale, "stale"}, {Gap::State::unknown, "unknown"}};
};

// A note as clues are looked for in it.
struct Saying {
  InsightId insight = 0;
  Kind kind = Kind::other;
  Day said_on{};
  std::string text;
  std::vector<ContactId> contacts;
};

// One gap for each question and, where it is about contacts, each of `contacts`; the most valuable first. `sayings` are
// the client's notes, the newest first. Foresight and trouble are answered by notes of kind change and problem.
std::vector<Gap> gaps_of(const std::vector<AccountQuestion>& questions, const std::vector<Contact>& contacts,
                         const std::vector<Finding>& findings, const std::vector<Saying>& sayings, double weight,
                         Day today);

std::string asked_as(const AccountQuestion& question, const std::string& contact, const std::string& language);
double staleness_of(std::optional<Day> said_on, Day today, int half_life_days);

// The sentences of a text.
std::vector<std::string> sentences_of(const std::string& text);

}  // namespace tidings
