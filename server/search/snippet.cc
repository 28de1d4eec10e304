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

struct Match {
  std::size_t begin, end;
  std::string word;
};

std::vector<Match> find_matches(const std::vector<Token>& tokens, std::string_view language, const Marks& marks) {
  std::vector<Match> matches;
  for (const Token& token : tokens) {
    const std::string stemmed = stem(token.word, language);
    const bool begins = std::any_of(marks.prefixes.begin(), marks.prefixes.end(),
                                    [&](const std::string& p) { return token.word.starts_with(p); });
    if (!begins && !marks.stems.contains(stemmed)) continue;
    if (!matches.empty() && token.begin < matches.back().end) continue;  // a part of a whole that is marked already
    matches.push_back({token.begin, token.end, stemmed});
  }
  return matches;
}

// The first match of the best window.
std::size_t best_start(const std::vector<Match>& matches, std::size_t bytes) {
  std::map<std::string_view, int> inside;
  std::size_t best = 0, best_count = 0, best_distinct = 0;
  for (std::size_t first = 0, last = 0; first < matches.size(); ++first) {
    for (; last < matches.size() && matches[last].end - matches[first].begin <= bytes; ++last)
      ++inside[matches[last].word];
    const std::size_t count = last - first;
    if (inside.size() > best_distinct || (inside.size() == best_distinct && count > best_count)) {
      best = first;
      best_distinct = inside.size();
      best_count = count;
    }
    if (last > first && --inside[matches[first].word] == 0) inside.erase(matches[first].word);
    last = std::max(last, first + 1);
  }
  return best;
}

}  // namespace

Snippet make_snippet(std::string_view text, std::string_view language, const Marks& marks, std::size_t bytes) {
  text = cut(text, kLookedAt);
  const std::vector<Token> tokens = tokenise(text);
  const std::vector<Match> matches = find_matches(tokens, language, marks);
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
  std::set<std::string_view> distinct;
  std::size_t at = begin;
  if (begin > 0) snippet.html += "… ";
  for (const Match& match : matches) {
    if (match.begin < at || match.end > end) continue;
    snippet.html += escape_html(text.substr(at, match.begin - at));
    snippet.html += "<mark>" + escape_html(text.substr(match.begin, match.end - match.begin)) + "</mark>";
    at = match.end;
    distinct.insert(match.word);
  }
  snippet.html += escape_html(trim(text.substr(at, end - at)).empty() ? "" : text.substr(at, end - at));
  if (end < text.size()) snippet.html += " …";
  snippet.distinct = static_cast<int>(distinct.size());
  return snippet;
}

}  // namespace tidings
