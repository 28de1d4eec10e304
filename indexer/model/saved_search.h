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
  found,         // a saved search found a new or changed insight, or a new answer
  solvable,      // a new answer may solve what an open insight tells
  routed,        // a rule put an insight into a queue, and says who is to know
  assigned,      // to who was given work
  lease_ending,  // to the holder, before and after
  lease_ended,
  escalated,
  asked,       // to the rep: the technician needs to know something from the client
  replied,     // to the technician: what the client said
  answered,    // to the rep: there is an answer to tell
  declined,    // to the rep
  unsolved,    // to who answered: the client says it is not solved
  ask_again,   // to the rep: the client was told and has shown no reaction
  outcome,     // to the rep: the foreseen window has passed; did it happen?
  flagged,     // to who answered: somebody doubts the answer
  mended,      // to the rep: an answer that the client has heard was put right
  departed,    // to who has something open at a client: a contact there went
  left_lying,  // to the rep and the leads: a question or an answer was not passed on for long
};
template <>
struct Names<NoticeKind> {
  static constexpr std::pair<NoticeKind, std::string_view> all[] = {{NoticeKind::found, "found"},
                                                                    {NoticeKind::solvable, "solvable"},
                                                                    {NoticeKind::routed, "routed"},
                                                                    {NoticeKind::assigned, "assigned"},
                                                                    {NoticeKind::lease_ending, "lease_ending"},
                                                                    {NoticeKind::lease_ended, "lease_ended"},
                                                                    {NoticeKind::escalated, "escalated"},
                                                                    {NoticeKind::asked, "asked"},
                                                                    {NoticeKind::replied, "replied"},
                                                                    {NoticeKind::answered, "answered"},
                                                                    {NoticeKind::declined, "declined"},
                                                                    {NoticeKind::unsolved, "unsolved"},
                                                                    {NoticeKind::ask_again, "ask_again"},
                                                                    {NoticeKind::outcome, "outcome"},
                                                                    {NoticeKind::flagged, "flagged"},
                                                                    {NoticeKind::mended, "mended"},
                                                                    {NoticeKind::departed, "departed"},
                                                                    {NoticeKind::left_lying, "left_lying"}};
};

struct Notification {
  std::int64_t id = 0;
  std::string user;
  Time at{};
  NoticeKind kind = NoticeKind::found;
  InsightId insight = 0;
  std::string reason;  // one of a kind for the user and insight: "search:5", "search:5 answer:9", "answer:9", "rule:2"
  json detail;  // found {search, title}, solvable {answer_of, likeness}, routed {rule, title, queue}; of work {work, …}
  std::optional<Time> seen_at;
};
void to_json(json& out, const Notification& notification);

}  // namespace tidings
