// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/search/completion.h"

#include "indexer/base/text.h"
#include "indexer/index/analyser.h"
#include "indexer/index/fields.h"

namespace tidings {

std::vector<Suggestion> complete(const Base& base, const std::string& typed, std::size_t limit) {
  constexpr std::size_t kLookedAt = 5;  // times as many as are wanted, where some may be out of reach
  constexpr std::int64_t kMostCounted = 1000;
  const std::string folded = fold(to_nfc(typed));
  const std::vector<Token> tokens = tokenise(folded);
  std::vector<Suggestion> suggestions;
  if (tokens.empty() || tokens.back().end != folded.size()) return suggestions;
  const Tables& tables = base.sight.tables;
  const std::size_t looked_at = base.sight.reach ? kLookedAt * limit : limit;
  const auto add_names = [&](const NameBook& names, const char* kind, const std::string& beginning) {
    std::size_t added = 0;
    for (const std::string& name : names.beginning(beginning, looked_at / 3 + 1)) {
      if (added > limit / 3) break;
      std::vector<std::string> terms;
      for (const Token& token : tokenise(name)) terms.push_back(std::string(find_field(kind)->prefix) + token.word);
      if (base.sight.reach && reached_notes(base, plan_of(Plan::Type::all, terms), 1) == 0) continue;
      suggestions.push_back({name, kind, 0});
      ++added;
    }
  };
  // Names may be of several words: all that was typed, else its last word.
  for (const std::string& beginning : {std::string(trim(folded)), tokens.back().word}) {
    add_names(tables.names(Fact::client), "client", beginning);
    add_names(tables.contact_names(), "contact", beginning);
    if (!suggestions.empty() || beginning == tokens.back().word) break;
  }
  if (suggestions.size() > limit / 2) suggestions.resize(limit / 2);
  const std::string before = typed.substr(0, tokens.back().begin);
  const auto languages = tables.names(Fact::language).all();
  std::vector<Suggestion> words;
  for (const CountedWord& each : base.lexicon.completions(tokens.back().word, looked_at - suggestions.size())) {
    if (words.size() + suggestions.size() == limit) break;
    const std::int64_t count =
        base.sight.reach ? reached_notes(base, plan_of(Plan::Type::any, stems_in(each.word, languages)), kMostCounted)
                         : each.count;
    if (count > 0) words.push_back({before + each.word, "word", count});
  }
  words.insert(words.end(), suggestions.begin(), suggestions.end());
  return words;
}

}  // namespace tidings
