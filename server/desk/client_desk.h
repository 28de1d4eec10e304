// SPDX-License-Identifier: GPL-3.0-or-later
// One client from near: its people, what we could not answer about it, who went, and the card for the next visit.
#pragma once

#include <optional>
#include <string>

#include "indexer/ledger/session.h"
#include "indexer/model/account.h"
#include "indexer/model/user.h"
#include "server/accounts/book.h"
#include "server/accounts/foresight_book.h"
#include "server/accounts/questions.h"

namespace tidings {

class ClientDesk {
 public:
  ClientDesk(Session& session, const Actor& actor) : session_(session), actor_(actor) {}

  // {client, contacts, bonds, pairs, ties, ghosts, dependence: {notes, open_foresights, contacts, authors}, deals,
  // revenue}; see accounts/people_map.h, accounts/dependence.h.
  json map(ClientId id) const;
  // What is lost with a contact: {contact, foresights, answers, works, share, next: [whom to meet]}.
  json what_if(ContactId id) const;
  // Everywhere they worked, the first first; with what we know of them there.
  json employments(ContactId id) const;

  json add_tie(ContactId contact, const json& body);
  void remove_tie(std::int64_t id);
  json know(ContactId contact, const json& body);  // oneself; a lead says it of others too
  void forget(ContactId contact, const std::string& user);
  json deals(ClientId client) const;
  json add_deal(ClientId client, const json& body);
  void remove_deal(std::int64_t id);
  json set_revenue(ClientId client, const json& body);

  // The questions about a client, the most valuable first (accounts/questions.h). `weight`: the client's.
  json questions(ClientId id, double weight) const;
  json judge(ClientId id, const json& body);
  // The one to ask next: {question, text, contact, value}; null when nothing is worth asking.
  json next_question(ClientId id) const;

  // What others in its industry foresee, as visit_card wants to know it.
  OutlookQuestion peers_question(ClientId id) const;
  // Made to be read in two minutes: {to_tell, open, unknown (three), meet, changed, peers, since}.
  json visit_card(ClientId id, double weight, const Outlook& peers) const;

  // Notes that say that somebody went, to be confirmed: {items: [{insight, contact, sentence, to_client, left_on}]},
  // and what was judged lately: {judged}.
  json departures(std::optional<ClientId> client) const;
  // Confirming ends the role, keeps it as history, opens the other company with the contact in it, tells those who have
  // something open there, and names whom to meet instead. Dismissing only remembers that.
  json judge_departure(const json& body);
  // Takes back what confirming made. Refusal: conflict (something new hangs on it).
  json undo_departure(std::int64_t id);

 private:
  struct Around;
  Around around(ClientId id) const;
  std::vector<Saying> sayings(ClientId id) const;
  std::vector<Gap> gaps(ClientId id, double weight, const std::vector<AccountQuestion>& questions) const;
  json gap_view(const Gap& gap, const std::string& language) const;

  Session& session_;
  const Actor& actor_;
};

}  // namespace tidings
