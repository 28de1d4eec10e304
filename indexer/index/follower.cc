// SPDX-License-Identifier: GPL-3.0-or-later
// A new index is first filled insight by insight, in the order of ids, with the feed's place as it was when the filling
// began; then the feed is followed from there. Writing an insight's document is the same whoever asks for it, so doing
// it twice after a crash does no harm, and a place is only written together with everything before it.
#include "indexer/index/follower.h"

#include "indexer/base/log.h"
#include "indexer/base/refusal.h"
#include "indexer/index/insight_document.h"
#include "indexer/ledger/feed.h"
#include "indexer/ledger/insights.h"
#include "indexer/ledger/works.h"

namespace tidings {
namespace {

// Measured on a million notes: commits of 500 to 2,000 documents are fastest, and keep memory small.
constexpr int kBatch = 1000;
constexpr Millis kLook{50};       // how often to look for commits of other processes
constexpr Millis kPatience{200};  // before trying again for a lock or a full disk

}  // namespace

Follower::Follower(Ledger& ledger, std::filesystem::path folder) : ledger_(ledger), folder_(std::move(folder)) {}

void Follower::open() {
  if (database_ && identity_ == folder_identity(folder_)) return;
  database_.reset();
  const std::int64_t head = ledger_.read([](Session& session) { return Feed(session).head(); });
  database_ = open_for_writing(folder_, ledger_.id(), head);
  identity_ = folder_identity(folder_);
}

bool Follower::step() {
  open();
  IndexState state = read_state(*database_);
  if (state.filled >= 0) {
    fill(state);
    return true;
  }
  return follow(state);
}

void Follower::fill(IndexState& state) {
  const auto ids = ledger_.read([&](Session& session) { return Insights(session).ids(state.filled, kBatch); });
  write({ids.begin(), ids.end()});
  state.filled = ids.empty() ? -1 : ids.back();
  commit(state);
}

bool Follower::follow(IndexState& state) {
  std::int64_t reached = state.place;
  const auto ids = touched_since(state.place, reached);
  if (reached == state.place) return false;
  write(ids);
  state.place = reached;
  commit(state);
  return true;
}

std::set<InsightId> Follower::touched_since(std::int64_t place, std::int64_t& reached) const {
  return ledger_.read([&](Session& session) {
    std::set<InsightId> ids;
    const Insights insights(session);
    const auto add_all = [&](std::optional<ClientId> client, std::optional<ContactId> contact) {
      for (InsightId after = 0;;) {
        const auto some =
            contact ? insights.ids_of_contact(*contact, after, kBatch) : insights.ids(after, kBatch, client);
        if (some.empty()) return;
        ids.insert(some.begin(), some.end());
        after = some.back();
      }
    };
    for (const Event& event : Feed(session).after(place, kBatch, false)) {
      reached = event.seq;
      if (const auto insight = subject_id(event.subject, "insight")) ids.insert(*insight);
      if (const auto work = subject_id(event.subject, "work")) ids.insert(Works(session).find(*work).insight);
      if (event.kind == "client.changed") add_all(subject_id(event.subject, "client"), {});
      if (event.kind == "contact.changed") add_all({}, subject_id(event.subject, "contact"));
    }
    return ids;
  });
}

void Follower::write(const std::set<InsightId>& ids) {
  // A few at a time, so that no snapshot of the ledger is held for long.
  constexpr std::size_t kTogether = 100;
  for (auto id = ids.begin(); id != ids.end();) {
    std::vector<WholeInsight> wholes;
    ledger_.read([&](Session& session) {
      for (; id != ids.end() && wholes.size() < kTogether; ++id) wholes.push_back(Insights(session).whole(*id));
    });
    for (const WholeInsight& whole : wholes)
      database_->replace_document(static_cast<Xapian::docid>(whole.insight.id), to_document(whole));
  }
}

void Follower::commit(const IndexState& state) {
  // The folder may have been deleted while we wrote: then what we wrote is gone, and the next step begins a new one.
  if (identity_ != folder_identity(folder_)) {
    database_.reset();
    return;
  }
  write_state(*database_, state);
  database_->commit();
}

void Follower::run(const Stop& stop) {
  bool waits_for_lock = false;
  while (!stop.wished()) {
    const auto seen = ledger_.commits();
    try {
      const bool busy = step();
      if (waits_for_lock) spdlog::info("index event=lock_taken");
      waits_for_lock = false;
      if (!busy) ledger_.wait_past(seen, kLook);
      continue;
    } catch (const Xapian::DatabaseLockError&) {
      if (!waits_for_lock) spdlog::info("index event=waits reason=\"another follower keeps the index\"");
      waits_for_lock = true;
    } catch (const Xapian::DatabaseCorruptError& error) {
      spdlog::error("index event=damaged error={}", log_value(error.get_msg()));
      database_.reset();
      move_index_away(folder_);
    } catch (const Xapian::Error& error) {
      spdlog::error("index event=failed error={}", log_value(error.get_msg()));
      database_.reset();
    } catch (const Refusal& refusal) {
      spdlog::error("index event=waits error={}", log_value(refusal.detail()));
      database_.reset();
    } catch (const std::exception& error) {
      // Nothing above this thread could do better than try again; the log says why the index stands still.
      spdlog::error("index event=broken error={}", log_value(error.what()));
      database_.reset();
    }
    stop.wait_for(kPatience);
  }
  database_.reset();
}

void Follower::catch_up(const Stop& stop, const std::function<void(std::int64_t, std::int64_t)>& progress) {
  try {
    const auto [head, count] =
        ledger_.read([](Session& session) { return std::pair(Feed(session).head(), Insights(session).count()); });
    while (!stop.wished()) {
      const bool busy = step();
      if (progress) progress(static_cast<std::int64_t>(database_->get_doccount()), count);
      if (!busy || (read_state(*database_).complete() && read_state(*database_).place >= head)) break;
    }
    database_.reset();
  } catch (const Xapian::DatabaseLockError&) {
    throw Refusal(Code::unavailable, "another follower keeps this index; stop it first, or let it do the work");
  } catch (const Xapian::Error& error) {
    throw Refusal(Code::unavailable, "the index cannot be written: " + error.get_msg());
  }
}

void Follower::discard() {
  try {
    if (std::filesystem::exists(folder_)) {
      const Xapian::WritableDatabase lock(folder_.string(), Xapian::DB_OPEN);
      move_index_away(folder_);
    }
  } catch (const Xapian::DatabaseLockError&) {
    throw Refusal(Code::unavailable, "another follower keeps this index; stop it first");
  } catch (const Xapian::Error&) {
    move_index_away(folder_);
  }
}

}  // namespace tidings
