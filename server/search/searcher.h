// SPDX-License-Identifier: GPL-3.0-or-later
// The only reader of the index: questions in, hits out.
//
// How a query runs: query_language reads what was typed; corrections mend slips by the lexicon; plan looks up stems and
// synonyms; query_maker turns the plan into a query for Xapian's matcher, with what the tables hold in memory offered
// as posting sources; ranking runs it, and what is shown of a hit is made by answer.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "indexer/base/clock.h"
#include "indexer/base/json.h"
#include "indexer/base/pool.h"
#include "indexer/ledger/insights.h"
#include "indexer/ledger/reach.h"
#include "server/search/corrections.h"
#include "server/search/vocabulary.h"

namespace tidings {

class Pages;

enum class Sort { relevance, newest, foreseen };

// Each list is "any of these"; across lists all must hold. Values are compared folded.
struct Question {
  std::string q;  // in the query language
  std::vector<std::string> kinds, clients, industries, queues, states, authors, tags, languages;
  std::vector<std::string> years, quarters;       // said in "2026"; the window touches "2027-Q2"
  std::optional<Day> from, to;                    // said within
  std::optional<Day> foreseen_from, foreseen_to;  // the window touches
  std::optional<Sort> sort;                       // relevance if there are words, else newest
  int limit = 20;
  std::string cursor;               // from the page before
  std::vector<std::string> facets;  // facet_names()
  std::string histogram;            // an interval, or empty
  std::vector<InsightId> like;      // more like these: their words that stand out are looked for too
  bool typing = false;              // the last word may not be finished
  bool literal = false;             // nothing is corrected
  bool explain = false;
  bool ids_only = false;     // hits are {id, score}
  bool rising = false;       // which words stand out in the best hits
  bool exact_total = false;  // count all matches, however many
  Millis budget{200};
  std::shared_ptr<const Reach> reach;  // of who asks; none: everything
};

struct Total {
  std::int64_t value = 0;
  bool exact = true;  // else: at least so many
};

struct Hits {
  std::vector<json> hits;  // as document_data, with score, snippet, matched and without body and answer
  Total total;
  std::string cursor;            // of the next page; empty on the last
  json facets = json::object();  // name -> [{value, count}]; each counted as if nothing of itself had been chosen
  json histogram;                // [{from, count}], null if not asked for
  json rising;                   // [{word, weight}], null if not asked for
  std::vector<std::string> hints;
  std::vector<Correction> corrections;
  json nearest;             // for who finds nothing: {dropped, hits}; else null
  bool incomplete = false;  // the index is missing or still being built
  bool in_time = true;      // else: the best that was found in the time there was
};

struct Suggestion {
  std::string text;
  std::string kind;  // word, client, contact
  std::int64_t count = 0;
};

// An insight like another one. `likeness` is 1 for the same words.
struct Alike {
  json hit;
  double likeness = 0;
  bool same_client = false;
};

// From this likeness on two notes tell of the same thing: an answer to one may solve the other, and another client is a
// witness.
constexpr double kSaysTheSame = 0.35;

constexpr int kMaxLimit = 100;
constexpr int kMaxDeep = 10'000;           // hits that can be paged through
constexpr std::int64_t kCounted = 10'000;  // matches that facets, histograms and totals look at, unless all are asked
constexpr std::size_t kMaxLike = 20;       // insights to be like

class Searcher {
 public:
  // `folder` is the index, which may come and go.
  explicit Searcher(std::filesystem::path folder);
  ~Searcher();

  // Answers from the index as it is now; an index that is not there answers with nothing and says `incomplete`. One
  // that proves damaged is moved away, so that the follower makes it anew. Throws Refusal: invalid (a cursor that is
  // none of ours, limit, facet…), unavailable (the index changes too fast). Any thread.
  Hits search(const Question& question) const;

  // How the word, client or contact that `typed` ends with may go on; the likeliest first.
  // Nothing that stands only out of `reach`.
  std::vector<Suggestion> suggest(const std::string& typed, std::size_t limit,
                                  const std::shared_ptr<const Reach>& reach) const;

  // The insights within `reach` that are most like one that is kept, or one that is being written (`id` 0). Throws
  // Refusal: not_found (not in the index, or not within reach).
  std::vector<Alike> similar(InsightId id, std::size_t limit, const std::shared_ptr<const Reach>& reach) const;
  std::vector<Alike> similar(const WholeInsight& draft, std::size_t limit,
                             const std::shared_ptr<const Reach>& reach) const;

  // The synonyms to search with from now on. Any thread.
  void use(std::shared_ptr<const Vocabulary> vocabulary);

  // Where in the feed the index is, and whether it is complete. {0, false} if there is none.
  struct Place {
    std::int64_t place = 0;
    bool complete = false;
  };
  Place place() const;

  // Reads into memory what the first search would have to wait for.
  void warm() const;

 private:
  struct Memory;
  struct Handle;
  struct Lease;
  template <class Result>
  Result with_index(const std::function<Result(Handle&)>& look, Result without) const;

  std::filesystem::path folder_;
  mutable std::mutex mutex_;  // of what follows
  mutable Pool<Handle> idle_;
  mutable std::shared_ptr<Memory> memory_;  // of the index's latest birth
  std::shared_ptr<const Vocabulary> vocabulary_;
  const std::unique_ptr<Pages> pages_;
  mutable std::mutex reading_;  // held by who reads a new index into memory
};

}  // namespace tidings
