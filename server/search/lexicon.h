// SPDX-License-Identifier: GPL-3.0-or-later
// The words of the base as they are written (folded) and in how many notes: completions, and corrections of slips.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "indexer/index/store.h"

namespace tidings {

struct CountedWord {
  std::string word;
  std::uint32_t count = 0;
};

class Lexicon {
 public:
  // An empty one.
  Lexicon() = default;

  // Takes in the words of all segments and documents of `index` that it does not have yet. Any thread; throws
  // Xapian::Error.
  void cover(const std::filesystem::path& folder, const Manifest& manifest, const OpenIndex& index);

  // Adds words that are known of elsewhere; for tests and tools.
  void add(const std::vector<CountedWord>& words);

  // In how many notes the folded word stands; replaced versions of a note may be counted too.
  std::uint32_t count(const std::string& word) const;

  // The commonest words that begin so, a longer word of the same count first if it is alphabetically first. Time is
  // linear in the words that begin so: under a millisecond for a million words and one letter.
  std::vector<CountedWord> completions(const std::string& beginning, std::size_t limit) const;

  // The likeliest word that `word` was meant to be: within one edit (letter left out, put in, changed, or two swapped;
  // Damerau) from 4 letters on, two from 8; never for words with digits. Fewer edits first, then the commonest.
  std::optional<CountedWord> correct(const std::string& word) const;

  std::size_t size() const;

 private:
  using WordNumber = std::uint32_t;
  void merge(std::vector<CountedWord> words);  // makes them the sorted part
  void add_fresh(const std::string& word, std::uint32_t count);
  std::uint32_t meant_at_least() const;
  std::string_view word(WordNumber number) const;
  std::uint32_t count_of(WordNumber number) const;
  WordNumber find_sorted(std::string_view word) const;  // of the first that is not before it

  mutable std::shared_mutex mutex_;
  Serial known_ = 0;
  // Words taken in at once, in order: their bytes end to end, where each begins, their counts.
  std::string bytes_;
  std::vector<std::uint32_t> begins_{0};
  std::vector<std::uint32_t> counts_;
  // Words that came since, numbered on from those.
  std::map<std::string, WordNumber, std::less<>> fresh_;
  std::vector<CountedWord> fresh_words_;
  // Symmetric deletes: hashes of what is left of a word's beginning without a letter or two, and the word.
  struct Remainder {
    std::uint32_t hash;
    WordNumber word;
    bool operator<(const Remainder& other) const { return hash < other.hash; }
  };
  std::vector<Remainder> remainders_;
  std::unordered_multimap<std::uint32_t, WordNumber> fresh_remainders_;
};

}  // namespace tidings
