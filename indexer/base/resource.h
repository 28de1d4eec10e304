// SPDX-License-Identifier: GPL-3.0-or-later
// Files of the project that are embedded in the programs, so that a program needs nothing beside itself to run.
#pragma once

#include <string_view>
#include <vector>

namespace tidings {

struct Resource {
  std::string_view name;  // path below the embedded folder, such as "records/draft.schema.json"
  std::string_view bytes;
};

// Everything below schemas/. Made by tidings_embed in CMakeLists.txt.
const std::vector<Resource>& schema_resources();

// The resource called `name`, or nullptr.
inline const Resource* find_resource(const std::vector<Resource>& all, std::string_view name) {
  for (const Resource& resource : all)
    if (resource.name == name) return &resource;
  return nullptr;
}

}  // namespace tidings
