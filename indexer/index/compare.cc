// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/index/compare.h"

#include <fmt/format.h>

#include "indexer/index/insight_document.h"
#include "indexer/index/store.h"
#include "indexer/ledger/feed.h"

namespace tidings {

std::vector<std::string> compare_index(const Ledger& ledger, const std::filesystem::path& folder) {
  std::vector<std::string> faults;
  try {
    const Xapian::Database database(folder.string());
    const IndexState state = read_state(database);
    const std::int64_t head = ledger.read([](Session& session) { return Feed(session).head(); });
    if (state.ledger != ledger.id()) return {"the index belongs to another ledger; it will be rebuilt"};
    if (!state.complete() || state.place < head)
      return {fmt::format(
          "the index follows the feed to event {} of {}; let the server or \"follow\" catch up, then check again",
          state.place, head)};
    std::int64_t count = 0;
    ledger.read([&](Session& session) {
      const Insights insights(session);
      for (InsightId after = 0; faults.size() < 20;) {
        const auto ids = insights.ids(after, 500);
        if (ids.empty()) break;
        for (InsightId id : ids) {
          ++count;
          after = id;
          try {
            const auto indexed = database.get_document(static_cast<Xapian::docid>(id));
            const auto wanted = to_document(insights.whole(id));
            if (indexed.get_data() != wanted.get_data() || indexed.termlist_count() != wanted.termlist_count())
              faults.push_back(fmt::format("the index says something else of insight {}", id));
          } catch (const Xapian::DocNotFoundError&) {
            faults.push_back(fmt::format("the index lacks insight {}", id));
          }
        }
      }
    });
    if (faults.empty() && database.get_doccount() != count)
      faults.push_back(fmt::format("the index holds {} insights, the ledger {}", database.get_doccount(), count));
  } catch (const Xapian::Error& error) {
    faults.push_back("the index cannot be read (it will be rebuilt): " + error.get_msg());
  }
  return faults;
}

}  // namespace tidings
