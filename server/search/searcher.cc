// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/search/searcher.h"

#include <xapian.h>

#include <algorithm>
#include <iterator>
#include <thread>

#include "indexer/base/log.h"
#include "indexer/base/refusal.h"
#include "indexer/index/insight_document.h"
#include "indexer/index/store.h"
#include "server/search/alike.h"
#include "server/search/answer.h"
#include "server/search/completion.h"

namespace tidings {
namespace {

constexpr int kMaxReopens = 10;
constexpr const char* kTooFast = "the index changes too fast to be read; try again";
constexpr int kOvertaken = 3;             // times, before the index is asked to stand still
constexpr std::size_t kKeptHandles = 16;  // as many as read the ledger at once

}  // namespace

// What is kept in memory of an index from its birth on, for all threads.
struct Searcher::Memory {
  Memory(const std::string& of, const OpenIndex& index) : birth(of), tables(index) {}
  std::string birth;
  Tables tables;
  Lexicon lexicon;
};

// An open index, for one thread at a time.
struct Searcher::Handle {
  Handle(std::string of, Manifest read, const std::filesystem::path& folder)
      : identity(std::move(of)), manifest(std::move(read)), index(folder, manifest) {}
  std::string identity;  // of its manifest
  Manifest manifest;
  OpenIndex index;
  std::shared_ptr<Memory> memory;
  std::shared_ptr<const Vocabulary> vocabulary;
  Pages* pages = nullptr;

