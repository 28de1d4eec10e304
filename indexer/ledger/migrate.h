// SPDX-License-Identifier: GPL-3.0-or-later
// Brings a ledger to this program's version by the numbered files in schemas/ledger.
#pragma once

#include <string>

#include "indexer/ledger/session.h"

namespace tidings {

class Dialect;

// Runs each migration the ledger has not had, one transaction each, after a copy if it already held anything. Two
// programs that start at once take turns. Returns the ledger's id. Throws Refusal: conflict, for a ledger of a newer
// program.
std::string migrate(Session& session, const Dialect& dialect);

}  // namespace tidings
