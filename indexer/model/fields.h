// SPDX-License-Identifier: GPL-3.0-or-later
// Members of a JSON object into fields of a struct: absent members leave the field alone, null empties it. The object
// has passed its schema; what a schema cannot say (a real calendar date) is refused here with the member's name.
#pragma once

#include <optional>
#include <string>

#include "indexer/base/clock.h"
#include "indexer/base/json.h"
#include "indexer/base/refusal.h"
#include "indexer/base/text.h"
#include "indexer/model/names.h"

namespace tidings {

template <class T>
json or_null(const std::optional<T>& value) {
  return value ? json(*value) : json();
}

inline json day_or_null(const std::optional<Day>& day) { return day ? json(to_string_day(*day)) : json(); }

template <class T>
void take(const json& in, const char* name, T& field) {
  if (const auto it = in.find(name); it != in.end()) field = it->is_null() ? T{} : it->template get<T>();
}

// Text is trimmed and composed (NFC).
inline void take_text(const json& in, const char* name, std::string& field) {
  take(in, name, field);
  if (in.contains(name)) field = to_nfc(trim(field));
}

template <class T>
void take_optional(const json& in, const char* name, std::optional<T>& field) {
  if (const auto it = in.find(name); it != in.end()) {
    if (it->is_null())
      field.reset();
    else
      field = it->template get<T>();
  }
}

template <Named E>
void take_name(const json& in, const char* name, E& field) {
  const auto it = in.find(name);
  if (it == in.end() || it->is_null()) return;
  const auto value = parse_name<E>(it->template get<std::string>());
  if (!value) throw invalid(std::string("/") + name, "is none of " + all_names<E>());
  field = *value;
}

inline void take_day(const json& in, const char* name, std::optional<Day>& field) {
  const auto it = in.find(name);
  if (it == in.end()) return;
  field.reset();
  if (it->is_null()) return;
  field = parse_day(it->get<std::string>());
  if (!field) throw invalid(std::string("/") + name, "is not a date such as 2027-04-30");
}

inline void take_time(const json& in, const char* name, std::optional<Time>& field) {
  const auto it = in.find(name);
  if (it == in.end()) return;
  field.reset();
  if (it->is_null()) return;
  field = parse_time(it->get<std::string>());
  if (!field) throw invalid(std::string("/") + name, "is not a time such as 2026-11-23T10:15:00Z");
}

}  // namespace tidings
