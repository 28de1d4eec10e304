// SPDX-License-Identifier: GPL-3.0-or-later
// Guessing made slow: after some failures, each more makes the next wait twice as long.
#pragma once

#include <mutex>
#include <string>
#include <unordered_map>

#include "indexer/base/clock.h"

namespace tidings {

// Any thread. At most kMaxRemembered keys are remembered; the oldest go first.
class Attempts {
 public:
  // After `free` failures the wait is a second, then two, four … up to kLongest. A success, or kForgotten without a
  // failure, begins anew.
  explicit Attempts(int free) : free_(free) {}
  static constexpr Millis kLongest{900'000};
  static constexpr Millis kForgotten{86'400'000};
  static constexpr std::size_t kMaxRemembered = 10'000;

  // Throws Refusal: too_many, while `key` has to wait; names the seconds.
  void require(const std::string& key, Time now);
  void failed(const std::string& key, Time now);
  void succeeded(const std::string& key);

 private:
  struct Failures {
    int count = 0;
    Time last{};
  };
  Millis wait_of(const Failures& failures) const;

  const int free_;
  std::mutex mutex_;
  std::unordered_map<std::string, Failures> failures_;
};

}  // namespace tidings
