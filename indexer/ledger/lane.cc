// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/ledger/lane.h"

#include "indexer/base/refusal.h"

namespace tidings {
namespace {

// More than this many changes in one transaction gain nothing: the fsync is a small part by then.
constexpr std::size_t kMaxTogether = 256;

}  // namespace

struct Lane::Job {
  const std::function<void(Session&)>& change;
  std::exception_ptr failure;
  bool done = false;
};

Lane::Lane(Session& session, std::function<void()> committed)
    : session_(session), committed_(std::move(committed)), thread_([this] { work(); }) {}

Lane::~Lane() {
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
  }
  waiting_.notify_all();
  thread_.join();
}

void Lane::run(const std::function<void(Session&)>& change) {
  Job job{change, nullptr};
  std::unique_lock lock(mutex_);
  if (ending_) throw Refusal(Code::unavailable, "the server is stopping; try again");
  jobs_.push_back(&job);
  waiting_.notify_one();
  finished_.wait(lock, [&] { return job.done; });
  if (job.failure) std::rethrow_exception(job.failure);
}

void Lane::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    waiting_.wait(lock, [&] { return ending_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    std::deque<Job*> together;
    while (!jobs_.empty() && together.size() < kMaxTogether) {
      together.push_back(jobs_.front());
      jobs_.pop_front();
    }
    lock.unlock();
    make(together);
    lock.lock();
    for (Job* job : together) job->done = true;
    finished_.notify_all();
  }
}

void Lane::make(std::deque<Job*>& jobs) {
  try {
    session_.begin(true);
    for (Job* job : jobs) run_one(*job);
    session_.commit();
  } catch (...) {
    session_.roll_back();
    for (Job* job : jobs)
      if (!job->failure) job->failure = std::current_exception();
    return;
  }
  committed_();
}

// Throws only when the transaction as a whole is lost.
void Lane::run_one(Job& job) {
  session_.set_savepoint();
  try {
    job.change(session_);
  } catch (...) {
    job.failure = std::current_exception();
    try {
      session_.roll_back_to_savepoint();
    } catch (const std::exception&) {
      std::rethrow_exception(job.failure);  // the database gave the whole transaction up: that is why
    }
    return;
  }
  session_.release_savepoint();
}

}  // namespace tidings
