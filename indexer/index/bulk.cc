// SPDX-License-Identifier: GPL-3.0-or-later
// Measured with a million notes: parts of 10,000 notes and commits of 1,000 are fastest (larger ones outgrow the
// processor's caches), and putting the parts together costs a tenth of making them.
#include "indexer/index/bulk.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

#include "indexer/base/refusal.h"
#include "indexer/base/secrets.h"
#include "indexer/index/fields.h"
#include "indexer/index/insight_document.h"
#include "indexer/ledger/feed.h"
#include "indexer/ledger/insights.h"

namespace tidings {
namespace {

constexpr std::size_t kPart = 10'000;
constexpr std::size_t kMaxParts = 100;  // open at once while they are put together, five files each
constexpr std::size_t kCommit = 1000;
constexpr std::size_t kRead = 100;  // insights a snapshot of the ledger, so that none is held for long

class Bulk {
 public:
  Bulk(const Ledger& ledger, const std::filesystem::path& folder, std::uint64_t named, bool show, const Stop& stop,
       const Progress& progress)
      : ledger_(ledger), folder_(folder), named_(named), show_(show), stop_(stop), progress_(progress) {
    ledger_.read([&](Session& session) {
      manifest_.place = manifest_.target = Feed(session).head();
      ids_ = Insights(session).ids_newest_first();
    });
    manifest_.format = kIndexFormat;
    manifest_.ledger = ledger_.id();
    manifest_.birth = random_hex(8);
    manifest_.boot = boot_id();
    part_size_ = std::max(kPart, ids_.size() / kMaxParts + 1);
    parts_ = std::max<std::size_t>(1, (ids_.size() + part_size_ - 1) / part_size_);
    finished_.resize(parts_, false);
  }

  std::optional<Manifest> build() {
    const std::size_t cores = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, parts_);
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < cores; ++i) threads.emplace_back([this] { work(); });
    work();
    for (std::thread& thread : threads) thread.join();
    if (failure_) std::rethrow_exception(failure_);
    if (stop_.wished()) return std::nullopt;
    return put_together();
  }

 private:
  std::string part_name(std::size_t part) const { return fmt::format("part-{}", named_ + 1 + part); }

  void work() {
    try {
      for (std::size_t part = next_++; part < parts_ && !stop_.wished() && !failed_; part = next_++) {
        write_part(part);
        report(part);
      }
    } catch (...) {
      const std::lock_guard lock(mutex_);
      failed_ = true;
      if (!failure_) failure_ = std::current_exception();
    }
  }

  void write_part(std::size_t part) {
    const std::size_t begin = part * part_size_, end = std::min(begin + part_size_, ids_.size());
    const std::filesystem::path path = folder_ / part_name(part);
    Xapian::WritableDatabase database(path.string(), Xapian::DB_CREATE_OR_OVERWRITE | Xapian::DB_NO_SYNC);
    WordCounts words;
    for (std::size_t at = begin; at < end && !stop_.wished() && !failed_; at += kRead) {
      std::vector<std::pair<Serial, WholeInsight>> wholes;
      ledger_.read([&](Session& session) {
        for (std::size_t i = at; i < std::min(at + kRead, end); ++i) {
          try {
            wholes.emplace_back(static_cast<Serial>(i + 1), Insights(session).whole(ids_[i]));
          } catch (const Refusal& refusal) {
            if (refusal.code() != Code::not_found) throw;  // one that was erased meanwhile is left out
          }
        }
      });
      for (const auto& [serial, whole] : wholes) {
        const Xapian::Document document = to_document(whole, &words);
        if (database.get_lastdocid() + 1 == serial)
          database.add_document(document);
        else
          database.replace_document(serial, document);
      }
      if ((at - begin + kRead) % kCommit == 0) database.commit();
      const std::lock_guard lock(mutex_);
      done_ += static_cast<std::int64_t>(wholes.size());
      if (progress_) progress_(done_, static_cast<std::int64_t>(ids_.size()));
    }
    database.close();
    write_words(words, path);
  }

  // Shows the finished parts that follow one another from the newest on.
  void report(std::size_t part) {
    const std::lock_guard lock(mutex_);
    finished_[part] = true;
    if (!show_ || stop_.wished() || failed_) return;
    const auto shown =
        static_cast<std::size_t>(std::find(finished_.begin(), finished_.end(), false) - finished_.begin());
    if (shown <= manifest_.segments.size()) return;
    manifest_.filling = true;
    while (manifest_.segments.size() < shown) manifest_.segments.push_back(part_name(manifest_.segments.size()));
    manifest_.named = named_ + shown;
    manifest_.newest_first = static_cast<Serial>(std::min(shown * part_size_, ids_.size()));
    publish(folder_, manifest_);
  }

  Manifest put_together() {
    const std::uint64_t number = named_ + parts_ + 1;
    const std::filesystem::path base = folder_ / fmt::format("base-{}", number);
    std::vector<std::filesystem::path> paths;
    for (std::size_t part = 0; part < parts_; ++part) paths.push_back(folder_ / part_name(part));
    compact(paths, base);
    merge_words(paths, base);
    sync_folder(base);
    const std::string live = fmt::format("live-{}", number + 1);
    begin_live(folder_ / live, manifest_.place);
    manifest_.filling = false;
    manifest_.named = number + 1;
    manifest_.newest_first = static_cast<Serial>(ids_.size());
    manifest_.segments = {base.filename().string(), live};
    return manifest_;
  }

  const Ledger& ledger_;
  const std::filesystem::path& folder_;
  std::uint64_t named_;
  bool show_;
  const Stop& stop_;
  const Progress& progress_;
  std::vector<InsightId> ids_;
  std::size_t part_size_ = kPart, parts_ = 1;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> failed_{false};
  std::mutex mutex_;  // of what follows
  Manifest manifest_;
  std::vector<bool> finished_;
  std::int64_t done_ = 0;
  std::exception_ptr failure_;
};

}  // namespace

std::optional<Manifest> build_in_bulk(const Ledger& ledger, const std::filesystem::path& folder, std::uint64_t named,
                                      bool show, const Stop& stop, const Progress& progress) {
  return Bulk(ledger, folder, named, show, stop, progress).build();
}

void begin_live(const std::filesystem::path& segment, std::int64_t place) {
  Xapian::WritableDatabase live(segment.string(), Xapian::DB_CREATE_OR_OVERWRITE | Xapian::DB_NO_SYNC);
  set_live_place(live, place);
  live.commit();
}

}  // namespace tidings
