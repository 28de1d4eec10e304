// SPDX-License-Identifier: GPL-3.0-or-later
// JSON from outside, bounded: nlohmann/json with limits on nesting and a refusal that names the byte.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

namespace tidings {

using json = nlohmann::json;

constexpr int kMaxNesting = 32;

// Parses one JSON text. Throws Refusal: invalid, on bytes that are not UTF-8, on bad syntax (with the byte offset), on
// the same name twice in one object, and on nesting deeper than kMaxNesting.
json parse_json(std::string_view text);

// Compact text; characters outside ASCII stand as they are.
inline std::string dump(const json& value) { return value.dump(); }

}  // namespace tidings
