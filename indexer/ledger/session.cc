// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/ledger/session.h"

#include "indexer/ledger/dialect.h"
#include "indexer/ledger/sql.h"

namespace tidings {

Session::Session(const Dialect& dialect, const Clock& clock)
    : dialect_(dialect), clock_(clock), sql_(dialect.connect()) {}

Session::~Session() = default;

void Session::begin(bool writes) {
  translated([&] { *sql_ << (writes ? dialect_.begin_writing() : dialect_.begin_reading()); });
}

void Session::commit() {
  translated([&] { *sql_ << "commit"; });
}

void Session::roll_back() noexcept {
  try {
    *sql_ << "rollback";
  } catch (const std::exception&) {
    // The database may have rolled back by itself (a full disk); there is nothing more to undo.
  }
}

void Session::set_savepoint() {
  translated([&] { *sql_ << "savepoint one_change"; });
}

void Session::release_savepoint() {
  translated([&] { *sql_ << "release savepoint one_change"; });
}

void Session::roll_back_to_savepoint() {
  translated([&] {
    *sql_ << "rollback to savepoint one_change";
    *sql_ << "release savepoint one_change";
  });
}

}  // namespace tidings
