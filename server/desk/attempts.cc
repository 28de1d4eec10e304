// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/desk/attempts.h"

#include <fmt/format.h>

#include <algorithm>

#include "indexer/base/refusal.h"

namespace tidings {

Millis Attempts::wait_of(const Failures& failures) const {
  const int over = failures.count - free_;
  if (over < 0) return Millis(0);
  return std::min(kLongest, Millis(1000LL << std::min(over, 20)));
}

void Attempts::require(const std::string& key, Time now) {
  const std::lock_guard lock(mutex_);
  const auto found = failures_.find(key);
  if (found == failures_.end()) return;
  const Time until = found->second.last + wait_of(found->second);
  if (now < until)
    throw Refusal(Code::too_many, fmt::format("too many failures; try again in {} s",
                                              std::chrono::ceil<std::chrono::seconds>(until - now).count()));
}

void Attempts::failed(const std::string& key, Time now) {
  const std::lock_guard lock(mutex_);
  if (failures_.size() >= kMaxRemembered && !failures_.contains(key)) {
    std::erase_if(failures_, [&](const auto& each) { return each.second.last + wait_of(each.second) < now; });
    if (failures_.size() >= kMaxRemembered)
      failures_.erase(std::min_element(failures_.begin(), failures_.end(),
                                       [](const auto& a, const auto& b) { return a.second.last < b.second.last; }));
  }
  Failures& failures = failures_[key];
  if (failures.last + kForgotten < now) failures.count = 0;
  ++failures.count;
  failures.last = now;
}

void Attempts::succeeded(const std::string& key) {
  const std::lock_guard lock(mutex_);
  failures_.erase(key);
}

}  // namespace tidings
