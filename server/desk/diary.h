// SPDX-License-Identifier: GPL-3.0-or-later
// What was searched for and looked at, and by whom, on its way into the ledger: nobody waits for that.
#pragma once

#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "indexer/ledger/ledger.h"

namespace tidings {

// Any thread. What is noted faster than it can be written is left out.
class Diary {
 public:
  void note(const std::string& user, const std::string& query, bool empty);  // a search, and whether it found nothing
  void saw(const std::string& user, const std::string& subject, Time at);    // "insight:1042" was read
  void came(std::int64_t sign_in);                                           // a sign-in was used
  // Writes what was noted since. Throws Refusal.
  void write(Ledger& ledger);

 private:
  struct Searched {
    std::string user, query;
    bool empty;
  };
  struct Seen {
    std::string user, subject;
    Time at;
  };
  std::mutex mutex_;
  std::vector<Searched> searched_;
  std::vector<Seen> seen_;
  std::set<std::int64_t> came_;
};

}  // namespace tidings
