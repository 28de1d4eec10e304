// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/index/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "indexer/index/fields.h"
#include "indexer/index/insight_document.h"
#include "indexer/index/store.h"
#include "indexer/ledger/feed.h"

namespace tidings {

std::vector<std::string> compare_index(const Ledger& ledger, const std::filesystem::path& folder) {
  std::vector<std::string> faults;
  const std::string state = index_state(folder);
  try {
    const auto manifest = read_manifest(folder);
    if (!manifest) return {"there is no index; it will be built"};
    const std::int64_t head = ledger.read([](Session& session) { return Feed(session).head(); });
    if (manifest->ledger != ledger.id()) return {"the index belongs to another ledger; it will be rebuilt"};
    if (manifest->format != kIndexFormat)
      return {fmt::format("the index has format {}, this program writes {}; it will be rebuilt", manifest->format,
                          kIndexFormat)};
    const OpenIndex index(folder, *manifest);
    const std::int64_t place = manifest->filling ? 0 : live_place(index.segments.back());
    if (place < std::max(head, manifest->target))
      return {fmt::format(
          "the index follows the feed to event {} of {}; let the server or \"follow\" catch up, then check again",
          place, head)};
    std::unordered_map<InsightId, Xapian::docid> newest;  // document of index.all
    for (auto it = index.all.valuestream_begin(kFactsSlot); it != index.all.valuestream_end(kFactsSlot); ++it) {
      Xapian::docid& known = newest[unpack(*it).id];
      if (known == 0 || index.serial(it.get_docid()) > index.serial(known)) known = it.get_docid();
    }
    std::size_t count = 0;
    ledger.read([&](Session& session) {
      const Insights insights(session);
      for (InsightId after = 0; faults.size() < 20;) {
        const auto ids = insights.ids(after, 500);
        if (ids.empty()) break;
        for (InsightId id : ids) {
          ++count;
          after = id;
          const auto found = newest.find(id);
          if (found == newest.end()) {
            faults.push_back(fmt::format("the index lacks insight {}", id));
            continue;
          }
          const auto indexed = index.all.get_document(found->second);
          const auto wanted = to_document(insights.whole(id));
          if (indexed.get_data() != wanted.get_data() || indexed.termlist_count() != wanted.termlist_count() ||
              indexed.get_value(kFactsSlot) != wanted.get_value(kFactsSlot))
            faults.push_back(fmt::format("the index says something else of insight {}", id));
        }
      }
    });
    if (faults.empty() && newest.size() != count)
      faults.push_back(fmt::format("the index holds {} insights, the ledger {}", newest.size(), count));
  } catch (const Xapian::Error& error) {
    if (index_state(folder) != state) return {"the index was written to while it was read; check again"};
    faults.push_back("the index cannot be read (it will be rebuilt): " + error.get_msg());
  }
  return faults;
}

}  // namespace tidings
