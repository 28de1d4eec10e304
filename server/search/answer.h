// SPDX-License-Identifier: GPL-3.0-or-later
// One question answered over one sight of the index.
#pragma once

#include <memory>

#include "server/search/lexicon.h"
#include "server/search/pages.h"
#include "server/search/ranking.h"
#include "server/search/searcher.h"

namespace tidings {

// What a question is answered from.
struct Base {
  Sight sight;
  const Manifest& manifest;
  const Lexicon& lexicon;
  const Vocabulary& vocabulary;
  Pages& pages;
};

// Throws Refusal: invalid, Xapian::Error.
Hits answer(const Base& base, const Question& question);

std::vector<Suggestion> complete(const Base& base, const std::string& typed, std::size_t limit);

// `document` is of the insight `id`, or of one that is not kept (0).
std::vector<Alike> find_alike(const Base& base, const Xapian::Document& document, InsightId id, std::size_t limit);

// The document of an insight. Throws Refusal: not_found.
Xapian::Document find_document(const Sight& sight, InsightId id);

}  // namespace tidings
