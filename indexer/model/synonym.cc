// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/model/synonym.h"

#include <fmt/format.h>

#include "indexer/base/refusal.h"
#include "indexer/base/text.h"

namespace tidings {

Synonym to_synonym(const json& in) {
  Synonym synonym;
  synonym.from = in.value("from", std::vector<std::string>());
  synonym.words = in.at("words").get<std::vector<std::string>>();
  const std::size_t least = synonym.from.empty() ? 2 : 1;
  if (synonym.words.size() < least) throw invalid("/words", fmt::format("has fewer than {} expressions", least));
  for (auto* list : {&synonym.from, &synonym.words})
    for (std::string& words : *list) {
      words = to_nfc(trim(words));
      if (words.empty()) throw invalid(list == &synonym.from ? "/from" : "/words", "has an empty expression");
    }
  return synonym;
}

json to_json(const Synonym& synonym) {
  return {{"id", synonym.id}, {"version", synonym.version}, {"from", synonym.from}, {"words", synonym.words}};
}

std::vector<Synonym> parse_vocabulary(std::string_view text) {
  std::vector<Synonym> rows;
  int number = 0;
  while (!text.empty()) {
    ++number;
    const std::size_t end = text.find('\n');
    std::string_view line = trim(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty() || line.starts_with('#')) continue;
    Synonym synonym;
    const std::size_t arrow = line.find("->");
    if (arrow != std::string_view::npos) {
      synonym.from = split(line.substr(0, arrow), ',');
      line.remove_prefix(arrow + 2);
    }
    synonym.words = split(line, ',');
    if (synonym.words.size() < (arrow == std::string_view::npos ? 2U : 1U) ||
        (arrow != std::string_view::npos && synonym.from.empty()))
      throw Refusal(Code::invalid, fmt::format("line {} of the vocabulary names too few expressions", number));
    rows.push_back(std::move(synonym));
  }
  return rows;
}

}  // namespace tidings
