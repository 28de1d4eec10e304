// SPDX-License-Identifier: GPL-3.0-or-later
// The feed: the ledger's ordered list of what happened, chained by hash. Everything derived follows it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/base/json.h"
#include "indexer/ledger/session.h"
#include "indexer/model/user.h"

namespace tidings {

class Feed {
 public:
  explicit Feed(Session& session) : session_(session) {}

  // Adds a row in the change's own transaction. `body` tells what changed.
  void append(const Actor& by, std::string_view kind, const std::string& subject, const json& body);

  // The number of the last row; 0 for an empty feed.
  std::int64_t head() const;
  std::string head_hash() const;  // which proves all rows before

  // At most `limit` rows after `seq`, in order. Without `with_bodies` the bodies are left null: what a follower needs.
  std::vector<Event> after(std::int64_t seq, int limit, bool with_bodies) const;

  // What happened to one subject, oldest first.
  std::vector<Event> of(const std::string& subject) const;

  // The place of a follower that keeps it in the ledger; 0 before its first.
  std::int64_t place(const std::string& follower) const;
  void set_place(const std::string& follower, std::int64_t seq);

  // Follows the chain from its beginning. The first fault in words, or nothing if it is unbroken.
  std::optional<std::string> fault() const;

 private:
  Session& session_;
};

// "insight:1042" and the like.
std::string subject(std::string_view of, std::int64_t id);
// The number in "insight:1042" if the subject is of that kind.
std::optional<std::int64_t> subject_id(std::string_view subject, std::string_view of);

}  // namespace tidings
