// SPDX-License-Identifier: GPL-3.0-or-later
// What was meant where something else was typed: slips of the finger, the wrong keyboard layout, one alphabet for
// another, parts of one word apart.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "server/search/lexicon.h"
#include "server/search/query_language.h"

namespace tidings {

struct Correction {
  std::string typed;
  std::string meant;
  std::string by;        // spelling, layout, transliteration, joined
  bool instead = false;  // what was typed finds nothing and is not searched; else both are
};

// How many notes a folded word finds by its stem.
using CountNotes = std::function<std::int64_t(const std::string&)>;

// Corrects words and phrases of the tree in place: those that the base does not know, and that are no form of a word it
// knows. A word that finds almost nothing, where one a slip away finds plenty, is searched beside that one. With
// `only_noted`, a word is there only if `notes_with` finds it, whatever the lexicon holds, and nothing is searched
// beside another. Any thread.
std::vector<Correction> correct_query(QueryNode& root, const Lexicon& lexicon, const CountNotes& notes_with,
                                      bool only_noted = false);

// The same keys on the other layout (ЙЦУКЕН for QWERTY and back): "ghbdtn" -> "привет". Empty if a key has no letter
// there.
std::string other_layout(std::string_view text);

// Russian in Latin letters as people type it, and Latin words in Russian letters: "nasos" -> "насос".
std::string other_alphabet(std::string_view text);

}  // namespace tidings
