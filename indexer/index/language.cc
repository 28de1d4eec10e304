// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/index/language.h"

#include <cld2/public/compact_lang_det.h>
#include <xapian.h>

#include <algorithm>
#include <map>

#include "indexer/base/text.h"

namespace tidings {
namespace {

constexpr std::size_t kLookedAt = 4000;

bool starts_cyrillic(std::string_view word) {
  return word.size() >= 2 &&
         (static_cast<unsigned char>(word[0]) == 0xD0 || static_cast<unsigned char>(word[0]) == 0xD1);
}

// Cyrillic letters take two bytes, the first of them 0xD0 or 0xD1 for those of Russian.
bool is_mostly_cyrillic(std::string_view text) {
  std::size_t cyrillic = 0, latin = 0;
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    cyrillic += byte == 0xD0 || byte == 0xD1;
    latin += (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
  }
  return cyrillic > latin;
}

// Xapian::Stem keeps a buffer of its own and so belongs to one thread.
const Xapian::Stem& stemmer(std::string_view language) {
  thread_local const std::map<std::string, Xapian::Stem, std::less<>> stemmers = [] {
    std::map<std::string, Xapian::Stem, std::less<>> made;
    for (const std::string& code : stemmed_languages()) made.emplace(code, Xapian::Stem(code));
    return made;
  }();
  return stemmers.find(language)->second;
}

}  // namespace

const std::vector<std::string>& stemmed_languages() {
  static const std::vector<std::string> codes = {"ru", "en", "de", "fr", "es"};
  return codes;
}

std::string detect_language(std::string_view text) {
  const std::string_view sample = cut(text, kLookedAt);
  bool reliable = false;
  const CLD2::Language language = CLD2::DetectLanguage(sample.data(), static_cast<int>(sample.size()), true, &reliable);
  if (reliable && language != CLD2::UNKNOWN_LANGUAGE) {
    const std::string code = CLD2::LanguageCode(language);
    const auto& known = stemmed_languages();
    return std::find(known.begin(), known.end(), code) != known.end() ? code : "xx";
  }
  return is_mostly_cyrillic(sample) ? "ru" : "en";
}

std::string stem(const std::string& word, std::string_view language) {
  if (std::any_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; })) return word;
  if (starts_cyrillic(word)) return stemmer("ru")(word);
  if (language == "xx") return word;
  return stemmer(language == "ru" ? "en" : language)(word);
}

}  // namespace tidings
