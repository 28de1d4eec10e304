// SPDX-License-Identifier: GPL-3.0-or-later
// What stands between us and a client: deals, revenue by year, who knows whom. Each change writes its event.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "indexer/ledger/session.h"
#include "indexer/model/account.h"
#include "indexer/model/user.h"

namespace tidings {

class Relations {
 public:
  explicit Relations(Session& session) : session_(session) {}

  // Throws Refusal: conflict (the same deal is there), not_found (no such client).
  Deal add_deal(Deal deal, const Actor& by);
  void remove_deal(std::int64_t id, const Actor& by);  // Refusal: not_found
  std::vector<Deal> deals(ClientId client) const;      // the latest first

  // One amount a client and year; false if it stood there already.
  bool set_revenue(const Revenue& revenue, const Actor& by);
  std::vector<Revenue> revenues(ClientId client) const;  // the latest year first
  std::map<ClientId, double> revenues_of(int year) const;
  std::vector<int> years() const;  // for which there is revenue, the latest first

  // Throws Refusal: conflict (it is there), invalid (no two contacts), not_found.
  Tie add_tie(Tie tie, const Actor& by);
  void remove_tie(std::int64_t id, const Actor& by);  // Refusal: not_found
  std::vector<Tie> ties(ClientId client) const;       // that begin or end at a contact of this client

  // `user` knows a contact since `since`; saying it again moves the day.
  void know(const Acquaintance& acquaintance, const Actor& by);
  void forget(ContactId contact, const std::string& user, const Actor& by);  // Refusal: not_found
  std::vector<Acquaintance> acquaintances(ClientId client) const;

 private:
  Session& session_;
};

}  // namespace tidings
