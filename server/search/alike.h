// SPDX-License-Identifier: GPL-3.0-or-later
// The notes most like one of them, or like a draft.
#pragma once

#include "server/search/base.h"

namespace tidings {

// `document` is of the insight `id`, or of one that is not kept (0). Throws Xapian::Error.
std::vector<Alike> find_alike(const Base& base, const Xapian::Document& document, InsightId id, std::size_t limit);

}  // namespace tidings
