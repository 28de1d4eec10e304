// SPDX-License-Identifier: GPL-3.0-or-later
// Synonyms: expressions that mean the same in this base.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/base/json.h"

namespace tidings {

using SynonymId = std::int64_t;

// With `from` empty, each of `words` also means all the others. Otherwise who looks for an expression of `from` finds
// those of `words` too, and not the other way round. An expression is one word or several.
struct Synonym {
  SynonymId id = 0;
  std::int64_t version = 1;
  std::vector<std::string> from;
  std::vector<std::string> words;
};

// `in` has passed schemas/records/synonym.schema.json.
Synonym to_synonym(const json& in);
json to_json(const Synonym& synonym);

// The rows of a vocabulary file, one a line: "compressor, компрессор", or "VFD -> frequency converter, преобразователь
// частоты"; # begins a comment. Throws Refusal: invalid, naming the line, for one that says nothing.
std::vector<Synonym> parse_vocabulary(std::string_view text);

}  // namespace tidings
