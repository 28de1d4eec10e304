// SPDX-License-Identifier: GPL-3.0-or-later
// What differs between the databases that can hold the ledger. Everything else is one set of SQL.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace soci {
class session;
}

namespace tidings {

class Dialect {
 public:
  virtual ~Dialect() = default;

  // A new connection, set up for durable writes and checked foreign keys. Throws Refusal: unavailable, broken.
  virtual std::unique_ptr<soci::session> connect() const = 0;
  virtual const char* begin_reading() const = 0;
  virtual const char* begin_writing() const = 0;  // takes the right to write at once
  virtual const char* id_column() const = 0;      // stands for {id} in the migrations
  // Copies the ledger aside before it is migrated from version `from`; says where to.
  virtual std::string back_up(soci::session& sql, int from) const = 0;
  // Throws Refusal: unavailable, where so little room is left that a change might not be made whole; before anything is
  // begun. What is read does not ask.
  virtual void require_room() const = 0;
  virtual void copy(const std::string& to) const = 0;      // see Ledger::copy_to
  virtual void shorten_log(soci::session& sql) const = 0;  // see Ledger
  // Keeps the database's log short where reads overlap without end, which keeps it from being begun anew by itself.
  // Asked by the one writer after each commit; waits for reads that are under way, for a second, or for
  // up to five where it has grown because they take long. Never throws.
  virtual void bound_log(soci::session& sql) = 0;
  // Faults of the database's own checks (pages, foreign keys), one sentence each; empty if sound.
  virtual std::vector<std::string> check(soci::session& sql) const = 0;
};

// For "sqlite:PATH". Throws Refusal: invalid, for any other kind of ledger.
std::unique_ptr<Dialect> dialect_for(const std::string& url);

}  // namespace tidings
