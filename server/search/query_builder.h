// SPDX-License-Identifier: GPL-3.0-or-later
// A query's tree as a Xapian query, by the same analyser that indexed the notes.
#pragma once

#include <xapian.h>

#include <set>
#include <string>
#include <vector>

#include "server/search/query_language.h"

namespace tidings {

struct BuiltQuery {
  Xapian::Query query;
  bool is_all = false;                // finds everything
  std::set<std::string> stems;        // what may be marked in a text: stems of wished and required words
  std::vector<std::string> prefixes;  // and beginnings of words
};

// `languages` are those the base holds: a word is looked for under its stem in each. Never throws for what was typed.
BuiltQuery build_query(const QueryNode& root, const std::vector<std::string>& languages);

// Insights said within the days; either end may be open.
Xapian::Query said_within(std::optional<Day> from, std::optional<Day> to);
// Insights whose foreseen window touches the days.
Xapian::Query foreseen_within(std::optional<Day> from, std::optional<Day> to);

}  // namespace tidings
