// SPDX-License-Identifier: GPL-3.0-or-later
// Does the index say what the ledger says?
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "indexer/ledger/ledger.h"

namespace tidings {

// Compares each document with the one that would be written now: what is missing, too many or different, one sentence
// each (at most 20); empty if they agree.
std::vector<std::string> compare_index(const Ledger& ledger, const std::filesystem::path& folder);

}  // namespace tidings
