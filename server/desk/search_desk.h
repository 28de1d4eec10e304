// SPDX-License-Identifier: GPL-3.0-or-later
// What people leave with the search: saved searches, notifications, synonyms; and what was searched for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "indexer/base/json.h"
#include "indexer/ledger/ledger.h"
#include "indexer/ledger/searches.h"
#include "indexer/model/user.h"
#include "server/search/searcher.h"

namespace tidings {

class SearchDesk {
 public:
  SearchDesk(Session& session, const Actor& actor) : session_(session), actor_(actor) {}

  json saved_searches() const;                 // one's own; a lead sees all
  json create_saved_search(const json& body);  // Refusal: invalid (a query that cannot stand), forbidden
  void remove_saved_search(SavedSearchId id);  // Refusal: not_found

  json notifications(bool only_unseen, std::int64_t before, int limit) const;  // {items, cursor, unseen}
  json see_notifications(const json& body);                                    // {unseen}

  json synonyms() const;
  json create_synonym(const json& body);
  json change_synonym(SynonymId id, const json& patch, std::optional<std::int64_t> version);
  void remove_synonym(SynonymId id);

  json empty_searches(int limit) const;
  std::vector<SearchedFor> past_queries(const std::string& beginning, int limit) const;

 private:
  Session& session_;
  const Actor& actor_;
};

// Gives a ledger that never had synonyms those of schemas/vocabulary.
void begin_vocabulary(Ledger& ledger);

// [{hit, likeness, as}]: as is duplicate, known_answer, elsewhere (another client) or related.
json alike_view(const std::vector<Alike>& alike);

}  // namespace tidings
