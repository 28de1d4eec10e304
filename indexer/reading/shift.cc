// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/reading/shift.h"

#include "indexer/base/clock.h"

namespace tidings {

void shift(json& record, int days) {
  for (const char* pointer : {"/recorded_at", "/foreseen/from", "/foreseen/to", "/answer/at", "/told/at", "/left_on",
                              "/began_on", "/plans_on", "/signed_on"}) {
    const json::json_pointer place(pointer);
    if (!record.contains(place) || !record[place].is_string()) continue;
    const std::string text = record[place].get<std::string>();
    if (const auto day = parse_day(text))
      record[place] = to_string_day(*day + std::chrono::days(days));
    else if (const auto time = parse_time(text))
      record[place] = to_string(*time + std::chrono::days(days));
  }
}

}  // namespace tidings
