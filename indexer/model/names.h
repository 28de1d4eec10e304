// SPDX-License-Identifier: GPL-3.0-or-later
// Closed sets of words: one table for each enum gives its name on the wire, its reading and its JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "indexer/base/json.h"

namespace tidings {

// Specialise with `static constexpr std::pair<E, std::string_view> all[]`.
template <class E>
struct Names;

template <class E>
concept Named = requires {
  Names<E>::all;
};

template <Named E>
constexpr std::string_view to_string(E value) {
  for (const auto& [each, name] : Names<E>::all)
    if (each == value) return name;
  return {};
}

// The value called `name`, or nothing.
template <Named E>
constexpr std::optional<E> parse_name(std::string_view name) {
  for (const auto& [each, text] : Names<E>::all)
    if (text == name) return each;
  return std::nullopt;
}

// "change, problem, people, other": for messages that say what would have been right.
template <Named E>
std::string all_names() {
  std::string list;
  for (const auto& [each, name] : Names<E>::all) list += (list.empty() ? "" : ", ") + std::string(name);
  return list;
}

template <Named E>
void to_json(json& out, E value) {
  out = to_string(value);
}

}  // namespace tidings
