// SPDX-License-Identifier: GPL-3.0-or-later
// Facts: what is known of an insight besides its words. They are packed into one value of its document, and readers
// keep them in memory, so that filters, facets and dates cost no look-up in the index.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/base/clock.h"
#include "indexer/ledger/insights.h"

namespace tidings {

// The facts that are one name each.
enum class Fact { kind, industry, client, queue, state, author, language };
constexpr std::size_t kFactCount = 7;

struct Facts {
  InsightId id = 0;
  ClientId client_id = 0;
  Time recorded_at{};
  std::optional<Day> foreseen_from, foreseen_to;
  bool answered = false;
  std::array<std::string, kFactCount> names;  // as shown, by Fact; empty where there is none
  std::vector<std::string> tags;
  std::vector<std::string> contacts;

  const std::string& operator[](Fact fact) const { return names[static_cast<std::size_t>(fact)]; }
  std::string& operator[](Fact fact) { return names[static_cast<std::size_t>(fact)]; }
};

Facts facts_of(const WholeInsight& whole, const std::string& language);

std::string pack(const Facts& facts);

// Throws Xapian::DatabaseCorruptError for bytes that pack() did not make.
Facts unpack(std::string_view bytes);

}  // namespace tidings
