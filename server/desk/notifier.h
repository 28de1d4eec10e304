// SPDX-License-Identifier: GPL-3.0-or-later
// Telling people what is new for them: follows the feed, runs each new or changed insight and each new answer against
// all saved searches, and each new answer against open insights that it may solve. Also keeps the searcher's synonyms
// as the ledger has them, and writes the diary.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "indexer/base/stop.h"
#include "indexer/ledger/ledger.h"
#include "indexer/ledger/searches.h"
#include "server/desk/diary.h"
#include "server/search/searcher.h"
#include "server/search/standing.h"

namespace tidings {

// One thread. Any number of notifiers may share a ledger: nobody is told a thing twice.
class Notifier {
 public:
  Notifier(Ledger& ledger, Searcher& searcher, Diary& diary) : ledger_(ledger), searcher_(searcher), diary_(diary) {}

  // Until `stop`. What goes wrong is logged and tried again.
  void run(const Stop& stop);

  // Looks at what is new in the feed, at most a batch of it; false if there was nothing.
  bool step();

 private:
  struct News {
    InsightId insight = 0;
    bool answered = false;
  };
  void load();
  // What is to be told of an insight; the user of each is still an audience.
  void tell(const WholeInsight& whole, bool answered, std::vector<Notification>& notifications) const;
  void keep(const std::vector<Notification>& notifications, std::int64_t reached);

  Ledger& ledger_;
  Searcher& searcher_;
  Diary& diary_;
  std::int64_t place_ = -1;  // in the feed; -1: not read yet
  std::int64_t kept_place_ = 0;
  std::vector<SavedSearch> searches_;
  std::shared_ptr<const StandingQueries> standing_;
  std::shared_ptr<const Vocabulary> vocabulary_;
};

}  // namespace tidings
