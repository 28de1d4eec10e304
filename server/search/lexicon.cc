// SPDX-License-Identifier: GPL-3.0-or-later
// Corrections by symmetric deletes (the idea of Wolf Garbe's SymSpell): two words within k edits become equal when up
// to k letters are left out of each. So each word is filed under what remains of its first letters, and only words
// filed alike are compared.
#include "server/search/lexicon.h"

#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <mutex>

#include "indexer/index/words.h"

namespace tidings {
namespace {

constexpr std::size_t kFiledLetters = 7;  // of a word's beginning
constexpr std::size_t kShortest = 3;      // words shorter than that are never meant
constexpr std::size_t kOneEditFrom = 4;   // letters
constexpr std::size_t kTwoEditsFrom = 8;
constexpr std::size_t kLongest = 40;  // words longer than that are left as they are
// In a base with many words, one that stands in a single note may be a slip itself and is never meant.
constexpr std::size_t kManyWords = 50'000;

using Letters = std::u32string;

Letters letters_of(std::string_view word) {
  Letters letters;
  const auto* bytes = reinterpret_cast<const uint8_t*>(word.data());
  for (int32_t at = 0, size = static_cast<int32_t>(word.size()); at < size;) {
    UChar32 c = 0;
    U8_NEXT(bytes, at, size, c);
    letters.push_back(static_cast<char32_t>(c));
  }
  return letters;
}

std::uint32_t hash_of(const Letters& letters) {
  std::uint32_t hash = 2166136261U;  // FNV-1a over code points
  for (char32_t c : letters) hash = (hash ^ c) * 16777619U;
  return hash;
}

bool has_digit(std::string_view word) {
  return std::any_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Hashes of what remains of the first letters without up to `edits` of them, each once.
std::vector<std::uint32_t> remainders_of(const Letters& word, std::size_t edits) {
  std::vector<Letters> remaining{word.substr(0, kFiledLetters)};
  std::size_t from = 0;
  for (std::size_t edit = 0; edit < edits; ++edit) {
    const std::size_t to = remaining.size();
    for (; from < to; ++from)
      for (std::size_t i = 0; i < remaining[from].size() && remaining[from].size() > 1; ++i) {
        Letters less = remaining[from];
        less.erase(i, 1);
        remaining.push_back(std::move(less));
      }
  }
  std::vector<std::uint32_t> hashes;
  for (const Letters& each : remaining) hashes.push_back(hash_of(each));
  std::sort(hashes.begin(), hashes.end());
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
  return hashes;
}

std::size_t edits_for(std::size_t letters) {
  if (letters > kLongest) return 0;
  return letters >= kTwoEditsFrom ? 2 : letters >= kOneEditFrom ? 1 : 0;
}

// Words that are two edits from one of 8 letters have 6 or more.
std::size_t filed_edits(std::size_t letters) { return letters + 2 >= kTwoEditsFrom ? 2 : 1; }

// Damerau's distance (optimal string alignment) if it is at most `most`, else most + 1.
std::size_t distance(const Letters& a, const Letters& b, std::size_t most) {
  if (a.size() > b.size() + most || b.size() > a.size() + most) return most + 1;
  std::array<std::array<std::size_t, kLongest + 4>, 3> rows{};
  for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto& row = rows[i % 3];
    const auto& above = rows[(i + 2) % 3];
    const auto& above_that = rows[(i + 1) % 3];
    row[0] = i;
    std::size_t least = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], above_that[j - 2] + 1);
      least = std::min(least, row[j]);
    }
    if (least > most) return most + 1;
  }
  return std::min(rows[a.size() % 3][b.size()], most + 1);
}

bool is_meant(std::string_view word, std::size_t letters) {
  return letters >= kShortest && letters <= kLongest && !has_digit(word);
}

}  // namespace

std::uint32_t Lexicon::meant_at_least() const { return counts_.size() + fresh_words_.size() > kManyWords ? 2 : 1; }

std::string_view Lexicon::word(WordNumber number) const {
  if (number >= counts_.size()) return fresh_words_[number - counts_.size()].word;
  return std::string_view(bytes_).substr(begins_[number], begins_[number + 1] - begins_[number]);
}

std::uint32_t Lexicon::count_of(WordNumber number) const {
  return number < counts_.size() ? counts_[number] : fresh_words_[number - counts_.size()].count;
}

Lexicon::WordNumber Lexicon::find_sorted(std::string_view word) const {
  std::size_t low = 0, high = counts_.size();
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (this->word(static_cast<WordNumber>(middle)) < word)
      low = middle + 1;
    else
      high = middle;
  }
  return static_cast<WordNumber>(low);
}

void Lexicon::merge(std::vector<CountedWord> words) {
  std::sort(words.begin(), words.end(), [](const auto& a, const auto& b) { return a.word < b.word; });
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0 && words[i].word == words[i - 1].word) {
      counts_.back() += words[i].count;
      continue;
    }
    bytes_ += words[i].word;
    begins_.push_back(static_cast<std::uint32_t>(bytes_.size()));
    counts_.push_back(words[i].count);
  }
  for (WordNumber number = 0; number < counts_.size(); ++number) {
    if (counts_[number] < meant_at_least()) continue;
    const Letters letters = letters_of(word(number));
    if (!is_meant(word(number), letters.size())) continue;
    for (std::uint32_t hash : remainders_of(letters, filed_edits(letters.size())))
      remainders_.push_back({hash, number});
  }
  remainders_.shrink_to_fit();
  std::sort(remainders_.begin(), remainders_.end());
}

