// SPDX-License-Identifier: GPL-3.0-or-later
// Reverse search: which of many standing queries find a note. The same language, analyser and plans as forward search.
//
// Each query is filed under terms of which a note must have one to be found (its anchors); only queries that share an
// anchor with the note are looked at, so a note costs by what it might match and not by how many queries there are.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "indexer/ledger/insights.h"
#include "server/search/plan.h"

namespace tidings {

// One note, to be looked at by plans.
class NoteView {
 public:
  explicit NoteView(const WholeInsight& whole);

  bool matches(const Plan& plan) const;

  // What it may be filed under: its terms and facts, and its words for beginnings.
  const std::vector<std::string>& keys() const { return keys_; }
  const std::vector<std::string>& words() const { return words_; }

 private:
  bool has_phrase(const Plan& plan) const;
  bool has_beginning(const std::string& beginning) const;

  Facts facts_;
  std::unordered_map<std::string, std::vector<Xapian::termpos>> terms_;
  std::vector<std::string> keys_;
  std::vector<std::string> words_;  // as they are written, folded, in order
};

class StandingQueries {
 public:
  // Numbers stand for the queries in the order given. A query without a word finds nothing.
  StandingQueries(const std::vector<std::string>& queries, const Vocabulary& vocabulary);

  // The numbers of the queries that find the note, in order. Any thread.
  std::vector<std::size_t> match(const NoteView& note) const;

  std::size_t size() const { return plans_.size(); }

 private:
  std::vector<Plan> plans_;
  std::unordered_map<std::string, std::vector<std::uint32_t>> by_key_;
  std::map<std::string, std::vector<std::uint32_t>> by_beginning_;
  std::vector<std::uint32_t> always_;  // without an anchor, such as dates alone
};

// For each insight, the numbers of the `queries` that find it, in order.
std::vector<std::vector<std::size_t>> match_queries(const std::vector<WholeInsight>& insights,
                                                    const std::vector<std::string>& queries,
                                                    const Vocabulary& vocabulary);

// Throws Refusal: invalid (/query), with the reason, for a query that cannot stand: no word in it, finds everything,
// was not understood as it is written, or is too dear to be run against every note.
void require_standing_query(const std::string& query);

}  // namespace tidings
