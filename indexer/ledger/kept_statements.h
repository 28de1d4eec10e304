// SPDX-License-Identifier: GPL-3.0-or-later
// Inside indexer/ledger only. SOCI prepares a statement anew each time it runs, which was a third of the time of a
// small change; a connection made here keeps what SQLite has prepared, by its text, for the next time.
#pragma once

#include "indexer/ledger/sql.h"

namespace tidings {

// Makes connections as soci::sqlite3 does. A statement that nobody runs reads nothing and holds no value.
const soci::backend_factory& sqlite_that_keeps_statements();

}  // namespace tidings
