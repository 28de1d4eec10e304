// SPDX-License-Identifier: GPL-3.0-or-later
// Records into the ledger: each is checked by its schema and kept or refused by itself; a batch shares one transaction.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "indexer/ledger/ledger.h"
#include "indexer/model/user.h"
#include "indexer/reading/reader.h"

namespace tidings {

enum class ImportStatus { kept, known, refused };
template <>
struct Names<ImportStatus> {
  static constexpr std::pair<ImportStatus, std::string_view> all[] = {
      {ImportStatus::kept, "kept"}, {ImportStatus::known, "known"}, {ImportStatus::refused, "refused"}};
};

// What became of one record. Given only once it is durable.
struct ImportOutcome {
  std::int64_t line = 0;
  ImportStatus status = ImportStatus::kept;
  std::optional<std::int64_t> id;  // of an insight, client, contact or rule
  std::vector<Fault> errors;       // of a refused record, at least one
  json record;                     // of a refused record: what was read, null if nothing could be
};

// {line, status, id, errors} as the API gives it.
void to_json(json& out, const ImportOutcome& outcome);

struct ImportOptions {
  bool create_clients = false;
  bool dry_run = false;  // everything is tried, nothing is kept
  bool may_make_users = false;
};

class Importer {
 public:
  // `on_outcome` is told of each record in the order they came.
  Importer(Ledger& ledger, const ImportOptions& options, Actor by,
           std::function<void(const ImportOutcome&)> on_outcome);

  // Takes a record; every kBatch records the batch is kept. Throws Refusal: unavailable, when the ledger cannot write:
  // then nothing of the batch in hand was kept and no outcome was given for it.
  void add(Record record);
  // Keeps what is in hand.
  void flush();

 private:
  ImportOutcome keep(Session& session, const Record& record) const;

  Ledger& ledger_;
  ImportOptions options_;
  Actor by_;
  std::function<void(const ImportOutcome&)> on_outcome_;
  std::vector<Record> batch_;
  std::size_t batch_bytes_ = 0;
};

}  // namespace tidings
