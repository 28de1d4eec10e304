// SPDX-License-Identifier: GPL-3.0-or-later
// How what is being typed may go on.
#pragma once

#include "server/search/base.h"

namespace tidings {

// Words by how many notes within reach hold them, then names of clients and contacts. Throws Xapian::Error.
std::vector<Suggestion> complete(const Base& base, const std::string& typed, std::size_t limit);

}  // namespace tidings
