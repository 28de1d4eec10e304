// SPDX-License-Identifier: GPL-3.0-or-later
// The writer lane: one thread that makes all changes. Changes that wait at the same moment share one transaction and
// one fsync; each runs in a savepoint of its own, so that a refused one does not harm the others.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

#include "indexer/ledger/session.h"

namespace tidings {

class Lane {
 public:
  // `session` must outlive the lane and is used by nobody else. `committed` is called after each commit, by the lane's
  // thread.
  Lane(Session& session, std::function<void()> committed);
  // Makes the changes that still wait, then ends.
  ~Lane();

  // Runs `change` and returns once it is durable. Rethrows what `change` threw; throws Refusal: unavailable when the
  // commit failed (then nothing of the change was kept). Any thread but the lane's own.
  void run(const std::function<void(Session&)>& change);

 private:
  struct Job;
  void work();
  void make(std::deque<Job*>& jobs);
  void run_one(Job& job);

  Session& session_;
  std::function<void()> committed_;
  std::mutex mutex_;
  std::condition_variable waiting_, finished_;
  std::deque<Job*> jobs_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace tidings
