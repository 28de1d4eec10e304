// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/search/searcher.h"

#include <fmt/format.h>
#include <xapian.h>

#include <algorithm>
#include <charconv>

#include "indexer/base/log.h"
#include "indexer/base/refusal.h"
#include "indexer/base/text.h"
#include "indexer/index/fields.h"
#include "indexer/index/insight_document.h"
#include "indexer/index/store.h"
#include "server/search/query_builder.h"
#include "server/search/snippet.h"

namespace tidings {
namespace {

using Xapian::Query;

constexpr int kMaxReopens = 10;
constexpr std::size_t kFacetValues = 50;

// What a cursor holds: how many hits were given, and the newest insight there was, so that what arrives in between
// does not push the list along.
struct Cursor {
  int offset = 0;
  std::int64_t newest = 0;
};

std::string to_text(const Cursor& cursor) { return fmt::format("{}.{}", cursor.offset, cursor.newest); }

Cursor to_cursor(const std::string& text) {
  Cursor cursor;
  const char* end = text.data() + text.size();
  const auto offset = std::from_chars(text.data(), end, cursor.offset);
  if (offset.ec == std::errc() && offset.ptr != end && *offset.ptr == '.') {
    const auto newest = std::from_chars(offset.ptr + 1, end, cursor.newest);
    if (newest.ec == std::errc() && newest.ptr == end && cursor.offset >= 0 && cursor.offset <= kMaxDeep) return cursor;
  }
  throw Refusal(Code::invalid, "the cursor is none that a search gave", {{"/cursor", "is none that a search gave"}});
}

std::vector<std::string> languages_of(const Xapian::Database& database) {
  const std::string prefix(find_field("language")->prefix);
  std::vector<std::string> languages;
  for (auto term = database.allterms_begin(prefix); term != database.allterms_end(prefix); ++term)
    languages.push_back((*term).substr(prefix.size()));
  return languages;
}

// The soonest window first; insights that foresee nothing last.
class ForeseenFirst : public Xapian::KeyMaker {
 public:
  std::string operator()(const Xapian::Document& document) const override {
    const std::string from = document.get_value(kForeseenFrom);
    return from.empty() ? "~" : from;
  }
};

bool is_number(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

void add_filters(const Question& question, std::vector<Query>& filters) {
  const auto add = [&](const std::vector<std::string>& values, const char* field) {
    std::vector<Query> choices;
    for (const std::string& value : values) choices.emplace_back(exact_term(find_field(field)->prefix, value));
    if (!choices.empty()) filters.emplace_back(Query::OP_OR, choices.begin(), choices.end());
  };
  add(question.kinds, "kind");
  add(question.industries, "industry");
  add(question.queues, "queue");
  add(question.states, "state");
  add(question.authors, "author");
  add(question.tags, "tag");
  add(question.languages, "language");
  std::vector<Query> clients;
  for (const std::string& client : question.clients) {
    if (is_number(client)) clients.emplace_back(exact_term(find_field("client_id")->prefix, client));
    clients.emplace_back(exact_term(find_field("client_name")->prefix, client));
  }
  if (!clients.empty()) filters.emplace_back(Query::OP_OR, clients.begin(), clients.end());
  if (question.from || question.to) filters.push_back(said_within(question.from, question.to));
  if (question.foreseen_from || question.foreseen_to)
    filters.push_back(foreseen_within(question.foreseen_from, question.foreseen_to));
}

json to_hit(const Xapian::MSetIterator& it, const Marks& marks) {
  json hit = document_data(it.get_document());
  const std::string language = hit["language"];
  const Snippet body = make_snippet(hit["body"].get_ref<const std::string&>(), language, marks);
  const Snippet answer = make_snippet(hit["answer"].get_ref<const std::string&>(), language, marks);
  hit["snippet"] = answer.distinct > body.distinct ? answer.html : body.html;
  hit["answered"] = !hit["answer"].get_ref<const std::string&>().empty();
  hit["score"] = it.get_weight();
  hit.erase("body");
  hit.erase("answer");
  return hit;
}

}  // namespace

struct Searcher::Handle {
  std::string identity;  // of the folder it was opened in
  Xapian::Database database;
};

// A handle out of the pool, open on the index as it is now; none if there is no index.
struct Searcher::Lease {
  explicit Lease(const Searcher& from) : searcher(from) {
    const std::string identity = folder_identity(searcher.folder_);
    {
      std::lock_guard lock(searcher.mutex_);
      while (!searcher.idle_.empty() && (!handle || handle->identity != identity)) {
        handle = std::move(searcher.idle_.back());
        searcher.idle_.pop_back();
      }
    }
    if (handle && handle->identity != identity) handle.reset();
    if (identity.empty()) return;
    try {
      if (handle)
        handle->database.reopen();
      else
        handle = std::make_unique<Handle>(Handle{identity, Xapian::Database(searcher.folder_.string())});
    } catch (const Xapian::DatabaseModifiedError&) {
      throw;
    } catch (const Xapian::Error&) {
      handle.reset();  // missing or damaged: the follower will build it anew
    }
  }
  ~Lease() {
    if (!handle) return;
    std::lock_guard lock(searcher.mutex_);
    searcher.idle_.push_back(std::move(handle));
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  const Searcher& searcher;
  std::unique_ptr<Handle> handle;
};

Searcher::Searcher(std::filesystem::path folder) : folder_(std::move(folder)) {}
Searcher::~Searcher() = default;

Hits Searcher::search(const Question& question) const {
  if (question.limit < 1 || question.limit > kMaxLimit)
    throw invalid("/limit", fmt::format("is not within 1 to {}", kMaxLimit));
  for (int attempt = 0;; ++attempt) {
    try {
      const Lease lease(*this);
      if (lease.handle) return read_hits(lease.handle->database, question);
      Hits none;
      none.incomplete = true;
      return none;
    } catch (const Xapian::DatabaseModifiedError&) {
      if (attempt == kMaxReopens) throw Refusal(Code::unavailable, "the index changes too fast to be read; try again");
    } catch (const Xapian::DatabaseCorruptError& error) {
      if (attempt < kMaxReopens) continue;
      // Damaged for good. Out of sight it is made anew by the follower; until then there is nothing to be found.
      spdlog::error("search event=index_damaged error={}", log_value(error.get_msg()));
      move_index_away(folder_);
    } catch (const Xapian::Error& error) {
      spdlog::error("search event=failed type={} error={}", error.get_type(), log_value(error.get_msg()));
      throw Refusal(Code::unavailable, "the index cannot be read just now; try again");
    }
  }
}

Hits Searcher::read_hits(Xapian::Database& database, const Question& question) const {
  const IndexState state = read_state(database);
  Hits result;
  result.incomplete = !state.complete();

  const ParsedQuery parsed = parse_query(question.q);
  result.hints = parsed.hints;
  const BuiltQuery built = build_query(parsed.root, languages_of(database));
  Query query = built.query;
  if (query.empty()) {
    // Nothing in it could be searched for ("…", "&&"): better everything, with a word about it, than nothing.
    query = Query::MatchAll;
    if (!built.is_all) result.hints.emplace_back("There is no word in the query; everything is shown.");
  }
  const bool everything = query.get_type() == Query::LEAF_MATCH_ALL;

  std::vector<Query> filters;
  add_filters(question, filters);
  Cursor cursor{0, static_cast<std::int64_t>(database.get_lastdocid())};
  if (!question.cursor.empty()) {
    cursor = to_cursor(question.cursor);
    filters.emplace_back(Query::OP_VALUE_LE, kId, Xapian::sortable_serialise(static_cast<double>(cursor.newest)));
  }
  if (!filters.empty()) query = Query(Query::OP_FILTER, query, Query(Query::OP_AND, filters.begin(), filters.end()));

  Xapian::Enquire enquire(database);
  ForeseenFirst foreseen_first;
  const Sort sort = question.sort.value_or(everything ? Sort::newest : Sort::relevance);
  if (sort == Sort::relevance) {
    enquire.set_weighting_scheme(Xapian::BM25Weight(kSaturation * kWdfScale, 0, 1, 0, 0));
  } else {
    enquire.set_weighting_scheme(Xapian::BoolWeight());
    enquire.set_docid_order(Xapian::Enquire::DESCENDING);
    if (sort == Sort::newest)
      enquire.set_sort_by_value(kRecordedAt, true);
    else
      enquire.set_sort_by_key(&foreseen_first, false);
  }
  enquire.set_query(query);

  std::vector<std::pair<std::string, std::unique_ptr<Xapian::ValueCountMatchSpy>>> spies;
  for (const std::string& name : question.facets) {
    const auto* facet =
        std::find_if(std::begin(kFacets), std::end(kFacets), [&](const Facet& each) { return each.name == name; });
    if (facet == std::end(kFacets)) throw invalid("/facets", fmt::format("\"{}\" is no facet", cut(name, 60)));
    spies.emplace_back(name, std::make_unique<Xapian::ValueCountMatchSpy>(facet->slot));
    enquire.add_matchspy(spies.back().second.get());
  }

  const auto first = static_cast<Xapian::doccount>(cursor.offset);
  const auto limit = static_cast<Xapian::doccount>(question.limit);
  // Without words the total is exact; with words it is counted as far as the page and the facets need.
  Xapian::doccount look_at = first + limit + 1;
  if (everything) look_at = database.get_doccount();
  if (!spies.empty()) look_at = std::max<Xapian::doccount>(look_at, kFacetMatches);
  const Xapian::MSet matches = enquire.get_mset(first, limit, look_at);

  result.total = {matches.get_matches_lower_bound(),
                  matches.get_matches_lower_bound() == matches.get_matches_upper_bound()};
  const Marks marks{built.stems, built.prefixes};
  for (auto it = matches.begin(); it != matches.end(); ++it) result.hits.push_back(to_hit(it, marks));
  const int given = cursor.offset + static_cast<int>(matches.size());
  if (matches.size() == limit && result.total.value > given && given < kMaxDeep)
    result.cursor = to_text({given, cursor.newest});
  for (const auto& [name, spy] : spies) {
    json counts = json::array();
    for (auto value = spy->top_values_begin(kFacetValues); value != spy->top_values_end(kFacetValues); ++value)
      if (!(*value).empty()) counts.push_back({{"value", *value}, {"count", value.get_termfreq()}});
    result.facets[name] = std::move(counts);
  }
  return result;
}

Searcher::Place Searcher::place() const {
  try {
    const Lease lease(*this);
    if (!lease.handle) return {};
    const IndexState state = read_state(lease.handle->database);
    return {state.place, state.complete(), lease.handle->database.get_doccount()};
  } catch (const Xapian::Error&) {
    return {};
  }
}

}  // namespace tidings
