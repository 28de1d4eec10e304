// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/ledger/ledger.h"

#include "indexer/base/log.h"
#include "indexer/base/refusal.h"
#include "indexer/ledger/dialect.h"
#include "indexer/ledger/lane.h"
#include "indexer/ledger/migrate.h"

namespace tidings {
namespace {

constexpr Millis kReaderPatience{5000};

}  // namespace

Ledger::Ledger(const std::string& url, const Clock& clock)
    : dialect_(dialect_for(url)), clock_(clock), writer_(std::make_unique<Session>(*dialect_, clock)) {
  id_ = migrate(*writer_, *dialect_);
  prepare_reach(*writer_, false);
  lane_ = std::make_unique<Lane>(*writer_, [this] {
    {
      std::lock_guard lock(mutex_);
      ++commits_;
    }
    changed_.notify_all();
    dialect_->bound_log(writer_->sql());
  });
}

Ledger::~Ledger() = default;

Ledger::Reading::Reading(const Ledger& from) : ledger(from) { take(false); }

Ledger::Reading::Reading(const Ledger& from, const Actor& viewer) : ledger(from) {
  take(false);
  try {
    if (ledger.reaches_.of(*session, viewer)->all()) return;
    give_back();
    take(true);
    set_viewer(*session, viewer);
  } catch (...) {
    if (session) give_back();
    throw;
  }
}

Ledger::Reading::~Reading() { give_back(); }

void Ledger::Reading::take(bool veiled) {
  pool = veiled ? &ledger.veiled_ : &ledger.idle_;
  {
    std::unique_lock lock(ledger.mutex_);
    if (!ledger.changed_.wait_for(lock, kReaderPatience, [&] { return ledger.out_ < kReaders; }))
      throw Refusal(Code::unavailable, "too many are reading the ledger at once; try again");
    ++ledger.out_;
    session = pool->take();
  }
  try {
    if (!session) {
      session = std::make_unique<Session>(*ledger.dialect_, ledger.clock_);
      prepare_reach(*session, veiled);
    }
    session->begin(false);
  } catch (...) {
    session.reset();
    std::lock_guard lock(ledger.mutex_);
    --ledger.out_;
    throw;
  }
}

void Ledger::Reading::give_back() {
  session->roll_back();
  std::unique_ptr<Session> unused;  // closed out of the lock
  {
    std::lock_guard lock(ledger.mutex_);
    --ledger.out_;
    unused = pool->give(std::move(session));
  }
  ledger.changed_.notify_all();
}

std::shared_ptr<const Reach> Ledger::reach(const Actor& viewer) const {
  if (!is_limited(viewer)) return std::make_shared<const Reach>();
  return read([&](Session& session) { return reaches_.of(session, viewer); });
}

void Ledger::run_in_lane(const std::function<void(Session&)>& change) {
  try {
    dialect_->require_room();
  } catch (const Refusal& refusal) {
    if (!full_.exchange(true)) spdlog::warn("ledger event=read_only reason={}", log_value(refusal.detail()));
    throw;
  }
  if (full_.exchange(false)) spdlog::info("ledger event=writable_again");
  lane_->run(change);
}

bool Ledger::is_writable() const {
  try {
    dialect_->require_room();
    return true;
  } catch (const Refusal&) {
    return false;
  }
}

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
