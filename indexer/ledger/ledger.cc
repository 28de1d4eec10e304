// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/ledger/ledger.h"

#include "indexer/base/refusal.h"
#include "indexer/ledger/dialect.h"
#include "indexer/ledger/lane.h"
#include "indexer/ledger/migrate.h"

namespace tidings {
namespace {

constexpr int kReaders = 16;
constexpr Millis kReaderPatience{5000};

}  // namespace

Ledger::Ledger(const std::string& url, const Clock& clock)
    : dialect_(dialect_for(url)), clock_(clock), writer_(std::make_unique<Session>(*dialect_, clock)) {
  id_ = migrate(*writer_, *dialect_);
  lane_ = std::make_unique<Lane>(*writer_, [this] {
    {
      std::lock_guard lock(mutex_);
      ++commits_;
    }
    changed_.notify_all();
  });
}

Ledger::~Ledger() = default;

Ledger::Reading::Reading(const Ledger& from) : ledger(from) {
  {
    std::unique_lock lock(ledger.mutex_);
    if (!ledger.changed_.wait_for(lock, kReaderPatience, [&] { return ledger.out_ < kReaders; }))
      throw Refusal(Code::unavailable, "too many are reading the ledger at once; try again");
    ++ledger.out_;
    if (!ledger.idle_.empty()) {
      session = std::move(ledger.idle_.back());
      ledger.idle_.pop_back();
    }
  }
  try {
    if (!session) session = std::make_unique<Session>(*ledger.dialect_, ledger.clock_);
    session->begin(false);
  } catch (...) {
    std::lock_guard lock(ledger.mutex_);
    --ledger.out_;
    throw;
  }
}

Ledger::Reading::~Reading() {
  session->roll_back();
  {
    std::lock_guard lock(ledger.mutex_);
    --ledger.out_;
    ledger.idle_.push_back(std::move(session));
  }
  ledger.changed_.notify_all();
}

void Ledger::run_in_lane(const std::function<void(Session&)>& change) { lane_->run(change); }

void Ledger::shorten_log() {
  Session session(*dialect_, clock_);
  dialect_->shorten_log(session.sql());
}

void Ledger::copy_to(const std::filesystem::path& to) const { dialect_->copy(to.string()); }

std::uint64_t Ledger::commits() const {
  std::lock_guard lock(mutex_);
  return commits_;
}

void Ledger::wait_past(std::uint64_t seen, Millis time) const {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, time, [&] { return commits_ > seen; });
}

}  // namespace tidings
