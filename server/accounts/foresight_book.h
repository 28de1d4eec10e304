// SPDX-License-Identifier: GPL-3.0-or-later
// All foresights in memory, kept up by the feed, and the outlooks that were asked for lately.
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "indexer/base/patient_mutex.h"
#include "indexer/base/stop.h"
#include "indexer/ledger/ledger.h"
#include "indexer/ledger/themes.h"
#include "server/accounts/book.h"
#include "server/accounts/outlook.h"

namespace tidings {

class ForesightBook {
 public:
  // An outlook with the spelling of its terms, and the moment it speaks of.
  struct Given {
    Outlook outlook;
    std::map<TermId, std::string> spelled;
    Time as_of{};
  };

  ForesightBook(Ledger& ledger, AccountBook& accounts, const Clock& clock)
      : ledger_(ledger), accounts_(accounts), clock_(clock) {}

  // Up to date, unless somebody runs the book: then one that was asked for lately may be up to kOld old, but for what
  // people gathered; it is made anew behind the asker's back. Throws Refusal: unavailable, while a large base is being
  // read for the first time. Any thread.
  std::shared_ptr<const Given> outlook(const OutlookQuestion& question);
  // Follows the feed until `stop`.
  void run(const Stop& stop);

  static constexpr std::chrono::seconds kOld{600};

 private:
  struct Kept {
    OutlookQuestion question;
    std::shared_ptr<const Given> given;
    std::int64_t place = 0;  // in the feed
    int themes = 0;          // themes_read_ when it was made
    Time asked_at{};
  };
  // With mutex_ held:
  void refresh();
  std::shared_ptr<const Given> make(const OutlookQuestion& question);
  void keep(Foretold foretold);

  Ledger& ledger_;
  AccountBook& accounts_;
  const Clock& clock_;
  PatientMutex mutex_;     // of the foresights
  std::mutex kept_mutex_;  // of what was given
  std::int64_t place_ = -1;
  Terms terms_;
  std::set<std::string> names_;  // of industries and queues
  std::deque<Foresight> foresights_;
  std::unordered_map<InsightId, std::size_t> places_;
  std::map<ClientId, TrackRecord> records_;
  std::vector<KeptTheme> themes_;
  int themes_read_ = 0;
  std::atomic<bool> followed_{false};
  std::map<std::string, Kept> kept_;
};

}  // namespace tidings
