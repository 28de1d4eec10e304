// SPDX-License-Identifier: GPL-3.0-or-later
// The part of a text that shows best why it was found.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tidings {

struct Marks {
  std::set<std::string> stems;
  std::vector<std::string> prefixes;
};

struct Snippet {
  std::string html;  // HTML-safe whatever the text holds; matches between <mark> and </mark>
  int distinct = 0;  // different words matched in it
};

// The window of about `bytes` bytes with the most different matches, then the most matches, then the earliest; the
// beginning of the text if nothing matches. Looks at the first 64 KiB. `language` is the text's (see stem).
Snippet make_snippet(std::string_view text, std::string_view language, const Marks& marks, std::size_t bytes = 240);

}  // namespace tidings
