// SPDX-License-Identifier: GPL-3.0-or-later
// fuzz-parsers [--seconds N] [--seed N]: mutated inputs for every parser, meant for a build with sanitizers. Anything
// but a Refusal is a find; the input that was in hand is left in the folder for temporary files.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>

#include "indexer/base/clock.h"
#include "indexer/base/text.h"
#include "indexer/index/analyser.h"
#include "indexer/index/language.h"
#include "indexer/model/insight.h"
#include "indexer/model/schema.h"
#include "indexer/reading/reader.h"
#include "server/accounts/leaving.h"
#include "server/accounts/outlook.h"
#include "server/accounts/questions.h"
#include "server/routing/features.h"
#include "server/search/corrections.h"
#include "server/search/snippet.h"
#include "server/search/standing.h"

namespace {

using namespace tidings;
using Random = std::mt19937_64;

// What looks like each language, to begin from.
const std::vector<std::string> kSeeds = {
    R"({"client":"Acme","body":"pump PN-1240/B","kind":"change","foreseen":{"from":"2027-01-01","likelihood":0.5},"contacts":["A"]})",
    "client;body;contacts\nАкме;\"насос; течёт\"\"\";A|B\n",
    "---\nclient: Acme\nforeseen: {from: 2027-01-01}\ntags: [a, &x b, *x]\n---\n# Title\nbody\n",
    "kind:problem \"dry run\" (pump* OR насос) AND -seal date:2026-01..2026-03 foreseen:2027-Q2.. +x «a b»",
    "2026-11-23T10:15:00.123+03:00",
    "2027-Q4",
    "\xFF\xFE{\0\"\0",
    "\xCD\xE0\xF1\xEE\xF1 \xF2\xE5\xF7\xB8\xF2",
    "<b>Насос & 6205-2RS</b> ivanov@acme.ru 水泵 e\xCC\x81",
    "Eva Berg left for Delta Pharma. Петров ушёл в «Волгу», решает теперь Лаптев! Who buys?"};
const std::vector<std::string> kPieces = {"\"",
                                          "\\",
                                          "\n",
                                          "\r\n",
                                          "---\n",
                                          ":",
                                          ",",
                                          ";",
                                          "{",
                                          "}",
                                          "[",
                                          "]",
                                          "(",
                                          ")",
                                          "\0",
                                          "\xFF",
                                          "\xD0",
                                          "é",
                                          "ё",
                                          "AND ",
                                          "OR ",
                                          "NOT ",
                                          "date:",
                                          "kind:",
                                          "..",
                                          "*",
                                          "-",
                                          "&a ",
                                          "*a ",
                                          "1e999",
                                          "null",
                                          "\xF0\x9F\x98\x80",
                                          "\xE2\x80\xAE",
                                          "\xCC\x81"};

std::string mutated(Random& random) {
  std::string input = kSeeds[random() % kSeeds.size()];
  for (std::size_t n = random() % 12; n > 0; --n) {
    const std::size_t at = input.empty() ? 0 : random() % input.size();
    switch (random() % 6) {
      case 0: input.insert(at, kPieces[random() % kPieces.size()]); break;
      case 1: input.erase(at, random() % 8); break;
      case 2: input.insert(at, 1, static_cast<char>(random())); break;
      case 3: input.insert(at, input.substr(random() % (input.size() + 1), random() % 64)); break;
      case 4: input += kSeeds[random() % kSeeds.size()]; break;
      default:
        if (!input.empty()) input[at] = static_cast<char>(input[at] ^ (1 << random() % 8));
    }
    if (input.size() > 20'000) input.resize(20'000);
  }
  return input;
}

void read_as_records(const std::string& input, Random& random) {
  for (const Format format : {Format::ndjson, Format::csv, Format::markdown, Format::text}) {
    const auto reader = make_reader({format, {}, {}}, [](Record record) {
      if (record.refusal) return;
      try {
        record_schema("draft").require(record.value);
        to_draft(record.value);
      } catch (const Refusal&) {
      }
    });
    for (std::size_t at = 0; at < input.size();) {
      const std::size_t piece = 1 + random() % 50;
      reader->feed(std::string_view(input).substr(at, piece));
      at += piece;
    }
    reader->finish();
  }
}

// What a note says of people, questions and what is coming.
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

void read_as_text(const std::string& input) {
  static_cast<void>(parse_time(input));
  static_cast<void>(parse_day(input));
  static_cast<void>(parse_period(input));
  try {
    parse_json(input);
  } catch (const Refusal&) {
  }
  std::string text;
  try {
    text = to_utf8(input);
  } catch (const Refusal&) {
    return;
  }
  static_cast<void>(fold(text));
  static_cast<void>(detect_language(text));
  static_cast<void>(tokenise(to_nfc(text)));
  ParsedQuery parsed = parse_query(text);
  static_cast<void>(to_string(parsed.root));
  static_cast<void>(read_note({text, text, text, text}));
  Lexicon lexicon;
  lexicon.add({{"насос", 9}, {"pump", 9}, {"bearing", 9}, {text.substr(0, 20), 2}});
  static_cast<void>(correct_query(parsed.root, lexicon, [](const std::string&) { return 0; }));
  static_cast<void>(lexicon.completions(text.substr(0, 3), 5));
  std::vector<Synonym> synonyms{{0, 1, {}, {text, "pump", "насос агрегат"}}};
  try {
    for (Synonym& synonym : parse_vocabulary(text)) synonyms.push_back(std::move(synonym));
  } catch (const Refusal&) {
  }
  const Planned planned = plan_query(parsed.root, stemmed_languages(), Vocabulary(synonyms));
  static_cast<void>(to_string(planned.plan));
  static_cast<void>(make_snippet(text, "ru", Marker(planned.marks), 80));
  read_as_account_note(text);
  WholeInsight whole;
  whole.insight.id = 1;
  whole.insight.body = text;
  static_cast<void>(match_queries({whole}, {text}, Vocabulary()));
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Mutated inputs for every parser", "fuzz-parsers"};
  double seconds = 10;
  std::uint64_t seed = std::random_device{}();
  app.add_option("--seconds", seconds, "How long")->capture_default_str();
  app.add_option("--seed", seed, "To see a find again");
  CLI11_PARSE(app, argc, argv);
  const auto until = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  Random random(seed);
  std::uint64_t tried = 0;
  std::string input;
  try {
    for (; std::chrono::steady_clock::now() < until; ++tried) {
      input = mutated(random);
      read_as_text(input);
      read_as_records(input, random);
    }
  } catch (const std::exception& error) {
    const auto kept = std::filesystem::temp_directory_path() / "tidings-fuzz-find.bin";
    std::ofstream(kept, std::ios::binary) << input;
    std::cerr << fmt::format("find after {} inputs (seed {}): {}; the input is in {}\n", tried, seed, error.what(),
                             kept.string());
    return 1;
  }
  std::cout << fmt::format("{} inputs (seed {}), no find\n", tried, seed);
  return 0;
}
