// SPDX-License-Identifier: GPL-3.0-or-later
// One conversation with the ledger's database. The tables (Insights, Works…) are made over a session and speak through
// it.
#pragma once

#include <memory>
#include <string>

#include "indexer/base/clock.h"

namespace soci {
class session;
}

namespace tidings {

class Dialect;

// Not thread-safe: a session belongs to one thread at a time. Only indexer/ledger sees what is inside.
class Session {
 public:
  Session(const Dialect& dialect, const Clock& clock);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  Time now() const { return clock_.now(); }

  // Transactions. A writing one takes the right to write at its beginning. Savepoints nest inside.
  void begin(bool writes);
  void commit();
  void roll_back() noexcept;
  void set_savepoint();
  void release_savepoint();
  void roll_back_to_savepoint();

  soci::session& sql() { return *sql_; }

 private:
  const Dialect& dialect_;
  const Clock& clock_;
  std::unique_ptr<soci::session> sql_;
};

}  // namespace tidings
