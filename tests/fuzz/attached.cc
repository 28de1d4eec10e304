// SPDX-License-Identifier: GPL-3.0-or-later
// Files that people attach: their types, photos and what is written beside the pictures, and names to save under.
#include <cstdlib>

#include "indexer/base/refusal.h"
#include "indexer/reading/attached_file.h"
#include "tests/fuzz/target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace tidings;
  const std::string input(input_of(bytes, size));
  if (safe_file_name(input).find('/') != std::string::npos) std::abort();
  AttachedFile file;
  try {
    file = read_attached_file(input);
  } catch (const Refusal&) {
    return 0;
  }
  if (file.type == "image/jpeg" && !file.bytes.ends_with("\xFF\xD9")) std::abort();
  return 0;
}
