// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/index/renewal.h"

#include "indexer/base/background.h"
#include "indexer/base/refusal.h"
#include "indexer/index/bulk.h"

namespace tidings {

Renewal::Renewal(const Ledger& ledger, std::filesystem::path folder, std::uint64_t named)
    : thread_([this, &ledger, folder = std::move(folder), named] { run(ledger, folder, named); }) {}

Renewal::~Renewal() {
  stop_.wish();
  thread_.join();
}

Manifest Renewal::result() const {
  if (failure_) std::rethrow_exception(failure_);
  if (!built_) throw Refusal(Code::unavailable, "the index was not built to its end");
  return *built_;
}

void Renewal::run(const Ledger& ledger, const std::filesystem::path& folder, std::uint64_t named) {
  run_in_background();
  try {
    built_ = build_in_bulk(ledger, folder, named, false, stop_, {});
  } catch (...) {
    failure_ = std::current_exception();
  }
  done_ = true;
}

}  // namespace tidings
