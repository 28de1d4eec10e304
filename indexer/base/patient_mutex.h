// SPDX-License-Identifier: GPL-3.0-or-later
// A mutex that can be waited for a while only. std::timed_mutex is one too, but the thread sanitizer of Debian's
// compiler does not see its timed lock (pthread_mutex_clocklock) and then calls every access after it a race.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace tidings {

// Fits std::unique_lock and std::lock_guard (TimedLockable but for try_lock_until). Any thread; whoever locked unlocks.
class PatientMutex {
 public:
  void lock() {
    std::unique_lock lock(mutex_);
    freed_.wait(lock, [&] { return !held_; });
    held_ = true;
  }

  bool try_lock() { return try_lock_for(std::chrono::seconds(0)); }

  template <class Rep, class Period>
  bool try_lock_for(std::chrono::duration<Rep, Period> longest) {
    std::unique_lock lock(mutex_);
    if (!freed_.wait_for(lock, longest, [&] { return !held_; })) return false;
    held_ = true;
    return true;
  }

  void unlock() {
    {
      const std::lock_guard lock(mutex_);
      held_ = false;
    }
    freed_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable freed_;
  bool held_ = false;
};

}  // namespace tidings
