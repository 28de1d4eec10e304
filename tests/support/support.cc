// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/support.h"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <sstream>

#include "indexer/base/secrets.h"

namespace tidings {

TempFolder::TempFolder() : path_(std::filesystem::temp_directory_path() / ("tidings-test-" + random_hex(8))) {
  std::filesystem::create_directories(path_);
}

TempFolder::~TempFolder() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

std::filesystem::path TempFolder::write(const std::string& name, std::string_view bytes) const {
  std::ofstream(path_ / name, std::ios::binary) << bytes;
  return path_ / name;
}

House::House()
    : ledger("sqlite:" + (folder.path() / "ledger.db").string(), clock),
      follower(ledger, folder.path() / "index"),
      searcher(folder.path() / "index"),
      router(searcher),
      dispatcher(ledger, router, clock),
      attendant(ledger, searcher, clock) {}

InsightId House::keep(const json& draft) {
  return ledger.write([&](Session& session) { return Insights(session).keep(to_draft(draft), {true}, kRep).id; });
}

std::vector<ImportOutcome> House::import(const std::string& ndjson, ImportOptions options) {
  std::vector<ImportOutcome> outcomes;
  Importer importer(ledger, options, kAdmin, [&](const ImportOutcome& outcome) { outcomes.push_back(outcome); });
  const auto reader = make_reader({}, [&](Record record) { importer.add(std::move(record)); });
  reader->feed(ndjson);
  reader->finish();
  importer.flush();
  return outcomes;
}

void House::route() {
  while (dispatcher.route()) continue;
}

void House::index() { follower.catch_up(Stop{}); }

Hits House::search(const std::string& q) const {
  Question question;
  question.q = q;
  question.limit = kMaxLimit;
  question.budget = Millis(60'000);  // what is found is asked here, not how fast
  return searcher.search(question);
}

std::vector<std::string> House::keys(const std::string& q) const {
  std::vector<std::string> keys;
  for (const json& hit : search(q).hits) keys.push_back(hit["key"]);
  std::sort(keys.begin(), keys.end());
  return keys;
}

json House::act(WorkId id, WorkAct act, const Actor& by, const json& body) {
  return ledger.write([&](Session& session) { return QueueDesk(session, by).act(id, act, body); });
}

Work House::work_of(InsightId insight) const {
  return ledger.read([&](Session& session) { return Works(session).of_insight(insight).value(); });
}

std::optional<std::filesystem::path> shared_data(const std::string& name) {
  const auto path = std::filesystem::path(TIDINGS_SOURCE_DIR).parent_path() / "shared" / "data" / name;
  if (std::filesystem::exists(path)) return path;
  std::cerr << "SKIPPED: " << name << " is not there\n";
  return std::nullopt;
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream bytes;
  bytes << in.rdbuf();
  return bytes.str();
}

}  // namespace tidings
