// SPDX-License-Identifier: GPL-3.0-or-later
// The part of a text that shows best why it was found.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "server/search/plan.h"

namespace tidings {

// Finds which marks the words of a text carry. Not for several threads at once.
class Marker {
 public:
  explicit Marker(const Marks& marks);

  // The number of the mark of a folded word in a text of that language, or -1.
  int find(const std::string& word, std::string_view language) const;
  const Mark& mark(int number) const { return marks_[static_cast<std::size_t>(number)]; }
  bool empty() const { return marks_.empty(); }

 private:
  const Marks& marks_;
  std::unordered_map<std::string, int> by_stem_;
  std::vector<int> beginnings_;
  std::set<std::string> starts_;  // the first bytes of stems: a word that begins otherwise need not be stemmed
};

struct Snippet {
  std::string html;                   // HTML-safe whatever the text holds; matches between <mark> and </mark>
  int distinct = 0;                   // different marks in it
  std::map<int, std::string> marked;  // the marks found anywhere in the text, and the first word that carries each
};

// The window of about `bytes` bytes with the most different matches, then the most matches, then the earliest; the
// beginning of the text if nothing matches. Looks at the first 64 KiB. `language` is the text's (see stem).
Snippet make_snippet(std::string_view text, std::string_view language, const Marker& marker, std::size_t bytes = 240);

}  // namespace tidings
