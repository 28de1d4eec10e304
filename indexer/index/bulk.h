// SPDX-License-Identifier: GPL-3.0-or-later
// A whole index at once, on all cores: small parts side by side, put together at the end.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>

#include "indexer/base/stop.h"
#include "indexer/index/store.h"
#include "indexer/ledger/ledger.h"

namespace tidings {

// How many insights are done, and of how many.
using Progress = std::function<void(std::int64_t, std::int64_t)>;

// Builds an index of all insights of `ledger` in `folder`, next to what is there, under segment numbers above `named`.
// With `show`, manifests of what is done so far are published on the way. Answers with the manifest of the finished
// index (one compact segment, the newest insights first, and an empty live one), which is not published yet; with
// nothing if it was stopped. Throws Xapian::Error, Refusal (the ledger cannot be read).
std::optional<Manifest> build_in_bulk(const Ledger& ledger, const std::filesystem::path& folder, std::uint64_t named,
                                      bool show, const Stop& stop, const Progress& progress);

// Begins a live segment that follows the feed from `place`. Throws Xapian::Error.
void begin_live(const std::filesystem::path& segment, std::int64_t place);

}  // namespace tidings
