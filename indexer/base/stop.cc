// SPDX-License-Identifier: GPL-3.0-or-later
// Signals are blocked in every thread and one thread waits for them (sigwait): no handler runs, so none can do harm.
#include "indexer/base/stop.h"

#include <unistd.h>

#include <csignal>
#include <thread>

namespace tidings {

void Stop::wish() {
  {
    std::lock_guard lock(mutex_);
    wished_ = true;
  }
  changed_.notify_all();
}

bool Stop::wished() const {
  std::lock_guard lock(mutex_);
  return wished_;
}

bool Stop::wait_for(std::chrono::milliseconds time) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, time, [&] { return wished_; });
}

struct StopOnSignal::Waiter {
  sigset_t signals{};
  std::thread thread;
};

StopOnSignal::StopOnSignal(Stop& stop) : waiter_(std::make_unique<Waiter>()) {
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));  // fails for what is no signal alone
  sigemptyset(&waiter_->signals);
  for (int signal : {SIGTERM, SIGINT, SIGUSR2}) sigaddset(&waiter_->signals, signal);
  pthread_sigmask(SIG_BLOCK, &waiter_->signals, nullptr);
  waiter_->thread = std::thread([this, &stop] {
    for (int signal = 0; sigwait(&waiter_->signals, &signal) == 0 && signal != SIGUSR2;) {
      if (signal == SIGINT && stop.wished()) _exit(130);
      stop.wish();
    }
  });
}

StopOnSignal::~StopOnSignal() {
  pthread_kill(waiter_->thread.native_handle(), SIGUSR2);
  waiter_->thread.join();
  pthread_sigmask(SIG_UNBLOCK, &waiter_->signals, nullptr);
}

}  // namespace tidings
