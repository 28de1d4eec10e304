// SPDX-License-Identifier: GPL-3.0-or-later
// What an indexed insight is made of: one table from the words people type ("client:") to Xapian's prefixes and slots.
#pragma once

#include <xapian.h>

#include <optional>
#include <string>
#include <string_view>

#include "indexer/index/facts.h"

namespace tidings {

// A newer number makes every older index be rebuilt: raise it whenever a document would come out differently.
constexpr int kIndexFormat = 3;

// BM25's length norm is folded into the stored wdf (design.md): wdf' = max(1, round(S · wdf / (1 − b + b · length /
// average))).
constexpr double kWdfScale = 8;         // S
constexpr double kLengthWeight = 0.75;  // b
constexpr double kSaturation = 1.2;     // k1; queries use k1 · S with b = 0
constexpr double kRepeats = 1000;       // k3: a word typed twice counts twice (CACM 0.430 with 1, 0.456 with 1000)
// Tokens; a constant of the format. Of 40, 60, 120 and 200, 120 gave the best nDCG@10 over SciFact, Cranfield, CACM,
// XQuAD-ru and debian-known-ru together (bench-ranking).
constexpr double kAverageLength = 120;

enum class FieldType {
  words,  // analysed and stemmed like the body
  names,  // words as they are: names of people and companies
  exact,  // the whole folded value is one term
  fact,   // the whole folded value, compared with what is known of the note (Facts); no term
};

struct Field {
  std::string_view name;    // as typed before the colon
  std::string_view prefix;  // Xapian's convention: one capital, or X and more capitals
  FieldType type;
  std::optional<Fact> fact = {};
};

inline constexpr Field kFields[] = {
    {"title", "S", FieldType::words},
    {"answer", "XANSWER", FieldType::words},
    {"client", "XCLIENT", FieldType::names},
    {"contact", "XCONTACT", FieldType::names},
    {"tag", "K", FieldType::exact},
    {"kind", "", FieldType::fact, Fact::kind},
    {"industry", "", FieldType::fact, Fact::industry},
    {"queue", "", FieldType::fact, Fact::queue},
    {"state", "", FieldType::fact, Fact::state},
    {"author", "A", FieldType::exact},
    {"language", "", FieldType::fact, Fact::language},
    {"key", "XKEY", FieldType::exact},
    {"id", "Q", FieldType::exact},
    {"client_id", "XCLIENTID", FieldType::exact},
    {"client_name", "XCLIENTNAME", FieldType::exact},
};

// The field called `name`, or nullptr.
const Field* find_field(std::string_view name);

// Whether a term of the index belongs to a field; words of the text begin with a small letter or a digit.
inline bool is_prefixed(std::string_view term) { return !term.empty() && term.front() >= 'A' && term.front() <= 'Z'; }

// The one value slot: an insight's Facts, packed.
constexpr Xapian::valueno kFactsSlot = 0;

// The term of a whole value in an exact field: prefix and folded value, within Xapian's 245 bytes.
std::string exact_term(std::string_view prefix, std::string_view value);

}  // namespace tidings
