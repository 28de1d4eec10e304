// SPDX-License-Identifier: GPL-3.0-or-later
// Asking a program to end: SIGTERM and SIGINT become a wish that loops look at and waits wake up for.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

namespace tidings {

// A wish to stop, shared by the threads of a program. Any thread.
class Stop {
 public:
  void wish();
  bool wished() const;
  // Waits until the wish or the time; true if stopping is wished.
  bool wait_for(std::chrono::milliseconds time) const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  bool wished_ = false;
};

// From construction to destruction, SIGTERM and SIGINT wish `stop` (a second SIGINT ends the program at once) and
// SIGPIPE is ignored. Make one, in main, before any thread starts.
class StopOnSignal {
 public:
  explicit StopOnSignal(Stop& stop);
  ~StopOnSignal();
  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;

 private:
  struct Waiter;
  std::unique_ptr<Waiter> waiter_;
};

}  // namespace tidings
