// SPDX-License-Identifier: GPL-3.0-or-later
// What tests stand on: a folder of their own, a clock moved by hand, a ledger with a desk, and checks of refusals.
#pragma once

#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "indexer/base/clock.h"
#include "indexer/base/json.h"
#include "indexer/base/refusal.h"
#include "indexer/index/follower.h"
#include "indexer/ledger/insights.h"
#include "indexer/ledger/ledger.h"
#include "indexer/ledger/people.h"
#include "indexer/ledger/queues.h"
#include "indexer/ledger/works.h"
#include "indexer/reading/importer.h"
#include "server/desk/attendant.h"
#include "server/desk/dispatcher.h"
#include "server/desk/follow_up_desk.h"
#include "server/desk/queue_desk.h"
#include "server/search/searcher.h"

namespace doctest {
template <>
struct StringMaker<tidings::Code> {
  static String convert(tidings::Code code);
};
}  // namespace doctest

namespace tidings {

// The expression throws a Refusal of this code; what it does instead is said.
#define CHECK_REFUSED(expression, wanted)                                         \
  do {                                                                            \
    std::optional<::tidings::Code> refused_with;                                  \
    std::string met = "is not refused";                                           \
    try {                                                                         \
      static_cast<void>(expression);                                              \
    } catch (const ::tidings::Refusal& refusal) {                                 \
      refused_with = refusal.code();                                              \
      met = refusal.what();                                                       \
    }                                                                             \
    CHECK_MESSAGE(refused_with == std::optional(wanted), #expression, ": ", met); \
  } while (false)

// An empty folder that goes away with its owner.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  // Writes a file in it; its path.
  std::filesystem::path write(const std::string& name, std::string_view bytes) const;

 private:
  std::filesystem::path path_;
};

// A clock that stands still until it is moved. Any thread.
class HandClock : public Clock {
 public:
  Time now() const override { return from_millis(millis_); }
  void advance(Millis by) { millis_ += by.count(); }

 private:
  std::atomic<std::int64_t> millis_{to_millis(*parse_time("2026-11-23T10:00:00Z"))};
};

inline Day day(const char* text) { return *parse_day(text); }

using Keys = std::vector<std::string>;

// A whole house on a folder: ledger, index, dispatcher and desk, driven by hand.
struct House {
  House();

  // Keeps a draft (its client is made) and returns its id.
  InsightId keep(const json& draft);
  // Imports NDJSON; the outcomes.
  std::vector<ImportOutcome> import(const std::string& ndjson, ImportOptions options = {true, false, true});
  void route();  // until the dispatcher has nothing to do
  void index();  // until the index has caught up
  Hits search(const std::string& q) const;
  Keys keys(const std::string& q) const;  // of the hits, sorted

  json act(WorkId id, WorkAct act, const Actor& by, const json& body = json::object());
  Work work_of(InsightId insight) const;

  TempFolder folder;
  HandClock clock;
  Ledger ledger;
  Follower follower;
  Searcher searcher;
  Router router;
  Dispatcher dispatcher;
  Attendant attendant;
};

inline const Actor kAdmin{"admin", Role::admin};
inline const Actor kRep{"rep-1", Role::rep};
inline const Actor kTech{"tech-1", Role::technician};
inline const Actor kOtherTech{"tech-2", Role::technician};
inline const Actor kLead{"lead-1", Role::lead};

// The shared data for tests, or nothing where it is not there (the test then says so and passes).
std::optional<std::filesystem::path> shared_data(const std::string& name);

std::string read_file(const std::filesystem::path& path);

}  // namespace tidings
