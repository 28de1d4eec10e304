// SPDX-License-Identifier: GPL-3.0-or-later
// What questions, completions and alike notes are answered from, and the looks at it that they share.
#pragma once

#include <xapian.h>

#include <string>
#include <vector>

#include "server/search/lexicon.h"
#include "server/search/pages.h"
#include "server/search/ranking.h"
#include "server/search/searcher.h"

namespace tidings {

struct Base {
  Sight sight;
  const Manifest& manifest;
  const Lexicon& lexicon;
  const Vocabulary& vocabulary;
  Pages& pages;
};

// Throws Xapian::Error.
Xapian::Document document_at(const Sight& sight, Serial serial);

bool is_number(const std::string& text);  // of digits alone

// Terms of the text itself that say something by themselves.
class TextTerms : public Xapian::ExpandDecider {
 public:
  bool operator()(const std::string& term) const override;
};

// A word's stem in each language, each once; English among them always.
std::vector<std::string> stems_in(const std::string& word, const std::vector<std::string>& languages);

Plan plan_of(Plan::Type type, const std::vector<std::string>& terms);

// How many notes within reach a plan finds, or `most`.
std::int64_t reached_notes(const Base& base, const Plan& plan, std::int64_t most);

}  // namespace tidings
