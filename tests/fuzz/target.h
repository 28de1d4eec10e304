// SPDX-License-Identifier: GPL-3.0-or-later
// What every fuzzer begins with: libFuzzer calls LLVMFuzzerTestOneInput with inputs that it steers by the code they
// reach. Anything but a Refusal is a find.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "indexer/base/log.h"
#include "indexer/base/refusal.h"

namespace tidings {

inline std::string_view input_of(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

// Runs `work`; a refusal is what bad input may meet, unless it says that we are broken.
template <class F>
void refused_at_most(F&& work) {
  try {
    work();
  } catch (const Refusal& refusal) {
    if (refusal.code() == Code::broken) throw;
  }
}

// A folder for the process, which is not cleaned up after a find.
inline const std::filesystem::path& fuzz_folder() {
  static const std::filesystem::path folder = [] {
    spdlog::set_level(spdlog::level::off);
    std::string name = (std::filesystem::temp_directory_path() / "tidings-fuzz-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no folder for temporary files");
    return std::filesystem::path(name);
  }();
  return folder;
}

inline std::filesystem::path as_file(const std::string& name, std::string_view bytes) {
  const auto path = fuzz_folder() / name;
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  return path;
}

}  // namespace tidings