  Base base(const std::shared_ptr<const Reach>& reach) const {
    const bool sees_all = !reach || reach->all();
    return {{index, memory->tables, sees_all ? nullptr : reach}, manifest, memory->lexicon, *vocabulary, *pages};
  }
};

// A handle out of the pool, open on the index as it is now; none if there is no index.
struct Searcher::Lease {
  explicit Lease(const Searcher& from) : searcher(from) {
    const std::string identity = manifest_identity(searcher.folder_);
    std::unique_ptr<Handle> older;
    std::vector<std::unique_ptr<Handle>> stale;  // closed out of the lock: their files are gone from the folder
    {
      const std::lock_guard lock(searcher.mutex_);
      stale = searcher.idle_.take_unless([&](const Handle& each) { return each.identity == identity; });
      handle = searcher.idle_.take();
      if (!handle && !stale.empty()) older = std::move(stale.back());
    }
    stale.clear();
    if (identity.empty()) return;
    try {
      if (handle) {
        handle->index.reopen();
      } else {
        auto manifest = read_manifest(searcher.folder_);
        if (!manifest || manifest->segments.empty()) return;
        std::unique_lock reading(searcher.reading_, std::defer_lock);
        if (!memory_of(manifest->birth) && !reading.try_lock()) {
          // Another thread reads the new index into memory. Until then the one before answers, where there is one.
          if (older && older->manifest.birth != manifest->birth) {
            handle = std::move(older);
            return;
          }
          reading.lock();
          if (manifest_identity(searcher.folder_) != identity)
            throw Xapian::DatabaseModifiedError("there is a newer index");
        }
        handle = std::make_unique<Handle>(identity, std::move(*manifest), searcher.folder_);
        handle->memory = memory_of(handle->manifest.birth);
        if (!handle->memory) {
          handle->memory = std::make_shared<Memory>(handle->manifest.birth, handle->index);
          handle->memory->lexicon.cover(searcher.folder_, handle->manifest, handle->index);
          const std::lock_guard lock(searcher.mutex_);
          searcher.memory_ = handle->memory;
        }
      }
      remember();
    } catch (const Xapian::DatabaseModifiedError&) {
      throw;
    } catch (const Xapian::DatabaseOpeningError&) {
      handle.reset();
      // The segments were replaced between reading the manifest and opening them, or are missing for good.
      if (manifest_identity(searcher.folder_) != identity)
        throw Xapian::DatabaseModifiedError("segments were replaced");
      throw Xapian::DatabaseCorruptError("a segment cannot be opened");
    }
  }
  ~Lease() {
    if (!handle) return;
    const std::lock_guard lock(searcher.mutex_);
    handle = searcher.idle_.give(std::move(handle));
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  // What is in memory of the index of this birth, if it was read.
  std::shared_ptr<Memory> memory_of(const std::string& birth) const {
    const std::lock_guard lock(searcher.mutex_);
    return searcher.memory_ && searcher.memory_->birth == birth ? searcher.memory_ : nullptr;
  }

  // What is in memory covers what the handle sees, and no more: of what it sees, something may be gone already from a
  // later state that another handle brought in.
  void remember() const {
    {
      const std::lock_guard lock(searcher.mutex_);
      handle->vocabulary = searcher.vocabulary_;
      handle->pages = searcher.pages_.get();
    }
    Tables& tables = handle->memory->tables;
    for (tables.cover(handle->index); tables.known() > handle->index.last; tables.cover(handle->index)) {
      const Serial seen = handle->index.last;
      handle->index.reopen();
      if (handle->index.last == seen) throw Xapian::DatabaseModifiedError("there is a later segment");
    }
    handle->memory->lexicon.cover(searcher.folder_, handle->manifest, handle->index);
  }

  const Searcher& searcher;
  std::unique_ptr<Handle> handle;
};

Searcher::Searcher(std::filesystem::path folder)
    : folder_(std::move(folder)),
      idle_(kKeptHandles),
      vocabulary_(std::make_shared<Vocabulary>()),
      pages_(std::make_unique<Pages>()) {}
Searcher::~Searcher() = default;

template <class Result>
Result Searcher::with_index(const std::function<Result(Handle&)>& look, Result without) const {
  for (int attempt = 0;; ++attempt) {
    const bool last = attempt == kMaxReopens;
    const std::string state = last ? index_state(folder_) : "";
    try {
      std::optional<Standstill> still;
      if (attempt >= kOvertaken) still.emplace(folder_);
      const Lease lease(*this);
      return lease.handle ? look(*lease.handle) : without;
    } catch (const Xapian::DatabaseModifiedError&) {
      if (last) throw Refusal(Code::unavailable, kTooFast);
      std::this_thread::sleep_for(Millis(attempt));
    } catch (const Xapian::DatabaseError& error) {
      if (!last) {
        std::this_thread::sleep_for(Millis(attempt));  // segments may be on their way
        continue;
      }
      if (index_state(folder_) != state) throw Refusal(Code::unavailable, kTooFast);
      // Damaged for good. Out of sight it is made anew by the follower; until then there is nothing to be found.
      spdlog::error("search event=index_damaged error={}", log_value(error.get_msg()));
      move_index_away(folder_);
    } catch (const Xapian::Error& error) {
      spdlog::error("search event=failed type={} error={}", error.get_type(), log_value(error.get_msg()));
      throw Refusal(Code::unavailable, "the index cannot be read just now; try again");
    }
  }
}

Hits Searcher::search(const Question& question) const {
  Hits none;
  none.incomplete = true;
  return with_index<Hits>(
      [&](Handle& handle) {
        Hits hits = answer(handle.base(question.reach), question);
        const Manifest& manifest = handle.manifest;
        hits.incomplete = manifest.filling || live_place(handle.index.segments.back()) < manifest.target;
        return hits;
      },
      none);
}

std::vector<Suggestion> Searcher::suggest(const std::string& typed, std::size_t limit,
                                          const std::shared_ptr<const Reach>& reach) const {
  return with_index<std::vector<Suggestion>>([&](Handle& handle) { return complete(handle.base(reach), typed, limit); },
                                             {});
}

std::vector<Alike> Searcher::similar(InsightId id, std::size_t limit, const std::shared_ptr<const Reach>& reach) const {
  return with_index<std::vector<Alike>>(
      [&](Handle& handle) {
        const Base base = handle.base(reach);
        return find_alike(base, find_document(base.sight, id), id, limit);
      },
      {});
}

std::vector<Alike> Searcher::similar(const WholeInsight& draft, std::size_t limit,
                                     const std::shared_ptr<const Reach>& reach) const {
  const Xapian::Document document = to_document(draft);
  return with_index<std::vector<Alike>>(
      [&](Handle& handle) { return find_alike(handle.base(reach), document, draft.insight.id, limit); }, {});
}

void Searcher::use(std::shared_ptr<const Vocabulary> vocabulary) {
  const std::lock_guard lock(mutex_);
  vocabulary_ = std::move(vocabulary);
}

Searcher::Place Searcher::place() const {
  try {
    const auto manifest = read_manifest(folder_);
    if (!manifest || manifest->segments.empty() || manifest->filling) return {};
    const OpenIndex index(folder_, *manifest);
    const std::int64_t place = live_place(index.segments.back());
    return {place, place >= manifest->target};
  } catch (const Xapian::Error&) {
    return {};
  }
}

void Searcher::warm() const {
  with_index<bool>([](Handle&) { return true; }, false);
}

}  // namespace tidings
