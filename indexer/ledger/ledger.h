// SPDX-License-Identifier: GPL-3.0-or-later
// The system of record. Reads run side by side on sessions of a pool; changes go through one writer lane.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "indexer/base/clock.h"
#include "indexer/base/pool.h"
#include "indexer/ledger/reach.h"
#include "indexer/ledger/session.h"

namespace tidings {

class Lane;

class Ledger {
 public:
  // Opens the ledger at `url` ("sqlite:PATH"), makes it if it is not there, and brings it to this program's version
  // (after a copy, see Dialect::back_up). Throws Refusal: unavailable (cannot be opened), conflict (made by a newer
  // program; nothing was touched), broken (damaged).
  Ledger(const std::string& url, const Clock& clock);
  ~Ledger();

  // Names this ledger for ever, so that what is derived from it knows where it came from.
  const std::string& id() const { return id_; }

  // Runs `look(Session&)` on one snapshot and returns what it returns. Throws Refusal: unavailable when no session is
  // free within 5 s. Any thread.
  template <class F>
  auto read(F&& look) const {
    Reading reading(*this);
    return look(*reading.session);
  }

  // The same on what `viewer` reaches alone (see reach.h): what is out of their reach is not there.
  template <class F>
  auto read_as(const Actor& viewer, F&& look) const {
    Reading reading(*this, viewer);
    return look(*reading.session);
  }

  // What `viewer` reaches now. Any thread.
  std::shared_ptr<const Reach> reach(const Actor& viewer) const;

  // Runs `change(Session&)` in the lane and returns what it returned once that is durable (see Lane::run). Any thread.
  template <class F>
  auto write(F&& change) {
    using Result = std::invoke_result_t<F&, Session&>;
    if constexpr (std::is_void_v<Result>) {
      run_in_lane([&](Session& session) { change(session); });
    } else {
      std::optional<Result> result;
      run_in_lane([&](Session& session) { result.emplace(change(session)); });
      return std::move(*result);
    }
  }

  // Whether there is room for changes. Where there is none, write() refuses (unavailable) before it begins, and goes on
  // by itself once there is.
  bool is_writable() const;

  // Moves what is in the database's log into the database and empties the log, so that what was erased is in neither;
  // does what it can while others read. Throws Refusal.
  void shorten_log();

  // Copies the database as it is at one moment to the new file `to`, while others read and write.
  void copy_to(const std::filesystem::path& to) const;

  // How many commits this process has made. Ask before looking at the feed; then wait_past the number: nothing slips
  // between.
  std::uint64_t commits() const;
  // Waits until there are more commits than `seen`, or for `time`. A commit of another process does not wake it, so
  // callers also look by themselves from time to time.
  void wait_past(std::uint64_t seen, Millis time) const;
  // What followers let pass between two looks, so that under load they look at several commits at once.
  static constexpr Millis kPace{10};

 private:
  static constexpr int kReaders = 16;  // at once

  struct Reading {  // a session of a pool, in a transaction, given back at the end
    explicit Reading(const Ledger& ledger);
    Reading(const Ledger& ledger, const Actor& viewer);
    ~Reading();
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;
    void take(bool veiled);
    void give_back();
    const Ledger& ledger;
    Pool<Session>* pool = nullptr;
    std::unique_ptr<Session> session;
  };

  void run_in_lane(const std::function<void(Session&)>& change);

  std::unique_ptr<Dialect> dialect_;
  const Clock& clock_;
  std::string id_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  mutable Pool<Session> idle_{kReaders};
  mutable Pool<Session> veiled_{kReaders};  // in front of their tables stand views of what somebody reaches
  mutable int out_ = 0;
  std::uint64_t commits_ = 0;
  std::atomic<bool> full_{false};  // as of the last change
  const Reaches reaches_;
  std::unique_ptr<Session> writer_;
  std::unique_ptr<Lane> lane_;
};

}  // namespace tidings
