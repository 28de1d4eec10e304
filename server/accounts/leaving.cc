// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/accounts/leaving.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "indexer/base/text.h"
#include "server/accounts/questions.h"

namespace tidings {
namespace {

// Folded beginnings of words that say that somebody went.
constexpr std::array kWent = {"left ",        "has left", "leaves ", "is leaving", "leaving ", "moved to ", "moves to ",
                              "is moving to", "joined ",  "joins ",  "quit",       "resigned", "gone to ",  "went to ",
                              "ушел",         "ушла",     "уходит",  "перешел",    "перешла",  "переходит", "уволился",
                              "уволилась",    "покинул",  "ушёл",    "перешёл"};
// What comes before the name of the company.
constexpr std::array kTo = {" to ", " for ", " joined ", " joins ", " в ", " на ", " к "};

bool is_upper_start(std::string_view word) {
  const std::string text(word);
  return !word.empty() && (std::isdigit(static_cast<unsigned char>(word[0])) != 0 || fold(text) != text);
}

// The run of capitalised words after `at`, at most four.
std::string capitalised(std::string_view sentence, std::size_t at) {
  std::string name;
  int words = 0;
  std::size_t begin = at;
  while (words < 4 && begin < sentence.size()) {
    std::size_t end = sentence.find(' ', begin);
    if (end == std::string_view::npos) end = sentence.size();
    std::string_view word = sentence.substr(begin, end - begin);
    const bool last = !word.empty() && std::string_view(".,;:!?").find(word.back()) != std::string_view::npos;
    while (!word.empty() && std::string_view(".,;:!?)»\"").find(word.back()) != std::string_view::npos)
      word.remove_suffix(1);
    if (!is_upper_start(word)) break;
    name += (name.empty() ? "" : " ") + std::string(word);
    ++words;
    if (last) break;
    begin = end + 1;
  }
  return name;
}

}  // namespace

std::optional<Leaving> leaving_of(const std::string& text, const std::vector<std::string>& names, bool first_is_meant) {
  for (const std::string& sentence : sentences_of(text)) {
    const std::string folded = " " + fold(sentence) + " ";
    std::size_t went = std::string::npos;
    for (const char* word : kWent) went = std::min(went, folded.find(std::string(" ") + word));
    if (went == std::string::npos) continue;
    std::optional<std::size_t> who;
    std::size_t named_at = 0;
    bool somebody = false;
    for (std::size_t i = 0; i < names.size(); ++i)
      for (const std::string& part : split(fold(names[i]), ' ')) {
        if (part.size() < 3) continue;
        somebody |= folded.find(" " + part) != std::string::npos;
        const std::size_t at = folded.rfind(" " + part, went);
        if (at != std::string::npos && (!who || at > named_at)) who = i, named_at = at;
      }
    if (!who && !somebody && first_is_meant) who = 0;
    if (!who) continue;
    Leaving leaving{*who, sentence, ""};
    for (const char* to : kTo)
      for (std::size_t at = sentence.find(to); at != std::string::npos && leaving.to.empty();
           at = sentence.find(to, at + 1))
        leaving.to = capitalised(sentence, at + std::string_view(to).size());
    return leaving;
  }
  return std::nullopt;
}

}  // namespace tidings
