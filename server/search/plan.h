// SPDX-License-Identifier: GPL-3.0-or-later
// What to look for, in terms of the index: between what was typed (query_language.h) and how it is run (query_maker.h
// for the whole index, standing.h for one note). All that is known of words is in here already: stems, synonyms.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/base/clock.h"
#include "indexer/index/facts.h"
#include "server/search/query_language.h"
#include "server/search/vocabulary.h"

namespace tidings {

struct Plan {
  enum class Type {
    nothing,     // finds nothing
    everything,  // finds all, with no weight
    term,        // one term of the index
    beginning,   // terms that begin with `term`
    phrase,      // parts (terms, or any of terms) one after the other
    fact,        // the fact is, folded, `term`
    said,        // recorded within [from, to]
    foreseen,    // the foreseen window touches [from, to]
    all,         // every part; weights are added
    any,         // one part or more; weights are added
    without,     // the first part where the second is not
    maybe,       // the first part; the second adds weight
    filter,      // the first part where the second is too; only the first has weight
  };
  Type type = Type::nothing;
  std::string term;
  unsigned times = 1;  // how often a term was asked for
  double weight = 1;   // of a term or phrase: less than 1 for what was not typed itself
  Fact fact = Fact::kind;
  std::optional<Day> from, to;
  std::vector<Plan> parts;

  bool empty() const { return type == Type::nothing; }
};

// Why a stem is looked for: what may be marked in a text, and what a hit says of it.
struct Mark {
  std::string stem;   // of a word of a text, or its beginning
  std::string typed;  // as it was typed
  bool beginning = false;
  bool synonym = false;
};
using Marks = std::vector<Mark>;

struct Planned {
  Plan plan;
  Marks marks;
  bool is_all = false;  // finds everything
};

// The plan for a query. `languages` are those the base holds: a word is looked for under its stem in each. Never throws
// for what was typed.
Planned plan_query(const QueryNode& root, const std::vector<std::string>& languages, const Vocabulary& vocabulary);

// The plan in one line, for tests.
std::string to_string(const Plan& plan);

Plan make_plan(Plan::Type type, std::vector<Plan> parts);
Plan make_term(std::string term);

}  // namespace tidings
