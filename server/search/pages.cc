// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/search/pages.h"

#include "indexer/base/secrets.h"

namespace tidings {

std::unordered_set<InsightId> Given::all() const {
  std::unordered_set<InsightId> ids;
  for (const Given* page = this; page; page = page->before.get())
    ids.insert(page->insights.begin(), page->insights.end());
  return ids;
}

std::string Pages::remember(std::shared_ptr<const Given> given) {
  const std::string word = random_hex(8);
  const std::lock_guard lock(mutex_);
  by_word_.emplace(word, std::move(given));
  oldest_first_.push_back(word);
  if (oldest_first_.size() > kPages) {
    by_word_.erase(oldest_first_.front());
    oldest_first_.pop_front();
  }
  return word;
}

std::shared_ptr<const Given> Pages::find(const std::string& word) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_word_.find(word);
  return found == by_word_.end() ? nullptr : found->second;
}

}  // namespace tidings
