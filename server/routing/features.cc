// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/routing/features.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>

#include "indexer/base/text.h"

namespace tidings {
namespace {

constexpr std::size_t kMaxBytesRead = 20'000;
constexpr std::size_t kShortest = 2, kLongest = 5;  // n-grams

// FNV-1a, 64 bits (Fowler, Noll, Vo).
class Hash {
 public:
  Hash& add(std::string_view bytes) {
    for (char c : bytes) {
      value_ ^= static_cast<unsigned char>(c);
      value_ *= 0x100000001b3ULL;
    }
    return *this;
  }
  FeatureName in_words() const { return value_ & ~kLettersBlock; }
  FeatureName in_letters() const { return value_ | kLettersBlock; }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325ULL;
};

// Runs of letters and digits; a question mark and an apostrophe say something too.
std::vector<std::string> words_of(std::string_view text) {
  const std::string folded = fold(cut(text, kMaxBytesRead));
  std::vector<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) words.push_back(std::move(word));
    word.clear();
  };
  for (std::int32_t at = 0, length = static_cast<std::int32_t>(folded.size()); at < length;) {
    const std::int32_t begin = at;
    UChar32 letter = 0;
    U8_NEXT(reinterpret_cast<const std::uint8_t*>(folded.data()), at, length, letter);
    const std::string_view bytes = std::string_view(folded).substr(begin, static_cast<std::size_t>(at - begin));
    if (letter >= 0 && u_isalnum(letter)) {
      word += bytes;
      continue;
    }
    end_word();
    if (letter == '?' || letter == '\'') words.emplace_back(bytes);
  }
  end_word();
  return words;
}

class Reader {
 public:
  void read(std::string_view text) {
    std::vector<std::string> words = words_of(text);
    words.resize(std::min(words.size(), kMaxWordsRead - note_.words.size()));
    const auto from = static_cast<std::uint32_t>(note_.words.size());
    const auto count = static_cast<std::uint32_t>(words.size());
    for (std::uint32_t i = 0; i < count; ++i) {
      add(Hash().add("w").add(words[i]).in_words(), from + i, from + i);
      read_letters(words[i], from + i);
    }
    // The border of the text is a word of pairs, too.
    const auto word = [&](std::uint32_t i) { return i == 0 || i > count ? std::string_view() : words[i - 1]; };
    const auto place = [&](std::uint32_t i) { return from + std::clamp(i, 1U, count) - 1; };
    for (std::uint32_t i = 0; count > 0 && i <= count; ++i) {
      add(Hash().add("p").add(word(i)).add(" ").add(word(i + 1)).in_words(), place(i), place(i + 1));
      if (i < count) add(Hash().add("s").add(word(i)).add(" ").add(word(i + 2)).in_words(), place(i), place(i + 2));
    }
    note_.words.insert(note_.words.end(), words.begin(), words.end());
  }

  // What is known of the note, as a word of its own.
  void add_fact(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    const auto at = static_cast<std::uint32_t>(note_.words.size());
    note_.words.emplace_back(value);
    add(Hash().add("f").add(name).add(":").add(fold(value)).in_words(), at, at);
  }

  ReadNote take() { return std::move(note_); }

 private:
  void read_letters(const std::string& word, std::uint32_t place) {
    const std::string bordered = "<" + word + ">";
    std::vector<std::int32_t> begins;
    const auto length = static_cast<std::int32_t>(bordered.size());
    for (std::int32_t at = 0; at < length && begins.size() < kMaxLettersOfAWord;) {
      begins.push_back(at);
      U8_FWD_1(bordered.data(), at, length);
      if (at >= length || begins.size() == kMaxLettersOfAWord) begins.push_back(at);
    }
    const std::size_t letters = begins.empty() ? 0 : begins.size() - 1;
    for (std::size_t n = kShortest; n <= kLongest; ++n)
      for (std::size_t i = 0; i + n <= letters; ++i)
        add(Hash()
                .add(std::string_view(bordered).substr(static_cast<std::size_t>(begins[i]),
                                                       static_cast<std::size_t>(begins[i + n] - begins[i])))
                .in_letters(),
            place, place);
  }

  void add(FeatureName feature, std::uint32_t first, std::uint32_t last) {
    note_.occurrences.push_back({feature, first, last});
  }

  ReadNote note_;
};

}  // namespace

ReadNote read_note(const NoteText& text) {
  Reader reader;
  reader.read(text.title);
  reader.read(text.body);
  reader.add_fact("industry", text.industry);
  reader.add_fact("kind", text.kind);
  return reader.take();
}

}  // namespace tidings
