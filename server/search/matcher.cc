// SPDX-License-Identifier: GPL-3.0-or-later
// The insights make a small database in memory, and each query is run once over all of them.
#include "server/search/matcher.h"

#include <xapian.h>

#include <algorithm>

#include "indexer/base/refusal.h"
#include "indexer/index/insight_document.h"
#include "indexer/index/language.h"
#include "server/search/query_builder.h"

namespace tidings {

std::vector<std::vector<std::size_t>> match_queries(const std::vector<WholeInsight>& insights,
                                                    const std::vector<std::string>& queries) {
  std::vector<std::vector<std::size_t>> found(insights.size());
  if (insights.empty()) return found;
  Xapian::WritableDatabase database("", Xapian::DB_BACKEND_INMEMORY);
  for (const WholeInsight& whole : insights) database.add_document(to_document(whole));
  for (std::size_t number = 0; number < queries.size(); ++number) {
    const BuiltQuery built = build_query(parse_query(queries[number]).root, stemmed_languages());
    if (built.query.empty()) continue;
    Xapian::Enquire enquire(database);
    enquire.set_weighting_scheme(Xapian::BoolWeight());
    enquire.set_query(built.query);
    const Xapian::MSet matches = enquire.get_mset(0, database.get_doccount());
    for (auto it = matches.begin(); it != matches.end(); ++it) found[*it - 1].push_back(number);
  }
  return found;
}

void require_standing_query(const std::string& query) {
  const ParsedQuery parsed = parse_query(query);
  if (!parsed.hints.empty()) throw invalid("/query", parsed.hints.front());
  const BuiltQuery built = build_query(parsed.root, stemmed_languages());
  if (built.query.empty() || built.is_all) throw invalid("/query", "has no word to look for");
  const auto& parts = parsed.root.children;
  const bool only_bans = parsed.root.type == QueryNode::Type::beside &&
                         std::all_of(parts.begin(), parts.end(),
                                     [](const QueryNode& part) { return part.type == QueryNode::Type::without; });
  if (only_bans) throw invalid("/query", "only says what must not be there; add what should");
}

}  // namespace tidings
