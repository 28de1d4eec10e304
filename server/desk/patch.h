// SPDX-License-Identifier: GPL-3.0-or-later
// Changes of a record as RFC 7396 says: members that are named are replaced, null empties, the whole is checked again.
#pragma once

#include <initializer_list>
#include <optional>

#include "indexer/base/json.h"
#include "indexer/base/refusal.h"
#include "indexer/model/schema.h"

namespace tidings {

// `now` with `patch` laid over it. `not_in_schema` names members of its JSON that the record's schema does not have.
// Throws Refusal: invalid.
template <class T>
T patched(const T& now, const json& patch, const char* schema, std::initializer_list<const char*> not_in_schema) {
  if (!patch.is_object()) throw invalid("", "is not a JSON object");
  json merged = now;
  for (const char* member : not_in_schema) merged.erase(member);
  merged.merge_patch(patch);
  record_schema(schema).require(merged);
  T changed = now;
  // A member that null took away is emptied.
  for (const auto& [name, value] : patch.items())
    if (value.is_null()) merged[name] = nullptr;
  update(changed, merged);
  return changed;
}

// Throws Refusal: stale, if a version was read and it is no longer `now`.
inline void require_version(std::int64_t now, std::optional<std::int64_t> read) {
  if (read && *read != now) throw Refusal(Code::stale, "it was changed since it was read; read it again");
}

}  // namespace tidings
