// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/search/vocabulary.h"

#include <algorithm>

#include "indexer/base/text.h"
#include "indexer/index/analyser.h"
#include "indexer/index/language.h"

namespace tidings {
namespace {

// Words of a vocabulary are known by one stem: Latin ones by English, Cyrillic ones by Russian.
std::string key_of(const std::string& word) { return stem(word, "en"); }

std::vector<std::string> words_of(const std::string& expression) {
  std::vector<std::string> words;
  for (Token& token : tokenise(to_nfc(expression)))
    if (!token.whole) words.push_back(std::move(token.word));
  return words;
}

}  // namespace

Vocabulary::Vocabulary(const std::vector<Synonym>& synonyms) {
  for (const Synonym& synonym : synonyms) {
    for (const std::string& from : synonym.from.empty() ? synonym.words : synonym.from) {
      Row row;
      const std::vector<std::string> words = words_of(from);
      for (const std::string& word : words) row.stems.push_back(key_of(word));
      for (const std::string& meaning : synonym.words) {
        std::vector<std::string> other = words_of(meaning);
        if (!other.empty() && other != words) row.meanings.push_back(std::move(other));
      }
      if (row.stems.empty() || row.meanings.empty()) continue;
      const std::string first = row.stems.front();
      rows_.emplace(first, std::move(row));
    }
  }
}

Vocabulary::Match Vocabulary::at(const std::vector<std::string>& words, std::size_t at) const {
  Match match;
  if (rows_.empty()) return match;
  for (auto [it, end] = rows_.equal_range(key_of(words[at])); it != end; ++it) {
    const Row& row = it->second;
    if (row.stems.size() < match.words || row.stems.size() > words.size() - at) continue;
    bool same = true;
    for (std::size_t i = 1; same && i < row.stems.size(); ++i) same = row.stems[i] == key_of(words[at + i]);
    if (!same) continue;
    if (row.stems.size() > match.words) match = {row.stems.size(), {}};
    for (const auto& meaning : row.meanings)
      if (std::find(match.meanings.begin(), match.meanings.end(), meaning) == match.meanings.end())
        match.meanings.push_back(meaning);
  }
  return match;
}

}  // namespace tidings
