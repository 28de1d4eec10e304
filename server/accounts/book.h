// SPDX-License-Identifier: GPL-3.0-or-later
// How we stand with each client, in memory: read from the ledger once, then kept up by the feed. At a million notes of
// 5,000 clients one pass takes seconds, which nobody who asks should wait for.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "indexer/base/patient_mutex.h"
#include "indexer/base/stop.h"
#include "indexer/ledger/ledger.h"
#include "indexer/model/account.h"
#include "server/accounts/criteria.h"
#include "server/accounts/dependence.h"

namespace tidings {

struct AccountState {
  Client client;
  double revenue = 0;             // of the latest year that anything is known of, else the client's own figure
  std::vector<Day> contact_days;  // of real contact: a note through somebody who is a person there, or an answer told
  int nameless_notes = 0;         // since the last day of contact: they name nobody
  std::optional<Deal> last_deal;
  int people = 0;         // contacts who are still there
  Dependence dependence;  // its shares; strengths and open foresights are as of the day of reading
  int to_tell = 0, to_ask = 0, open_works = 0;  // what the client waits for
  std::optional<Time> oldest_to_tell;
};

// From what the ledger holds of a client.
AccountState account_state(Session& session, const Client& client, std::vector<Visit> visits, Day today,
                           const Criteria& criteria);
// Whether somebody answers to this address; true for an empty one.
bool is_personal(const std::string& email, const Criteria& criteria);

class AccountBook {
 public:
  using States = std::map<ClientId, std::shared_ptr<const AccountState>>;

  static double total_revenue(const States& states);
  // A client's share of the revenue, at least half of an equal share.
  static double weight(double revenue, double total, std::size_t clients);

  AccountBook(Ledger& ledger, const Clock& clock) : ledger_(ledger), clock_(clock) {}

  // All clients as the ledger has them now; brings itself up to date first. Throws Refusal: unavailable, while a large
  // base is being read for the first time. Any thread.
  std::shared_ptr<const States> states();
  // The same, but as they were within kOld if somebody runs the book: for shares of revenue, which no note changes,
  // since what many notes changed takes long to read.
  std::shared_ptr<const States> recent_states();
  static constexpr std::chrono::seconds kOld{30};
  // Keeps itself up to date until `stop`, as fast as a tenth of a processor allows.
  void run(const Stop& stop);

 private:
  void refresh();
  std::shared_ptr<const States> give();
  void read_all(Session& session);
  void read_one(Session& session, ClientId client);

  Ledger& ledger_;
  const Clock& clock_;
  PatientMutex mutex_;
  std::int64_t place_ = -1;  // in the feed; -1: nothing read yet
  Day day_{};                // of the last full reading
  Criteria criteria_;
  States now_;
  bool changed_ = false;                                   // since it was given
  std::mutex given_mutex_;                                 // of what follows
  std::shared_ptr<const States> given_;                    // a copy of now_
  std::chrono::steady_clock::time_point given_at_{-kOld};  // when somebody who runs the book made it
};

}  // namespace tidings
