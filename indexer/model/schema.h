// SPDX-License-Identifier: GPL-3.0-or-later
// Checks records against schemas/records/*.schema.json (draft-07, by valijson).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "indexer/base/json.h"

namespace tidings {

// A compiled schema. Any thread.
class Schema {
 public:
  // `schema` is a whole draft-07 document. Throws Refusal: broken, if it is not one.
  explicit Schema(const json& schema);
  ~Schema();

  // Throws Refusal: invalid, with one fault for each place that breaks the schema (at most 20).
  void require(const json& record) const;

 private:
  struct Compiled;
  std::unique_ptr<Compiled> compiled_;
};

// The schema in schemas/records/NAME.schema.json, compiled once and kept. Throws Refusal: broken, if there is none.
const Schema& record_schema(std::string_view name);

}  // namespace tidings
