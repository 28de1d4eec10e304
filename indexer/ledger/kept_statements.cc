// SPDX-License-Identifier: GPL-3.0-or-later
// SOCI exports none of its classes for SQLite, so that they are wrapped here and not derived from.
#include "indexer/ledger/kept_statements.h"

#include <soci/sqlite3/soci-sqlite3.h>
#include <sqlite3.h>

#include <memory>
#include <unordered_map>

namespace tidings {
namespace {

using namespace soci::details;
using sqlite_api::sqlite3_stmt;

constexpr std::size_t kKeptStatements = 400;  // a connection; more than there are queries in indexer/ledger

class Kept {
 public:
  Kept() = default;
  ~Kept() { forget(); }
  Kept(const Kept&) = delete;
  Kept& operator=(const Kept&) = delete;

  // Null if none is kept.
  sqlite3_stmt* take(const std::string& query) {
    const auto found = idle_.find(query);
    return found == idle_.end() ? nullptr : idle_.extract(found).mapped();
  }

  void give_back(const std::string& query, sqlite3_stmt* statement) {
    sqlite_api::sqlite3_reset(statement);
    sqlite_api::sqlite3_clear_bindings(statement);
    if (idle_.size() == kKeptStatements) forget();  // so that those of today find room
    if (!idle_.emplace(query, statement).second) sqlite_api::sqlite3_finalize(statement);
  }

 private:
  void forget() {
    for (const auto& [query, statement] : idle_) sqlite_api::sqlite3_finalize(statement);
    idle_.clear();
  }

  std::unordered_map<std::string, sqlite3_stmt*> idle_;
};

class Statement : public statement_backend {
 public:
  Statement(Kept& kept, statement_backend* inner) : kept_(kept), inner_(inner) {}
  ~Statement() override { give_back(); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  void prepare(const std::string& query, statement_type type) override {
    clean_up();
    query_ = query;
    sqlite().stmt_ = kept_.take(query);
    if (sqlite().stmt_) {
      sqlite().databaseReady_ = true;
    } else {
      inner_->prepare(query, type);
    }
  }
  void clean_up() override {
    give_back();
    inner_->clean_up();
  }

  void alloc() override { inner_->alloc(); }
  exec_fetch_result execute(int number) override { return inner_->execute(number); }
  exec_fetch_result fetch(int number) override { return inner_->fetch(number); }
  long long get_affected_rows() override { return inner_->get_affected_rows(); }
  int get_number_of_rows() override { return inner_->get_number_of_rows(); }
  std::string get_parameter_name(int index) const override { return inner_->get_parameter_name(index); }
  std::string rewrite_for_procedure_call(const std::string& query) override {
    return inner_->rewrite_for_procedure_call(query);
  }
  int prepare_for_describe() override { return inner_->prepare_for_describe(); }
  void describe_column(int column, soci::data_type& type, std::string& name) override {
    inner_->describe_column(column, type, name);
  }
  standard_into_type_backend* make_into_type_backend() override { return inner_->make_into_type_backend(); }
  standard_use_type_backend* make_use_type_backend() override { return inner_->make_use_type_backend(); }
  vector_into_type_backend* make_vector_into_type_backend() override { return inner_->make_vector_into_type_backend(); }
  vector_use_type_backend* make_vector_use_type_backend() override { return inner_->make_vector_use_type_backend(); }

 private:
  soci::sqlite3_statement_backend& sqlite() { return static_cast<soci::sqlite3_statement_backend&>(*inner_); }

  void give_back() {
    if (sqlite().stmt_) kept_.give_back(query_, sqlite().stmt_);
    sqlite().stmt_ = nullptr;
  }

  Kept& kept_;
  std::unique_ptr<statement_backend> inner_;
  std::string query_;
};

class Connection : public session_backend {
 public:
  explicit Connection(session_backend* inner) : inner_(inner) {}

  statement_backend* make_statement_backend() override {
    return new Statement(kept_, inner_->make_statement_backend());
  }

  bool is_connected() override { return inner_->is_connected(); }
  void begin() override { inner_->begin(); }
  void commit() override { inner_->commit(); }
  void rollback() override { inner_->rollback(); }
  std::string get_dummy_from_table() const override { return inner_->get_dummy_from_table(); }
  std::string get_backend_name() const override { return inner_->get_backend_name(); }
  rowid_backend* make_rowid_backend() override { return inner_->make_rowid_backend(); }
  blob_backend* make_blob_backend() override { return inner_->make_blob_backend(); }

 private:
  std::unique_ptr<session_backend> inner_;  // closed last
  Kept kept_;
};

class Factory : public soci::backend_factory {
 public:
  session_backend* make_session(const soci::connection_parameters& parameters) const override {
    return new Connection(soci::factory_sqlite3()->make_session(parameters));
  }
};

}  // namespace

const soci::backend_factory& sqlite_that_keeps_statements() {
  static const Factory factory;
  return factory;
}

}  // namespace tidings
