// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/index/fold.h"

#include <xapian.h>

#include <numeric>
#include <unordered_map>

#include "indexer/index/facts.h"
#include "indexer/index/fields.h"
#include "indexer/index/store.h"
#include "indexer/index/words.h"

namespace tidings {
namespace {

constexpr std::size_t kManySegments = 8;
// An older segment is folded along while it holds fewer than this many times what the newer ones hold together.
constexpr std::size_t kMuchLarger = 4;
// Deleting in a compact segment makes it larger until it is folded again, so little is left as it is.
constexpr std::size_t kManyDead = 20;  // one in so many
constexpr std::size_t kDeletesACommit = 2000;

// The serials in `inside` whose insight has a later document in any of `all`.
std::vector<Serial> dead_serials(const std::vector<Xapian::Database>& all, const Xapian::Database& inside) {
  std::unordered_map<InsightId, Serial> newest;
  const auto each = [](const Xapian::Database& database, auto&& on_document) {
    for (auto it = database.valuestream_begin(kFactsSlot); it != database.valuestream_end(kFactsSlot); ++it)
      on_document(unpack(*it).id, it.get_docid());
  };
  for (const Xapian::Database& database : all)
    each(database, [&](InsightId id, Serial serial) { newest[id] = std::max(newest[id], serial); });
  std::vector<Serial> dead;
  each(inside, [&](InsightId id, Serial serial) {
    if (newest[id] > serial) dead.push_back(serial);
  });
  return dead;
}

}  // namespace

std::size_t segments_to_fold(const std::vector<std::size_t>& documents) {
  if (documents.size() < kManySegments) return 0;
  std::size_t folded = kManySegments - 1;
  std::size_t together = std::accumulate(documents.end() - static_cast<std::ptrdiff_t>(folded), documents.end(),
                                         static_cast<std::size_t>(0));
  while (folded < documents.size() && documents[documents.size() - 1 - folded] < kMuchLarger * together)
    together += documents[documents.size() - ++folded];
  return folded;
}

Fold::Fold(std::filesystem::path folder, std::vector<std::string> from, std::string into, std::vector<std::string> all)
    : folder_(std::move(folder)), from_(std::move(from)), into_(std::move(into)), all_(std::move(all)) {
  thread_ = std::thread([this] {
    try {
      run();
    } catch (...) {
      failure_ = std::current_exception();
    }
    done_ = true;
  });
}

Fold::~Fold() { thread_.join(); }

void Fold::check() {
  if (failure_) std::rethrow_exception(failure_);
}

void Fold::run() {
  const std::filesystem::path into = folder_ / into_;
  std::vector<Xapian::Database> all;
  std::vector<std::filesystem::path> paths;
  for (const std::string& name : all_) all.emplace_back((folder_ / name).string());
  for (const std::string& name : from_) paths.push_back(folder_ / name);
  compact(paths, into);
  Xapian::WritableDatabase folded(into.string(), Xapian::DB_OPEN | Xapian::DB_NO_SYNC);
  const std::vector<Serial> dead = dead_serials(all, folded);
  if (dead.size() * kManyDead > folded.get_doccount()) {
    for (std::size_t i = 0; i < dead.size(); ++i) {
      folded.delete_document(dead[i]);
      if (i % kDeletesACommit == kDeletesACommit - 1) folded.commit();
    }
    folded.commit();
  }
  folded.close();
  merge_words(paths, into);
  sync_folder(into);
}

}  // namespace tidings
