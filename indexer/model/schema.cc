// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/model/schema.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>
#pragma GCC diagnostic pop

#include <algorithm>
#include <map>
#include <mutex>

#include "indexer/base/refusal.h"
#include "indexer/base/resource.h"
#include "indexer/base/text.h"

namespace tidings {
namespace {

constexpr std::size_t kMaxFaults = 20;

std::string to_pointer(const std::vector<std::string>& context) {
  std::string pointer;
  for (std::string part : context) {  // valijson writes "<root>", "[name]", "[3]"
    if (part == "<root>") continue;
    if (part.starts_with('[') && part.ends_with(']')) part = part.substr(1, part.size() - 2);
    pointer += "/" + part;
  }
  return pointer;
}

std::string one_line(const Fault& fault) {
  return fault.pointer.empty() ? fault.detail : fault.pointer + ": " + fault.detail;
}

// The part of `schema` that speaks of the place `pointer`, as far as properties and items lead.
const json* part_at(const json& schema, std::string_view pointer) {
  const json* part = &schema;
  for (const std::string& name : split(pointer, '/')) {
    if (const auto& named = part->find("properties"); named != part->end() && named->contains(name))
      part = &(*named)[name];
    else if (part->contains("items"))
      part = &(*part)["items"];
    else
      return nullptr;
  }
  return part;
}

std::string listed(const json& names) {
  std::string list;
  for (const json& name : names.is_array() ? names : json::array({names}))
    list += (list.empty() ? "" : ", ") + (name.is_string() ? name.get<std::string>() : name.dump());
  return list;
}

// valijson finds what is wrong; this says it in words that name what would be right.
std::string explain(const json& schema, const std::string& pointer, const std::string& description) {
  const json* part = part_at(schema, pointer);
  const auto quoted = [&] {
    // The name stands between the last two quotes.
    const auto to = description.rfind('\''),
               from = to == 0 || to == std::string::npos ? to : description.rfind('\'', to - 1);
    return from == std::string::npos ? "" : std::string(cut(description.substr(from + 1, to - from - 1), 80));
  };
  const auto limit = [&](const char* name) { return part->value(name, json()).dump(); };
  const auto speaks_of = [&](const char* words) { return description.find(words) != std::string::npos; };
  if (speaks_of("issing required property")) return "lacks the member \"" + quoted() + "\"";
  if (speaks_of("additionalProperties")) return "has an unknown member \"" + quoted() + "\"";
  if (!part) return description;
  if (part->contains("enum") && speaks_of("enum")) return "is none of " + listed((*part)["enum"]);
  if (part->contains("const") && speaks_of("const")) return "must be " + listed((*part)["const"]);
  if (part->contains("type") && speaks_of("type")) return "must be of type " + listed((*part)["type"]);
  if (part->contains("maxLength") && speaks_of("no more than"))
    return "is longer than " + limit("maxLength") + " characters";
  if (part->contains("minLength") && speaks_of("no fewer than"))
    return "is shorter than " + limit("minLength") + " characters";
  if (part->contains("maxItems") && speaks_of("elements")) return "has more than " + limit("maxItems") + " items";
  if (part->contains("minimum") && part->contains("maximum") && speaks_of("Expected number"))
    return "is not within " + limit("minimum") + " to " + limit("maximum");
  return description;
}

}  // namespace

struct Schema::Compiled {
  valijson::Schema schema;
  json source;
};

Schema::Schema(const json& schema) : compiled_(std::make_unique<Compiled>()) {
  try {
    compiled_->source = schema;
    valijson::SchemaParser().populateSchema(valijson::adapters::NlohmannJsonAdapter(schema), compiled_->schema);
  } catch (const std::exception& error) {
    throw Refusal(Code::broken, std::string("a schema cannot be read: ") + error.what());
  }
}

Schema::~Schema() = default;

void Schema::require(const json& record) const {
  valijson::Validator validator;
  valijson::ValidationResults results;
  if (validator.validate(compiled_->schema, valijson::adapters::NlohmannJsonAdapter(record), &results)) return;
  // valijson names the innermost fault first and then once more for each level above it; only the innermost is told.
  std::vector<Fault> faults;
  for (valijson::ValidationResults::Error error; faults.size() < kMaxFaults && results.popError(error);) {
    const std::string pointer = to_pointer(error.context);
    if (std::none_of(faults.begin(), faults.end(), [&](const Fault& f) { return f.pointer.starts_with(pointer); }))
      faults.push_back({pointer, explain(compiled_->source, pointer, error.description)});
  }
  std::string detail = faults.empty() ? "does not fit its schema" : one_line(faults.front());
  throw Refusal(Code::invalid, std::move(detail), std::move(faults));
}

const Schema& record_schema(std::string_view name) {
  static std::mutex mutex;
  static std::map<std::string, std::unique_ptr<Schema>, std::less<>> compiled;
  std::lock_guard lock(mutex);
  auto it = compiled.find(name);
  if (it == compiled.end()) {
    const std::string file = "records/" + std::string(name) + ".schema.json";
    const Resource* resource = find_resource(schema_resources(), file);
    if (!resource) throw Refusal(Code::broken, "there is no schema " + file);
    it = compiled.emplace(name, std::make_unique<Schema>(json::parse(resource->bytes))).first;
  }
  return *it->second;
}

}  // namespace tidings
