// SPDX-License-Identifier: GPL-3.0-or-later
// Synonyms: which words and expressions mean the same, in one language or across two.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/model/synonym.h"

namespace tidings {

class Vocabulary {
 public:
  Vocabulary() = default;
  // Rows that hold no word are passed over.
  explicit Vocabulary(const std::vector<Synonym>& synonyms);

  // What the words beginning at `words[at]` also mean.
  struct Match {
    std::size_t words = 0;                           // how many of them are one expression, 1 or more
    std::vector<std::vector<std::string>> meanings;  // other expressions, as folded words
  };
  // The longest expression there; `words` of 0 if there is none. Words are compared by their stems.
  Match at(const std::vector<std::string>& words, std::size_t at) const;

  bool empty() const { return rows_.empty(); }

 private:
  struct Row {
    std::vector<std::string> stems;
    std::vector<std::vector<std::string>> meanings;
  };
  std::multimap<std::string, Row> rows_;  // by the first stem
};

}  // namespace tidings
