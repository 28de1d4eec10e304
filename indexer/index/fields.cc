// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/index/fields.h"

#include "indexer/base/text.h"

namespace tidings {

const Field* find_field(std::string_view name) {
  for (const Field& field : kFields)
    if (field.name == name) return &field;
  return nullptr;
}

std::string exact_term(std::string_view prefix, std::string_view value) {
  constexpr std::size_t kMaxValue = 200;
  return std::string(prefix) + std::string(cut(fold(trim(value)), kMaxValue));
}

}  // namespace tidings
