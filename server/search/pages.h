// SPDX-License-Identifier: GPL-3.0-or-later
// What somebody who turns pages was given already, so that nothing comes twice or is left out while notes arrive and
// change places.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "indexer/model/insight.h"

namespace tidings {

// The hits of one page, and the pages before it.
struct Given {
  std::shared_ptr<const Given> before;
  std::vector<InsightId> insights;

  std::unordered_set<InsightId> all() const;
};

// Remembers the latest kPages pages by a word that stands in their cursors. Any thread.
class Pages {
 public:
  static constexpr std::size_t kPages = 10'000;

  std::string remember(std::shared_ptr<const Given> given);
  std::shared_ptr<const Given> find(const std::string& word) const;  // null if it was forgotten

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<const Given>> by_word_;
  std::deque<std::string> oldest_first_;
};

}  // namespace tidings
