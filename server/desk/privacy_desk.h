// SPDX-License-Identifier: GPL-3.0-or-later
// What is held on a person, shown and erased on request; how long words are kept; who looked at what. For leads.
#pragma once

#include <string>

#include "indexer/base/json.h"
#include "indexer/ledger/ledger.h"
#include "indexer/model/account.h"
#include "indexer/model/user.h"

namespace tidings {

class PrivacyDesk {
 public:
  PrivacyDesk(Session& session, const Actor& actor) : session_(session), actor_(actor) {}

  // {contacts, ties, known_by, traces, erased_at} (see ledger/personal_data.h). Refusal: not_found, forbidden.
  json personal_data(ContactId contact) const;
  // The same to be read and printed, in the actor's language.
  std::string personal_data_html(ContactId contact) const;

  // {change, problem, people, other, access}: days after which words of such notes, and records of who looked at what,
  // are removed; null: never.
  json retention() const;
  json change_retention(const json& patch);

  json accesses(const std::string& user, const std::string& subject, int limit) const;  // {items}, the latest first

 private:
  Session& session_;
  const Actor& actor_;
};

// Erases a person everywhere (see ledger/personal_data.h). Looks on a reading session and writes in the lane, again and
// again until nothing speaks of them any more. {contacts, insights, rows}: how much there was. Refusal: not_found,
// forbidden, conflict (they are written about faster than that).
json erase_person(Ledger& ledger, ContactId contact, const Actor& actor);

// Removes the words of notes that are older than their kind may be, a batch; how many.
int remove_old_words(Ledger& ledger, const Clock& clock);

}  // namespace tidings
