// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a note says that somebody went, and where to. A guess for a person to confirm.
#pragma once

#include <optional>
#include <string>

namespace tidings {

struct Leaving {
  std::string sentence;
  std::string to;  // the company's name as the note has it; empty: it does not say
};

// Of the person called `name`, or of anybody if the note is about one person only. English and Russian.
std::optional<Leaving> leaving_of(const std::string& text, const std::string& name, bool only_one);

}  // namespace tidings
