// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a note says that somebody went, and where to. A guess for a person to confirm.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace tidings {

struct Leaving {
  std::size_t who = 0;  // of the people asked about
  std::string sentence;
  std::string to;  // the company's name as the note has it; empty: it does not say
};

// Of the people called `names`: the one named last before the word that says it, by any part of the name; where a
// sentence names none, the first, if `first_is_meant`. English and Russian.
std::optional<Leaving> leaving_of(const std::string& text, const std::vector<std::string>& names, bool first_is_meant);

}  // namespace tidings
