// SPDX-License-Identifier: GPL-3.0-or-later
// What takes long to open, and is used by one thread at a time, waits in a pool to be used again.
#pragma once

#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

namespace tidings {

// The one that was given back last is taken first, so that those that only a rush needed are left alone, and closed.
// For one thread at a time: its owner locks. What it returns to be closed is closed out of that lock.
template <class Thing>
class Pool {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::minutes kIdle{1};  // from then on one that nobody took is closed

  // At most so many wait.
  explicit Pool(std::size_t most) : most_(most) {}

  // Null if none waits.
  std::unique_ptr<Thing> take() {
    if (waiting_.empty()) return nullptr;
    std::unique_ptr<Thing> thing = std::move(waiting_.back().second);
    waiting_.pop_back();
    return thing;
  }

  // Keeps it. Returns one that is to be closed, if any.
  std::unique_ptr<Thing> give(std::unique_ptr<Thing> thing, Clock::time_point now = Clock::now()) {
    waiting_.emplace_back(now, std::move(thing));
    if (waiting_.size() <= most_ && now - waiting_.front().first < kIdle) return nullptr;
    std::unique_ptr<Thing> old = std::move(waiting_.front().second);
    waiting_.pop_front();
    return old;
  }

  // Takes out those that are not `wanted`, to be closed.
  template <class Wanted>
  std::vector<std::unique_ptr<Thing>> take_unless(const Wanted& wanted) {
    const auto end =
        std::stable_partition(waiting_.begin(), waiting_.end(), [&](const auto& each) { return wanted(*each.second); });
    std::vector<std::unique_ptr<Thing>> unwanted;
    for (auto each = end; each != waiting_.end(); ++each) unwanted.push_back(std::move(each->second));
    waiting_.erase(end, waiting_.end());
    return unwanted;
  }

 private:
  std::size_t most_;
  std::deque<std::pair<Clock::time_point, std::unique_ptr<Thing>>> waiting_;  // since when; the longest first
};

}  // namespace tidings
