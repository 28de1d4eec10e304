// SPDX-License-Identifier: GPL-3.0-or-later
// Standing queries of people, and what they are told.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "indexer/base/clock.h"
#include "indexer/base/json.h"
#include "indexer/model/names.h"
#include "indexer/model/work.h"

namespace tidings {

using SavedSearchId = std::int64_t;

// Who is told when `query` finds something new.
struct SavedSearch {
  SavedSearchId id = 0;
  std::int64_t version = 1;
  std::string title;
  std::string query;
  std::string audience;  // user:NAME, role:NAME or queue:NAME
  std::string owner;     // who may change it
  Time created_at{};
};
void to_json(json& out, const SavedSearch& search);

enum class NoticeKind {
  found,     // a saved search found a new or changed insight, or a new answer
  solvable,  // a new answer may solve what an open insight tells
  routed,    // a rule put an insight into a queue, and says who is to know
};
template <>
struct Names<NoticeKind> {
  static constexpr std::pair<NoticeKind, std::string_view> all[] = {
      {NoticeKind::found, "found"}, {NoticeKind::solvable, "solvable"}, {NoticeKind::routed, "routed"}};
};

struct Notification {
  std::int64_t id = 0;
  std::string user;
  Time at{};
  NoticeKind kind = NoticeKind::found;
  InsightId insight = 0;
  std::string reason;  // one of a kind for the user and insight: "search:5", "search:5 answer:9", "answer:9", "rule:2"
  json detail;         // {search, title}, {answer_of, likeness} or {rule, title, queue}
  std::optional<Time> seen_at;
};
void to_json(json& out, const Notification& notification);

}  // namespace tidings
