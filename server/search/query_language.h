// SPDX-License-Identifier: GPL-3.0-or-later
// The query language: what people type becomes a tree. Nothing typed is an error: what makes no sense as syntax is
// searched as words, and a hint says so.
//
//   pump seal            words: any of them, the best matches first
//   "mechanical seal"    a phrase («» and “” too): required, words in this order
//   pump AND seal        both          pump OR seal    either       NOT seal, -seal    without
//   +seal                required      (a OR b) AND c  groups
//   bearing*             words that begin so
//   kind:problem title:"dry run" client:acme      fields: required; the same exact field twice means either
//   date:2026-03  date:2026-01..2026-06  foreseen:2027-Q2..  when it was said, and windows that touch a time
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/base/clock.h"
#include "indexer/index/fields.h"

namespace tidings {

struct QueryNode {
  enum class Type {
    all,       // everything: an empty query
    word,      // text, maybe in a field, maybe a prefix; text may hold several tokens ("PN-1240/B")
    phrase,    // text, maybe in a field
    date,      // when it was said
    foreseen,  // windows that touch the time
    either,    // OR of children
    both,      // AND of children
    without,   // not its one child
    beside,    // children next to each other: words are wishes, the rest demands
  };
  Type type = Type::all;
  std::string text;
  const Field* field = nullptr;
  bool prefix = false;
  bool required = false;  // +
  std::optional<Day> from, to;
  std::vector<QueryNode> children;
};

struct ParsedQuery {
  QueryNode root;
  std::vector<std::string> hints;  // sentences about what was not understood as syntax
};

constexpr std::size_t kMaxQuery = 2000;  // bytes; what is longer is cut there, with a hint
constexpr int kMaxQueryDepth = 32;       // parentheses within parentheses; deeper ones are passed over
constexpr std::size_t kMaxQueryWords = 250;

// `text` is well-formed UTF-8 in any shape. Never throws for what it holds.
ParsedQuery parse_query(std::string_view text);

// The tree in one line, for tests and explanations: (pump | seal), "a b", kind:problem, !x.
std::string to_string(const QueryNode& node);

}  // namespace tidings
