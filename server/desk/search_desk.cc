// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/desk/search_desk.h"

#include <fmt/format.h>

#include "indexer/base/resource.h"
#include "indexer/base/text.h"
#include "indexer/ledger/feed.h"
#include "indexer/ledger/people.h"
#include "indexer/ledger/queues.h"
#include "indexer/ledger/works.h"
#include "indexer/model/schema.h"
#include "server/desk/patch.h"
#include "server/desk/rights.h"
#include "server/search/standing.h"

namespace tidings {
namespace {

constexpr std::size_t kMaxSavedSearches = 500;  // of one person

constexpr const char* kVocabulary = "vocabulary";  // the name under which the ledger notes that it has one

// Likeness from which two notes of one client are probably one note.
constexpr double kDuplicate = 0.7;

}  // namespace

json SearchDesk::saved_searches() const {
  const SavedSearches searches(session_);
  return {{"items", may(actor_.role, Right::lead) ? searches.list() : searches.of(actor_.name)}};
}

json SearchDesk::create_saved_search(const json& body) {
  record_schema("saved-search").require(body);
  SavedSearch search;
  search.query = to_nfc(body["query"].get<std::string>());
  search.title = body.value("title", search.query);
  search.owner = actor_.name;
  require_standing_query(search.query);
  const std::string audience = body.value("audience", "me");
  if (audience == "me" || audience == "user:" + actor_.name) {
    search.audience = "user:" + actor_.name;
  } else {
    require(actor_, Right::lead);
    const std::size_t colon = audience.find(':');
    const std::string kind = audience.substr(0, colon);
    const std::string name = colon == std::string::npos ? "" : audience.substr(colon + 1);
    if (kind == "role" ? !parse_name<Role>(name) : kind != "queue" || !Queues(session_).has(name))
      throw invalid("/audience", "is not me, role:ROLE or queue:NAME");
    search.audience = audience;
  }
  if (SavedSearches(session_).of(actor_.name).size() >= kMaxSavedSearches)
    throw Refusal(Code::conflict, fmt::format("nobody keeps more than {} saved searches", kMaxSavedSearches));
  return SavedSearches(session_).create(search, actor_);
}

void SearchDesk::remove_saved_search(SavedSearchId id) {
  const SavedSearch search = SavedSearches(session_).find(id);
  if (search.owner != actor_.name && !may(actor_.role, Right::lead))
    throw Refusal(Code::not_found, fmt::format("there is no saved search {}", id));
  SavedSearches(session_).remove(id, actor_);
}

json SearchDesk::notifications(bool only_unseen, std::int64_t before, int limit) const {
  const Notifications notifications(session_);
  const auto items = notifications.list(actor_.name, only_unseen, before, limit + 1);
  json shown = json::array();
  for (const Notification& item : items) {
    if (static_cast<int>(shown.size()) == limit) break;
    shown.push_back(item);
  }
  const bool more = static_cast<int>(items.size()) > limit;
  return {{"items", shown},
          {"cursor", more ? json(std::to_string(shown.back()["id"].get<std::int64_t>())) : json()},
          {"unseen", notifications.unseen(actor_.name)}};
}

json SearchDesk::see_notifications(const json& body) {
  record_schema("seeing").require(body);
  Notifications notifications(session_);
  notifications.see(actor_.name, body["until"].get<std::int64_t>());
  return {{"unseen", notifications.unseen(actor_.name)}};
}

json SearchDesk::synonyms() const {
  json items = json::array();
  for (const Synonym& synonym : Synonyms(session_).list()) items.push_back(to_json(synonym));
  return {{"items", items}};
}

json SearchDesk::create_synonym(const json& body) {
  require(actor_, Right::lead);
  record_schema("synonym").require(body);
  return to_json(Synonyms(session_).create(to_synonym(body), actor_));
}

json SearchDesk::change_synonym(SynonymId id, const json& patch, std::optional<std::int64_t> version) {
  require(actor_, Right::lead);
  const Synonym now = Synonyms(session_).find(id);
  require_version(now.version, version);
  if (!patch.is_object()) throw invalid("", "is not a JSON object");
  json merged = to_json(now);
  merged.erase("id");
  merged.erase("version");
  merged.merge_patch(patch);
  record_schema("synonym").require(merged);
  Synonym changed = to_synonym(merged);
  changed.id = id;
  changed.version = now.version;
  return to_json(Synonyms(session_).change(changed, actor_));
}

void SearchDesk::remove_synonym(SynonymId id) {
  require(actor_, Right::lead);
  Synonyms(session_).remove(id, actor_);
}

json SearchDesk::empty_searches(int limit) const {
  require(actor_, Right::lead);
  json items = json::array();
  for (const SearchedFor& each : SearchLog(session_).empty(limit))
    items.push_back({{"query", each.query}, {"times", each.times}, {"last_at", to_string(each.last_at)}});
  return {{"items", items}};
}

std::vector<SearchedFor> SearchDesk::past_queries(const std::string& beginning, int limit) const {
  return SearchLog(session_).past(actor_.name, beginning, limit);
}

void begin_vocabulary(Ledger& ledger) {
  if (ledger.read([](Session& session) { return Feed(session).place(kVocabulary); }) > 0) return;
  const Resource* file = find_resource(schema_resources(), "vocabulary/synonyms.txt");
  if (!file) return;
  const std::vector<Synonym> synonyms = parse_vocabulary(file->bytes);
  ledger.write([&](Session& session) {
    if (Feed(session).place(kVocabulary) > 0) return;  // another program was first
    for (const Synonym& synonym : synonyms) Synonyms(session).create(synonym, {"system:vocabulary", Role::admin});
    Feed(session).set_place(kVocabulary, 1);
  });
}

json alike_view(const std::vector<Alike>& alike) {
  json items = json::array();
  for (const Alike& each : alike) {
    json item = each.hit;
    item["likeness"] = each.likeness;
    item["as"] = each.same_client && each.likeness >= kDuplicate ? "duplicate"
                 : each.hit["answered"].get<bool>()              ? "known_answer"
                 : each.same_client                              ? "related"
                                                                 : "elsewhere";
    items.push_back(std::move(item));
  }
  return items;
}

}  // namespace tidings
