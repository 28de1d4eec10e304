// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/index/analyser.h"
#include "indexer/index/insight_document.h"
#include "indexer/index/language.h"
#include "tests/support/support.h"

namespace tidings {
namespace {

std::string words(std::string_view text) {
  std::string all;
  for (const Token& token : tokenise(text))
    all += (all.empty() ? "" : " ") + token.word + (token.whole ? "!" : "") + "@" + std::to_string(token.position);
  return all;
}

}  // namespace

TEST_CASE("words are runs of letters and digits, folded") {
  CHECK(words("Насос ПШ8 ТЕЧЁТ, снова!") == "насос@1 пш8@2 течет@3 снова@4");
  CHECK(words("") == "");
  CHECK(words("… — !") == "");
}

TEST_CASE("a part number is one word as a whole, and its parts are words") {
  CHECK(words("PN-1240/B") == "1240b!@1 pn1240b!@1 pn@1 1240@2 b@3");
  CHECK(words("PN1240") == "1240!@1 pn1240@1");
  CHECK(words("note5") == "note5@1");
  CHECK(words("6205-2RS.") == "62052rs!@1 6205@1 2rs@2");
  CHECK(words("3.5 bar") == "35!@1 3@1 5@2 bar@3");
}

TEST_CASE("an address keeps its @ and its dots, a hyphen alone makes no compound") {
  CHECK(words("ivanov@acme.ru") == "ivanov@acme.ru!@1 ivanov@1 acme@2 ru@3");
  CHECK(words("plug-and-play") == "plug@1 and@2 play@3");
}

TEST_CASE("scripts without spaces are words letter by letter, long words are cut") {
  CHECK(words("水泵") == "水@1 泵@2");
  CHECK(tokenise(std::string(500, 'a')).at(0).word.size() == kMaxWord);
}

TEST_CASE("tokens tell where they stand") {
  const auto tokens = tokenise("а насос");
  CHECK(tokens.at(1).begin == 3);
  CHECK(tokens.at(1).end == 13);
}

TEST_CASE("stems follow the language of the note and the letters of the word") {
  CHECK(stem("насосы", "ru") == stem("насоса", "ru"));
  CHECK(stem("насосы", "en") == stem("насоса", "ru"));
  CHECK(stem("pumps", "ru") == "pump");
  CHECK(stem("pumpen", "de") == stem("pumpe", "de"));
  CHECK(stem("sd45s", "en") == "sd45s");
  CHECK(stem("pumps", "xx") == "pumps");
}

TEST_CASE("the language of a note is told by its text") {
  CHECK(detect_language("Насос течёт после остановки, нужно новое уплотнение") == "ru");
  CHECK(detect_language("The pump leaks after each stop and needs a new seal") == "en");
  CHECK(detect_language("Die Pumpe leckt nach jedem Stillstand und braucht eine neue Dichtung") == "de");
  CHECK(detect_language("La pompe fuit après chaque arrêt et demande un nouveau joint d'étanchéité") == "fr");
  CHECK(detect_language("La bomba pierde agua después de cada parada y necesita una junta nueva") == "es");
  CHECK(detect_language("F-07") == "en");
  CHECK(detect_language("шум") == "ru");
}

TEST_CASE("the length norm is folded into the stored count") {
  CHECK(folded_count(1, 120) == 8);
  CHECK(folded_count(1, 12) > 8);
  CHECK(folded_count(1, 100'000) == 1);
}

}  // namespace tidings
