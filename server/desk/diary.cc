// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/desk/diary.h"

#include "indexer/base/text.h"
#include "indexer/ledger/personal_data.h"
#include "indexer/ledger/searches.h"
#include "indexer/ledger/sign_ins.h"

namespace tidings {
namespace {

constexpr std::size_t kMaxNoted = 1000;      // of each kind that wait to be written; more are let go
constexpr std::size_t kMaxNotedQuery = 300;  // bytes

}  // namespace

void Diary::note(const std::string& user, const std::string& query, bool empty) {
  const std::string_view trimmed = trim(query);
  if (trimmed.empty() || trimmed.size() > kMaxNotedQuery) return;
  const std::lock_guard lock(mutex_);
  if (searched_.size() < kMaxNoted) searched_.push_back({user, to_nfc(trimmed), empty});
}

void Diary::saw(const std::string& user, const std::string& subject, Time at) {
  const std::lock_guard lock(mutex_);
  if (seen_.size() < kMaxNoted) seen_.push_back({user, subject, at});
}

void Diary::came(std::int64_t sign_in) {
  const std::lock_guard lock(mutex_);
  came_.insert(sign_in);
}

void Diary::write(Ledger& ledger) {
  std::vector<Searched> searched;
  std::vector<Seen> seen;
  std::set<std::int64_t> came;
  {
    const std::lock_guard lock(mutex_);
    searched.swap(searched_);
    seen.swap(seen_);
    came.swap(came_);
  }
  if (searched.empty() && seen.empty() && came.empty()) return;
  ledger.write([&](Session& session) {
    SearchLog log(session);
    for (const Searched& each : searched) {
      if (each.empty)
        log.remember_empty(each.query);
      else
        log.remember(each.user, each.query);
    }
    for (const Seen& each : seen) Accesses(session).note(each.user, each.subject, each.at);
    for (const std::int64_t sign_in : came) SignIns(session).note_seen(sign_in);
  });
}

}  // namespace tidings
