// SPDX-License-Identifier: GPL-3.0-or-later
// One pass over the code points finds the parts; parts that touch by a single joint are gathered into compounds.
#include "indexer/index/analyser.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include <algorithm>

#include "indexer/base/text.h"

namespace tidings {
namespace {

struct Part {
  std::size_t begin, end;
  bool digit;
};

// Letters of scripts written without spaces would make one endless word; each such letter is a word of its own.
bool stands_alone(UChar32 c) {
  const int script = u_getIntPropertyValue(c, UCHAR_SCRIPT);
  return script == USCRIPT_HAN || script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA || script == USCRIPT_THAI;
}

bool is_word(UChar32 c) {
  if (c < 0) return false;
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return u_isalnum(c) || (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0;
}

bool is_joint(char c) { return std::string_view("-./_@:+&'").find(c) != std::string_view::npos; }

std::vector<Part> parts_of(std::string_view text) {
  std::vector<Part> parts;
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  const auto size = static_cast<int32_t>(text.size());
  bool open = false;
  for (int32_t at = 0; at < size;) {
    const int32_t start = at;
    UChar32 c = 0;
    U8_NEXT(bytes, at, size, c);
    if (!is_word(c)) {
      open = false;
      continue;
    }
    const bool alone = c > 0x0E00 && stands_alone(c);
    if (!open || alone) parts.push_back({static_cast<std::size_t>(start), 0, false});
    parts.back().end = static_cast<std::size_t>(at);
    parts.back().digit |= c < 0x80 ? (c >= '0' && c <= '9') : u_isdigit(c);
    open = !alone;
  }
  return parts;
}

std::string folded_word(std::string_view text) { return std::string(cut(fold(text), kMaxWord)); }

std::string whole_word(std::string_view text) {
  const bool address = text.find('@') != std::string_view::npos;
  std::string joined;
  for (char c : text)
    if (!is_joint(c) || c == '@' || (address && c == '.')) joined += c;
  return folded_word(joined);
}

// Marks that stand before the number of a part and say nothing themselves.
constexpr std::string_view kNumberMarks[] = {"pn", "part", "art", "no", "nr", "арт", "дет"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// What remains of a word without such a mark; empty if it has none.
std::string without_mark(const std::string& word) {
  for (std::string_view mark : kNumberMarks)
    if (word.size() > mark.size() + 1 && word.starts_with(mark) && is_digit(word[mark.size()]))
      return word.substr(mark.size());
  return "";
}

}  // namespace

std::vector<Token> tokenise(std::string_view text) {
  const std::vector<Part> parts = parts_of(text);
  std::vector<Token> tokens;
  tokens.reserve(parts.size() + parts.size() / 8);
  unsigned position = 0;
  for (std::size_t first = 0; first < parts.size();) {
    std::size_t last = first;
    while (last + 1 < parts.size() && parts[last + 1].begin == parts[last].end + 1 && is_joint(text[parts[last].end]))
      ++last;
    const std::size_t begin = parts[first].begin, end = parts[last].end;
    const std::string_view all = text.substr(begin, end - begin);
    const bool number =
        std::any_of(parts.begin() + static_cast<std::ptrdiff_t>(first),
                    parts.begin() + static_cast<std::ptrdiff_t>(last) + 1, [](const Part& part) { return part.digit; });
    if (last > first && (number || all.find('@') != std::string_view::npos)) {
      const std::string word = whole_word(all);
      const auto covered = static_cast<unsigned>(last - first + 1);
      if (const std::string number_only = without_mark(word);
          !number_only.empty() &&
          number_only != folded_word(text.substr(parts[last].begin, parts[last].end - parts[last].begin)))
        tokens.push_back({number_only, begin, end, position + 1, covered, true});
      if (!word.empty()) tokens.push_back({word, begin, end, position + 1, covered, true});
    }
    for (; first <= last; ++first) {
      const Part& part = parts[first];
      if (part.digit)
        if (const std::string number_only = without_mark(folded_word(text.substr(part.begin, part.end - part.begin)));
            !number_only.empty())
          tokens.push_back({number_only, part.begin, part.end, position + 1, 1, true});
      tokens.push_back(
          {folded_word(text.substr(part.begin, part.end - part.begin)), part.begin, part.end, ++position, 1, false});
    }
  }
  return tokens;
}

}  // namespace tidings
