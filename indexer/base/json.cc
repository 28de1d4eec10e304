// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/base/json.h"

#include <fmt/format.h>

#include <set>

#include "indexer/base/refusal.h"
#include "indexer/base/text.h"

namespace tidings {

json parse_json(std::string_view text) {
  require_utf8(text, "");
  // The library takes a NUL for the end of the text.
  if (const auto at = text.find('\0'); at != std::string_view::npos)
    throw Refusal(Code::invalid, fmt::format("is not JSON: error at byte {}", at + 1));
  std::vector<std::set<std::string>> names;  // of the objects we are in
  const auto watch = [&](int depth, json::parse_event_t event, json& parsed) {
    using Event = json::parse_event_t;
    if (event == Event::object_start || event == Event::array_start) {
      if (depth >= kMaxNesting)
        throw Refusal(Code::invalid, fmt::format("is nested deeper than {} levels", kMaxNesting));
      names.emplace_back();
    } else if (event == Event::object_end || event == Event::array_end) {
      names.pop_back();
    } else if (event == Event::key && !names.back().insert(parsed.get<std::string>()).second) {
      throw Refusal(Code::invalid, fmt::format("names \"{}\" twice in one object", cut(parsed.get<std::string>(), 60)));
    }
    return true;
  };
  try {
    return json::parse(text, watch);
  } catch (const json::parse_error& error) {
    throw Refusal(Code::invalid, fmt::format("is not JSON: error at byte {}", error.byte));
  } catch (const json::out_of_range&) {
    throw Refusal(Code::invalid, "is not JSON we can hold: a number is out of range");
  }
}

}  // namespace tidings