void Lexicon::add_fresh(const std::string& word, std::uint32_t count) {
  const WordNumber sorted = find_sorted(word);
  if (sorted < counts_.size() && this->word(sorted) == word) {
    counts_[sorted] += count;
    return;
  }
  const auto [it, is_new] = fresh_.emplace(word, static_cast<WordNumber>(counts_.size() + fresh_words_.size()));
  if (!is_new) {
    fresh_words_[it->second - counts_.size()].count += count;
    return;
  }
  fresh_words_.push_back({word, count});
  const Letters letters = letters_of(word);
  if (!is_meant(word, letters.size())) return;
  for (std::uint32_t hash : remainders_of(letters, filed_edits(letters.size())))
    fresh_remainders_.emplace(hash, it->second);
}

void Lexicon::add(const std::vector<CountedWord>& words) {
  const std::unique_lock lock(mutex_);
  for (const CountedWord& each : words) add_fresh(each.word, each.count);
}

void Lexicon::cover(const std::filesystem::path& folder, const Manifest& manifest, const OpenIndex& index) {
  {
    const std::shared_lock lock(mutex_);
    if (known_ >= index.last) return;
  }
  const std::unique_lock lock(mutex_);
  if (known_ >= index.last) return;
  const bool first = known_ == 0;
  std::vector<CountedWord> at_once;
  WordCounts counts;
  for (std::size_t i = 0; i < index.segments.size(); ++i) {
    const Xapian::Database& segment = index.segments[i];
    if (segment.get_lastdocid() <= known_) continue;
    const bool read =
        first && read_words(folder / manifest.segments[i], [&](std::string_view word, std::uint32_t count) {
          at_once.push_back({std::string(word), count});
        });
    if (read) continue;
    auto document = segment.postlist_begin("");
    const auto end = segment.postlist_end("");
    if (document != end) document.skip_to(known_ + 1);
    for (; document != end; ++document) count_words(segment.get_document(*document), counts);
  }
  if (first) merge(std::move(at_once));
  for (const auto& [word, count] : counts) add_fresh(word, count);
  known_ = index.last;
}

std::uint32_t Lexicon::count(const std::string& word) const {
  const std::shared_lock lock(mutex_);
  const WordNumber sorted = find_sorted(word);
  if (sorted < counts_.size() && this->word(sorted) == word) return counts_[sorted];
  const auto fresh = fresh_.find(word);
  return fresh == fresh_.end() ? 0 : count_of(fresh->second);
}

std::vector<CountedWord> Lexicon::completions(const std::string& beginning, std::size_t limit) const {
  const std::shared_lock lock(mutex_);
  std::vector<WordNumber> best;  // a heap, the least of them in front
  const auto better = [&](WordNumber a, WordNumber b) {
    return count_of(a) != count_of(b) ? count_of(a) > count_of(b) : word(a) < word(b);
  };
  const auto offer = [&](WordNumber number) {
    if (best.size() == limit && !better(number, best.front())) return;
    best.push_back(number);
    std::push_heap(best.begin(), best.end(), better);
    if (best.size() > limit) {
      std::pop_heap(best.begin(), best.end(), better);
      best.pop_back();
    }
  };
  for (WordNumber number = find_sorted(beginning); number < counts_.size() && word(number).starts_with(beginning);
       ++number)
    offer(number);
  for (auto it = fresh_.lower_bound(beginning); it != fresh_.end() && it->first.starts_with(beginning); ++it)
    offer(it->second);
  std::sort_heap(best.begin(), best.end(), better);
  std::vector<CountedWord> found;
  for (WordNumber number : best) found.push_back({std::string(word(number)), count_of(number)});
  return found;
}

std::optional<CountedWord> Lexicon::correct(const std::string& typed) const {
  if (has_digit(typed)) return std::nullopt;
  const Letters letters = letters_of(typed);
  const std::size_t most = edits_for(letters.size());
  if (most == 0) return std::nullopt;
  const std::shared_lock lock(mutex_);
  std::optional<WordNumber> best;
  std::size_t best_distance = most + 1;
  const auto offer = [&](WordNumber number) {
    if (best == number || count_of(number) < meant_at_least()) return;
    const std::string_view candidate = word(number);
    // Cheaper than the distance: bytes that are too many.
    if (candidate.size() > typed.size() + 4 * most || typed.size() > candidate.size() + 4 * most) return;
    const std::size_t edits = distance(letters, letters_of(candidate), std::min(most, best_distance));
    if (edits > most || edits == 0) return;
    if (edits < best_distance || (edits == best_distance && count_of(number) > count_of(*best))) {
      best = number;
      best_distance = edits;
    }
  };
  for (std::uint32_t hash : remainders_of(letters, most)) {
    for (auto [it, end] = std::equal_range(remainders_.begin(), remainders_.end(), Remainder{hash, 0}); it != end; ++it)
      offer(it->word);
    for (auto [it, end] = fresh_remainders_.equal_range(hash); it != end; ++it) offer(it->second);
  }
  if (!best) return std::nullopt;
  return CountedWord{std::string(word(*best)), count_of(*best)};
}

std::size_t Lexicon::size() const {
  const std::shared_lock lock(mutex_);
  return counts_.size() + fresh_words_.size();
}

}  // namespace tidings
