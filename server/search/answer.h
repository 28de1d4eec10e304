// SPDX-License-Identifier: GPL-3.0-or-later
// One question answered over one sight of the index.
#pragma once

#include "server/search/base.h"

namespace tidings {

// Throws Refusal: invalid, Xapian::Error.
Hits answer(const Base& base, const Question& question);

// The document of an insight. Throws Refusal: not_found.
Xapian::Document find_document(const Sight& sight, InsightId id);

}  // namespace tidings
