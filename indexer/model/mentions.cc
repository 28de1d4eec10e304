// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/model/mentions.h"

#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "indexer/base/text.h"

namespace tidings {
namespace {

constexpr std::size_t kShortest = 3;  // letters of a part that says something by itself, and of a word's root
constexpr int kEnding = 3;            // letters that a Russian ending has at most

std::size_t letters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; }));
}

bool is_cyrillic(std::string_view word) {
  return !word.empty() && (static_cast<unsigned char>(word[0]) == 0xd0 || static_cast<unsigned char>(word[0]) == 0xd1);
}

// Without the letter that changes with the case: Ирин(а), Серге(й), Игор(ь).
std::string_view root(std::string_view part) {
  constexpr std::array<std::string_view, 11> kEnds{"а", "я", "о", "е", "и", "ы", "у", "ю", "ь", "й", "э"};
  if (is_cyrillic(part) && letters(part) > kShortest)
    for (const std::string_view end : kEnds)
      if (part.ends_with(end)) return part.substr(0, part.size() - end.size());
  return part;
}

std::string ascii_lower(std::string_view text) {
  std::string lower(text);
  for (char& byte : lower)
    if (byte >= 'A' && byte <= 'Z') byte = static_cast<char>(byte - 'A' + 'a');
  return lower;
}

}  // namespace

std::vector<Mentions::Word> Mentions::words_of(std::string_view text) {
  std::vector<Word> words;
  const auto size = static_cast<int32_t>(text.size());
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  bool inside = false;
  for (int32_t at = 0; at < size;) {
    const int32_t begin = at;
    UChar32 letter = 0;
    U8_NEXT(bytes, at, size, letter);
    const bool part_of_word = u_isalnum(letter) || (inside && u_charType(letter) == U_NON_SPACING_MARK);
    if (part_of_word && !inside) words.push_back({static_cast<std::size_t>(begin), 0, "", u_isupper(letter) != 0});
    if (part_of_word) words.back().end = static_cast<std::size_t>(at);
    inside = part_of_word;
  }
  for (Word& word : words) word.folded = fold(text.substr(word.begin, word.end - word.begin));
  return words;
}

Mentions::Mentions(const std::vector<std::string>& names, const std::vector<std::string>& marks,
                   const std::vector<std::string>& shared) {
  std::vector<std::string> others;
  for (const std::string& name : shared)
    for (Word& word : words_of(name)) others.push_back(std::move(word.folded));
  for (const std::string& name : names) {
    std::string_view longest;
    const auto words = words_of(name);
    for (const Word& word : words) {
      if (std::find(parts_.begin(), parts_.end(), word.folded) == parts_.end()) parts_.push_back(word.folded);
      if (letters(word.folded) >= kShortest && !is_part(word.folded, others)) single_.push_back(word.folded);
      const std::string_view written = std::string_view(name).substr(word.begin, word.end - word.begin);
      if (letters(written) > letters(longest)) longest = written;
    }
    if (words.size() < 2) continue;
    // The first letter's case may differ, and the last letters with the ending; other cases are asked for whole.
    std::string_view middle = root(longest);
    int32_t second = 0;
    U8_FWD_1(middle.data(), second, static_cast<int32_t>(middle.size()));
    if (letters(middle) > kShortest) middle.remove_prefix(static_cast<std::size_t>(second));
    hints_.emplace_back(middle);
    hints_.push_back(fold(middle));
    std::string upper;
    icu::UnicodeString::fromUTF8(icu::StringPiece(middle.data(), static_cast<int32_t>(middle.size())))
        .toUpper()
        .toUTF8String(upper);
    hints_.push_back(upper);
  }
  for (const std::string& mark : marks)
    if (letters(mark) >= kShortest) {
      marks_.push_back(ascii_lower(mark));
      hints_.push_back(mark);
    }
  std::sort(marks_.begin(), marks_.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
  std::sort(hints_.begin(), hints_.end());
  hints_.erase(std::unique(hints_.begin(), hints_.end()), hints_.end());
}

bool Mentions::is_part(const std::string& folded, const std::vector<std::string>& parts) const {
  return std::any_of(parts.begin(), parts.end(), [&](const std::string& part) {
    if (folded == part) return true;
    const std::string_view stem = root(part);
    return is_cyrillic(part) && letters(stem) >= kShortest && folded.starts_with(stem) &&
           letters(folded) <= letters(stem) + kEnding;
  });
}

bool Mentions::in_query(std::string_view query) const {
  const auto words = words_of(query);
  return without(query, "", true).has_value() ||
         std::any_of(words.begin(), words.end(), [&](const Word& word) { return is_part(word.folded, single_); });
}

std::optional<std::string> Mentions::without(std::string_view text, const std::string& instead, bool close) const {
  std::vector<std::pair<std::size_t, std::size_t>> spans;
  const std::string lower = ascii_lower(text);
  for (const std::string& mark : marks_)
    for (std::size_t at = lower.find(mark); at != std::string::npos; at = lower.find(mark, at + mark.size()))
      spans.emplace_back(at, at + mark.size());
  const auto words = words_of(text);
  for (std::size_t first = 0; first < words.size();) {
    std::size_t last = first;
    while (last < words.size() && is_part(words[last].folded, parts_) &&
           (last == first || text.substr(words[last - 1].end, words[last].begin - words[last - 1].end)
                                     .find_first_not_of(" .,\t\r\n\xc2\xa0") == std::string_view::npos))
      ++last;
    const bool alone = last == first + 1 && close && words[first].capital && is_part(words[first].folded, single_);
    if (last > first + 1 || alone) spans.emplace_back(words[first].begin, words[last - 1].end);
    first = std::max(last, first + 1);
  }
  if (spans.empty()) return std::nullopt;
  std::sort(spans.begin(), spans.end());
  std::string out;
  std::size_t done = 0;
  for (const auto& [begin, end] : spans) {
    if (end <= done) continue;
    if (begin >= done) {
      out += text.substr(done, begin - done);
      out += instead;
    }
    done = end;
  }
  out += text.substr(done);
  return out;
}

}  // namespace tidings
