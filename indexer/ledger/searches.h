// SPDX-License-Identifier: GPL-3.0-or-later
// Synonyms, saved searches, notifications, and what was searched for, in the ledger.
#pragma once

#include <string>
#include <vector>

#include "indexer/ledger/session.h"
#include "indexer/model/saved_search.h"
#include "indexer/model/synonym.h"
#include "indexer/model/user.h"

namespace tidings {

class Synonyms {
 public:
  explicit Synonyms(Session& session) : session_(session) {}

  Synonym create(Synonym synonym, const Actor& by);
  Synonym change(Synonym synonym, const Actor& by);  // Refusal: not_found, stale
  void remove(SynonymId id, const Actor& by);        // Refusal: not_found
  Synonym find(SynonymId id) const;                  // Refusal: not_found
  std::vector<Synonym> list() const;
  std::int64_t count() const;

 private:
  Session& session_;
};

class SavedSearches {
 public:
  explicit SavedSearches(Session& session) : session_(session) {}

  SavedSearch create(SavedSearch search, const Actor& by);
  void remove(SavedSearchId id, const Actor& by);  // Refusal: not_found
  SavedSearch find(SavedSearchId id) const;        // Refusal: not_found
  std::vector<SavedSearch> list() const;           // oldest first
  std::vector<SavedSearch> of(const std::string& owner) const;

 private:
  Session& session_;
};

class Notifications {
 public:
  explicit Notifications(Session& session) : session_(session) {}

  // False if the user was told this of the insight before.
  bool add(const Notification& notification);
  // Newest first, before `before` (0: from the newest); only unseen ones if asked.
  std::vector<Notification> list(const std::string& user, bool only_unseen, std::int64_t before, int limit) const;
  std::int64_t unseen(const std::string& user) const;
  // Marks those up to `until` as seen.
  void see(const std::string& user, std::int64_t until);

 private:
  Session& session_;
};

struct SearchedFor {
  std::string query;
  std::int64_t times = 0;
  Time last_at{};
};

class SearchLog {
 public:
  explicit SearchLog(Session& session) : session_(session) {}

  // A person's own past queries, kept to the latest kMaxPast.
  void remember(const std::string& user, const std::string& query);
  std::vector<SearchedFor> past(const std::string& user, const std::string& beginning, int limit) const;
  // A query that found nothing, without who asked; kept to the latest kMaxEmpty.
  void remember_empty(const std::string& query);
  std::vector<SearchedFor> empty(int limit) const;  // the most often asked first

 private:
  Session& session_;
};

constexpr int kMaxPast = 200;
constexpr int kMaxEmpty = 2000;

}  // namespace tidings
