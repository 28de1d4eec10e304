// SPDX-License-Identifier: GPL-3.0-or-later
// What people type and write, through everything that reads it: charsets, dates, the query language, corrections,
// snippets, vocabulary, standing queries, and what a note says of people and of what is coming.
#include "indexer/base/text.h"
#include "indexer/base/clock.h"
#include "indexer/base/json.h"
#include "indexer/index/analyser.h"
#include "indexer/index/language.h"
#include "indexer/reading/reader.h"
#include "server/accounts/leaving.h"
#include "server/accounts/outlook.h"
#include "server/accounts/questions.h"
#include "server/routing/features.h"
#include "server/search/corrections.h"
#include "server/search/snippet.h"
#include "server/search/standing.h"
#include "tests/fuzz/target.h"

namespace tidings {
namespace {

void read_as_account_note(const std::string& text) {
  static_cast<void>(leaving_of(text, {"Eva Berg", "И. П. Петров", text.substr(0, 20), ""}, text.size() % 2 == 0));
  AccountQuestion question;
  question.en = question.ru = text;
  question.about_contact = true;
  question.cues = {"buys", "решает", text.substr(0, 10)};
  Contact contact;
  contact.name = text;
  static_cast<void>(gaps_of({question}, {contact}, {},
                            {{1, Kind::people, Day(), text, {0}}, {2, Kind::change, Day(), text, {}}}, 1, Day()));
  static_cast<void>(asked_as(question, text, "ru"));
  Terms terms;
  for (TermId term : terms.of(text)) static_cast<void>(terms.spelling(term));
  static_cast<void>(terms.find(text));
}

// A mark in what is shown is ours, and nothing that was written is markup.
void require_safe(const std::string& html) {
  std::string rest = html;
  for (const char* own : {"<mark>", "</mark>"})
    for (auto at = rest.find(own); at != std::string::npos; at = rest.find(own))
      rest.erase(at, std::string_view(own).size());
  if (rest.find_first_of("<>\"'") != std::string::npos) throw std::logic_error("a snippet holds markup: " + html);
}

void read_as_query(const std::string& text) {
  ParsedQuery parsed = parse_query(text);
  static_cast<void>(to_string(parsed.root));
  Lexicon lexicon;
  lexicon.add({{"насос", 9}, {"pump", 9}, {"bearing", 9}, {text.substr(0, 20), 2}});
  static_cast<void>(correct_query(
      parsed.root, lexicon, [](const std::string&) { return 0; }, text.size() % 2 == 0));
  static_cast<void>(lexicon.completions(text.substr(0, 3), 5));
  std::vector<Synonym> synonyms{{0, 1, {}, {text, "pump", "насос агрегат"}}};
  refused_at_most([&] {
    for (Synonym& synonym : parse_vocabulary(text)) synonyms.push_back(std::move(synonym));
  });
  const Planned planned = plan_query(parsed.root, stemmed_languages(), Vocabulary(synonyms));
  static_cast<void>(to_string(planned.plan));
  require_safe(make_snippet(text, "ru", Marker(planned.marks), 80).html);
  WholeInsight whole;
  whole.insight.id = 1;
  whole.insight.body = text;
  static_cast<void>(match_queries({whole}, {text}, Vocabulary()));
}

}  // namespace
}  // namespace tidings

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace tidings;
  const std::string input(input_of(bytes, size));
  static_cast<void>(parse_time(input));
  static_cast<void>(parse_day(input));
  static_cast<void>(parse_period(input));
  refused_at_most([&] { parse_json(input); });
  std::string text;
  try {
    text = to_utf8(input);
  } catch (const Refusal&) {
    return 0;
  }
  static_cast<void>(fold(text));
  static_cast<void>(detect_language(text));
  static_cast<void>(tokenise(to_nfc(text)));
  static_cast<void>(read_note({text, text, text, text}));
  read_as_query(text);
  read_as_account_note(text);
  return 0;
}
