// SPDX-License-Identifier: GPL-3.0-or-later
// The only reader of the index: questions in, hits out.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "indexer/base/clock.h"
#include "indexer/base/json.h"

namespace Xapian {
class Database;
}

namespace tidings {

enum class Sort { relevance, newest, foreseen };

// Each list is "any of these"; across lists all must hold. Values are compared folded.
struct Question {
  std::string q;  // in the query language
  std::vector<std::string> kinds, clients, industries, queues, states, authors, tags, languages;
  std::optional<Day> from, to;                    // said within
  std::optional<Day> foreseen_from, foreseen_to;  // the window touches
  std::optional<Sort> sort;                       // relevance if there are words, else newest
  int limit = 20;
  std::string cursor;               // from the page before
  std::vector<std::string> facets;  // names of kFacets
};

struct Total {
  std::int64_t value = 0;
  bool exact = true;
};

struct Hits {
  std::vector<json> hits;  // as document_data, with score and snippet and without body and answer
  Total total;
  std::string cursor;            // of the next page; empty on the last
  json facets = json::object();  // name -> [{value, count}], commonest first; counts are of the matches looked at
  std::vector<std::string> hints;
  bool incomplete = false;  // the index is missing or still being built
};

constexpr int kMaxLimit = 100;
constexpr int kMaxDeep = 10'000;       // hits that can be paged through
constexpr int kFacetMatches = 10'000;  // matches that facet counts look at, at least

class Searcher {
 public:
  // `folder` is the index, which may come and go.
  explicit Searcher(std::filesystem::path folder);
  ~Searcher();

  // Answers from the index as it is now; an index that is not there answers with nothing and says `incomplete`. One
  // that proves damaged is moved away, so that the follower makes it anew. Throws Refusal: invalid (a cursor that is
  // none of ours, limit, facet), unavailable (the index changes too fast). Any thread.
  Hits search(const Question& question) const;

  // Where in the feed the index is, and whether it is complete. {0, false} if there is none.
  struct Place {
    std::int64_t place = 0;
    bool complete = false;
    std::int64_t count = 0;
  };
  Place place() const;

 private:
  struct Handle;
  struct Lease;
  Hits read_hits(Xapian::Database& database, const Question& question) const;

  std::filesystem::path folder_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Handle>> idle_;
};

}  // namespace tidings
