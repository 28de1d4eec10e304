// SPDX-License-Identifier: GPL-3.0-or-later
// What an indexed insight is made of: one table from the words people type ("client:") to Xapian's prefixes and slots.
#pragma once

#include <xapian.h>

#include <string>
#include <string_view>

#include "indexer/base/clock.h"

namespace tidings {

// A newer number makes every older index be rebuilt: raise it whenever a document would come out differently.
constexpr int kIndexFormat = 1;

// BM25's length norm is folded into the stored wdf (design.md): wdf' = max(1, round(S · wdf / (1 − b + b · length /
// average))).
constexpr double kWdfScale = 8;         // S
constexpr double kLengthWeight = 0.75;  // b
constexpr double kSaturation = 1.2;     // k1; queries use k1 · S with b = 0
// Tokens; a constant of the format. Of 40, 60, 120 and 200, 120 gave the best nDCG@10 over SciFact, Cranfield, CACM,
// XQuAD-ru and debian-known-ru together (bench-ranking).
constexpr double kAverageLength = 120;

enum class FieldType {
  words,  // analysed and stemmed like the body
  names,  // words as they are: names of people and companies
  exact,  // the whole folded value is one term
};

struct Field {
  std::string_view name;    // as typed before the colon
  std::string_view prefix;  // Xapian's convention: one capital, or X and more capitals
  FieldType type;
};

inline constexpr Field kFields[] = {
    {"title", "S", FieldType::words},
    {"answer", "XANSWER", FieldType::words},
    {"client", "XCLIENT", FieldType::names},
    {"contact", "XCONTACT", FieldType::names},
    {"tag", "K", FieldType::exact},
    {"kind", "XKIND", FieldType::exact},
    {"industry", "XINDUSTRY", FieldType::exact},
    {"queue", "XQUEUE", FieldType::exact},
    {"state", "XSTATE", FieldType::exact},
    {"author", "A", FieldType::exact},
    {"language", "L", FieldType::exact},
    {"key", "XKEY", FieldType::exact},
    {"id", "Q", FieldType::exact},
    {"client_id", "XCLIENTID", FieldType::exact},
    {"client_name", "XCLIENTNAME", FieldType::exact},
};

// The field called `name`, or nullptr.
const Field* find_field(std::string_view name);

// Value slots. Times as sortable_serialise of milliseconds, days as YYYY-MM-DD (absent: no value), ids as
// sortable_serialise.
enum Slot : Xapian::valueno {
  kRecordedAt = 0,
  kForeseenFrom = 1,
  kForeseenTo = 2,
  kId = 3,
  kKindValue = 10,  // from here on: the text that facets count
  kIndustryValue = 11,
  kClientValue = 12,
  kQueueValue = 13,
  kStateValue = 14,
  kAuthorValue = 15,
  kLanguageValue = 16,
};

struct Facet {
  std::string_view name;
  Slot slot;
};
inline constexpr Facet kFacets[] = {{"kind", kKindValue},        {"industry", kIndustryValue}, {"client", kClientValue},
                                    {"queue", kQueueValue},      {"state", kStateValue},       {"author", kAuthorValue},
                                    {"language", kLanguageValue}};

// The term of a whole value in an exact field: prefix and folded value, within Xapian's 245 bytes.
std::string exact_term(std::string_view prefix, std::string_view value);

// A time as it stands in kRecordedAt.
std::string time_value(Time time);

}  // namespace tidings
