// SPDX-License-Identifier: GPL-3.0-or-later
// The language of a text, and stems by language.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tidings {

// The languages that are stemmed, by ISO 639-1 code: ru, en, de, fr, es. Any other text is "xx": words as they are.
const std::vector<std::string>& stemmed_languages();

// The language most of `text` is written in, by CLD2; where CLD2 is not sure, Cyrillic is taken for Russian and the
// rest for English (short notes are mostly that). Looks at the first 4,000 bytes. `text` must be well-formed UTF-8.
std::string detect_language(std::string_view text);

// The Snowball stem of a folded word: Cyrillic words in Russian, others in `language`, or in English where `language`
// is not written in the word's letters (an English name in a Russian note). Words with digits stay as they are.
// Thread-safe.
std::string stem(const std::string& word, std::string_view language);

}  // namespace tidings
