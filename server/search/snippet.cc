// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/search/snippet.h"

#include <algorithm>
#include <map>

#include "indexer/base/text.h"
#include "indexer/index/analyser.h"
#include "indexer/index/language.h"

namespace tidings {
namespace {

constexpr std::size_t kLookedAt = 64 << 10;

// No stemmer changes a word's first two bytes: one Cyrillic letter, or two Latin ones.
constexpr std::size_t kStart = 2;

struct Match {
  std::size_t begin, end;
  int mark;
};

std::vector<Match> find_matches(const std::vector<Token>& tokens, std::string_view language, const Marker& marker) {
  std::vector<Match> matches;
  for (const Token& token : tokens) {
    const int mark = marker.find(token.word, language);
    if (mark < 0) continue;
    if (!matches.empty() && token.begin < matches.back().end) continue;  // a part of a whole that is marked already
    matches.push_back({token.begin, token.end, mark});
  }
  return matches;
}

// The first match of the best window.
std::size_t best_start(const std::vector<Match>& matches, std::size_t bytes) {
  std::map<int, int> inside;
  std::size_t best = 0, best_count = 0, best_distinct = 0;
  for (std::size_t first = 0, last = 0; first < matches.size(); ++first) {
    for (; last < matches.size() && matches[last].end - matches[first].begin <= bytes; ++last)
      ++inside[matches[last].mark];
    const std::size_t count = last - first;
    if (inside.size() > best_distinct || (inside.size() == best_distinct && count > best_count)) {
      best = first;
      best_distinct = inside.size();
      best_count = count;
    }
    if (last > first && --inside[matches[first].mark] == 0) inside.erase(matches[first].mark);
    last = std::max(last, first + 1);
  }
  return best;
}

}  // namespace

Marker::Marker(const Marks& marks) : marks_(marks) {
  for (std::size_t i = 0; i < marks.size(); ++i) {
    const int number = static_cast<int>(i);
    if (marks[i].beginning)
      beginnings_.push_back(number);
    else if (by_stem_.emplace(marks[i].stem, number).second)
      starts_.insert(marks[i].stem.substr(0, kStart));
  }
}

int Marker::find(const std::string& word, std::string_view language) const {
  for (int number : beginnings_)
    if (word.starts_with(mark(number).stem)) return number;
  if (!starts_.contains(word.substr(0, kStart))) return -1;
  const auto found = by_stem_.find(stem(word, language));
  return found == by_stem_.end() ? -1 : found->second;
}

Snippet make_snippet(std::string_view text, std::string_view language, const Marker& marker, std::size_t bytes) {
  text = cut(text, kLookedAt);
  const std::vector<Token> tokens = tokenise(text);
  const std::vector<Match> matches = find_matches(tokens, language, marker);
  std::size_t begin = 0;
  if (!matches.empty()) {
    const std::size_t first = matches[best_start(matches, bytes)].begin;
    // Some words before the first match, beginning at a word.
    if (first > bytes / 4) {
      const std::size_t wanted = first - bytes / 4;
      const auto token =
          std::find_if(tokens.begin(), tokens.end(), [&](const Token& each) { return each.begin >= wanted; });
      begin = std::min(token->begin, first);
    }
  }
  std::size_t end = begin + cut(text.substr(begin), bytes).size();
  if (end < text.size())  // end at a word's end, unless one word fills the window
    for (const Token& token : tokens)
      if (token.begin < end && token.end > end && token.begin > begin) {
        end = token.begin;
        break;
      }
  Snippet snippet;
  std::set<int> distinct;
  std::size_t at = begin;
  if (begin > 0) snippet.html += "… ";
  for (const Match& match : matches) {
    snippet.marked.emplace(match.mark, text.substr(match.begin, match.end - match.begin));
    if (match.begin < at || match.end > end) continue;
    snippet.html += escape_html(text.substr(at, match.begin - at));
    snippet.html += "<mark>" + escape_html(text.substr(match.begin, match.end - match.begin)) + "</mark>";
    at = match.end;
    distinct.insert(match.mark);
  }
  snippet.html += escape_html(trim(text.substr(at, end - at)).empty() ? "" : text.substr(at, end - at));
  if (end < text.size()) snippet.html += " …";
  snippet.distinct = static_cast<int>(distinct.size());
  return snippet;
}

}  // namespace tidings
