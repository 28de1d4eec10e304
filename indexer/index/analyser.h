// SPDX-License-Identifier: GPL-3.0-or-later
// The one analyser, for notes, queries and standing queries: text to tokens.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tidings {

// A word of a text. Words are runs of letters, digits and marks, folded (see fold). Runs joined by single - . / _ @ : +
// & or an apostrophe make a compound; its parts are tokens of their own. A compound with a digit (a part number, a
// decimal, a date) or an @ (an e-mail address) is also one token as a whole, without its joints except @ and the dots
// of an address: "PN-1240/B" gives pn1240b at the place of pn, and pn, 1240, b. A number after a mark that only says
// that it is one ("PN", "Art.", "No") is a token without the mark as well: 1240b.
struct Token {
  std::string word;
  std::size_t begin = 0;  // bytes of the text that the token covers
  std::size_t end = 0;
  unsigned position = 0;  // counts parts, from 1
  unsigned parts = 1;     // of a whole compound: how many positions it covers; 1 for everything else
  bool whole = false;     // a whole compound
};

// The longest token in bytes; longer ones are cut at a letter's border, on both sides of the search alike.
constexpr std::size_t kMaxWord = 64;

// Well-formed UTF-8 in NFC. A whole compound comes right before its parts.
std::vector<Token> tokenise(std::string_view text);

}  // namespace tidings
