// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/ledger/mergers.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "indexer/ledger/feed.h"
#include "indexer/ledger/sql.h"
#include "indexer/model/fields.h"

namespace tidings {
namespace {

// A column that refers to what may be merged. `clash` holds for a row whose like {to} has already.
struct Reference {
  const char* table;
  const char* column;
  const char* key;
  bool text_key;
  const char* clash;

  std::string name() const { return fmt::format("{}.{}", table, column); }
};

constexpr const char* kContactsOfClient = "contact.client";
constexpr Reference kOfClient[] = {
    {"insight", "client", "id", false, "1 = 0"},
    {"contact", "client", "id", false, "name_key in (select k.name_key from contact k where k.client = {to})"},
    {"deal", "client", "id", false,
     "exists (select 1 from deal k where k.client = {to} and k.signed_on = deal.signed_on and k.title = deal.title)"},
    {"revenue", "client", "year", false, "year in (select k.year from revenue k where k.client = {to})"},
    {"client_alias", "client", "name_key", true, "1 = 0"},
    {"finding", "client", "id", false, "1 = 0"},
};
constexpr Reference kOfContact[] = {
    {"insight_contact", "contact", "insight", false,
     "insight in (select k.insight from insight_contact k where k.contact = {to})"},
    {"contact", "reports_to", "id", false, "id = {to}"},
    {"contact", "person", "id", false, "id = {to}"},
    {"tie", "contact", "id", false,
     "(other = {to} or exists (select 1 from tie k where k.contact = {to} and k.other = tie.other and k.kind = "
     "tie.kind))"},
    {"tie", "other", "id", false,
     "(contact = {to} or exists (select 1 from tie k where k.other = {to} and k.contact = tie.contact and k.kind = "
     "tie.kind))"},
    {"acquaintance", "contact", "user_name", true,
     "user_name in (select k.user_name from acquaintance k where k.contact = {to})"},
    {"finding", "contact", "id", false, "1 = 0"},
    {"departure", "contact", "id", false, "insight in (select k.insight from departure k where k.contact = {to})"},
};

// What fills an empty field of the one that is kept.
constexpr const char* kClientFields[] = {"industry", "region", "revenue", "owner", "domain", "team", "group"};
constexpr const char* kContactFields[] = {"role",     "email",      "phone", "note",    "influence",
                                          "began_on", "reports_to", "plans", "plans_on"};

template <class Key>
json keys_where(soci::session& sql, const Reference& reference, const std::string& condition, std::int64_t from) {
  json keys = json::array();
  Key key{};
  for_each_row(sql,
               fmt::format("select {} from {} where {} = :of and {}", reference.key, reference.table, reference.column,
                           condition),
               std::tie(key), std::tie(from), [&] { keys.push_back(key); });
  return keys;
}

// Lets the rows that refer to `from` refer to `to`, and notes which.
void move_rows(soci::session& sql, const Reference& reference, std::int64_t from, std::int64_t to, json& rows) {
  const std::string free = fmt::format("not {}", fmt::format(fmt::runtime(reference.clash), fmt::arg("to", to)));
  json keys = reference.text_key ? keys_where<std::string>(sql, reference, free, from)
                                 : keys_where<std::int64_t>(sql, reference, free, from);
  if (keys.empty()) return;
  sql << fmt::format("update {0} set {1} = :to where {1} = :of and {2}", reference.table, reference.column, free),
      use(to), use(from);
  rows[reference.name()] = std::move(keys);
}

template <class Key>
void move_back(soci::session& sql, const Reference& reference, std::int64_t from, std::int64_t to, const json& keys) {
  Key key{};
  soci::statement update = (sql.prepare << fmt::format("update {0} set {1} = :to where {1} = :of and {2} = :key",
                                                       reference.table, reference.column, reference.key),
                            use(to), use(from), use(key));
  for (const json& each : keys) {
    key = each.get<Key>();
    update.execute(true);
  }
}

template <std::size_t N>
void move_all_back(soci::session& sql, const Reference (&references)[N], const Merger& merger) {
  const json& rows = merger.moved["rows"];
  for (const Reference& reference : references) {
    const auto keys = rows.find(reference.name());
    if (keys == rows.end()) continue;
    if (reference.text_key)
      move_back<std::string>(sql, reference, merger.kept, merger.lost, *keys);
    else
      move_back<std::int64_t>(sql, reference, merger.kept, merger.lost, *keys);
  }
}

bool empty(const json& field) { return field.is_null() || field == "" || field == "unknown"; }
json emptied(const json& field) { return field == "unknown" || !field.is_string() ? json() : json(""); }

// What `lost` has and `kept` has not.
template <std::size_t N>
json to_fill(const json& kept, const json& lost, const char* const (&fields)[N]) {
  json filled = json::object();
  for (const char* field : fields)
    if (empty(kept[field]) && !empty(lost[field])) filled[field] = lost[field];
  return filled;
}

// The fields that were filled and still hold that, emptied.
json to_empty(const json& kept, const json& filled) {
  json patch = json::object();
  for (const auto& [field, value] : filled.items())
    if (kept[field] == value) patch[field] = field == "influence" ? json("unknown") : emptied(value);
  return patch;
}

void set_merged_into(soci::session& sql, const char* table, std::int64_t id, std::optional<std::int64_t> into_id) {
  const Nullable<std::int64_t> column(into_id);
  sql << fmt::format("update {} set merged_into = :into where id = :id", table), use(column), use(id);
}

template <class... Uses>
std::vector<Merger> mergers_where(soci::session& sql, const std::string& condition, const Uses&... uses) {
  std::vector<Merger> all;
  Merger merger;
  std::string what, moved;
  std::int64_t at = 0;
  Nullable<std::int64_t> undone_at;
  for_each_row(sql, "select id, what, kept, lost, moved, by_name, at, undone_at from merger where " + condition,
               std::tie(merger.id, what, merger.kept, merger.lost, moved, merger.by, at, undone_at), std::tie(uses...),
               [&] {
                 merger.what = parse_name<Mergeable>(what).value();
                 merger.moved = json::parse(moved);
                 merger.at = from_millis(at);
                 merger.undone_at = undone_at.get() ? std::optional(from_millis(undone_at.value)) : std::nullopt;
                 all.push_back(merger);
               });
  return all;
}

template <class Thing>
void require_two(const Thing& kept, const Thing& lost) {
  if (kept.id == lost.id) throw invalid("/lost", "is the one that is kept");
}

}  // namespace

void to_json(json& out, const Merger& merger) {
  json moved = json::object();
  for (const auto& [column, keys] : merger.moved["rows"].items()) {
    const std::string table = column.substr(0, column.find('.'));
    moved[table] = moved.value(table, 0) + static_cast<int>(keys.size());
  }
  out = {{"id", merger.id},
         {"what", merger.what},
         {"kept", merger.kept},
         {"lost", merger.lost},
         {"moved", std::move(moved)},
         {"filled", merger.moved["filled"]},
         {"by", merger.by},
         {"at", to_string(merger.at)},
         {"undone_at", merger.undone_at ? json(to_string(*merger.undone_at)) : json()}};
}

Merger Mergers::keep(Merger merger, const Actor& by) {
  merger.by = by.name;
  merger.at = session_.now();
  const std::string what(to_string(merger.what)), moved = dump(merger.moved);
  const std::int64_t at = to_millis(merger.at);
  session_.sql() << "insert into merger (what, kept, lost, moved, by_name, at) values (:what, :kept, :lost, :moved, "
                    ":by, :at) returning id",
      use(what), use(merger.kept), use(merger.lost), use(moved), use(merger.by), use(at), into(merger.id);
  tell(merger, "merged", by);
  return merger;
}

Merger Mergers::merge_clients(ClientId kept_id, ClientId lost_id, const Actor& by) {
  return translated([&] {
    Clients clients(session_);
    Contacts contacts(session_);
    Client kept = clients.find_unmerged(kept_id);
    const Client lost = clients.find_unmerged(lost_id);
    require_two(kept, lost);
    json rows = json::object(), mergers = json::array();
    for (const Reference& reference : kOfClient) move_rows(session_.sql(), reference, lost.id, kept.id, rows);
    for (const Contact& twice : contacts.of(lost.id))  // only those stayed whose name is taken
      mergers.push_back(merge(*contacts.find_by_name(kept.id, twice.name), twice, by).id);
    const json filled = to_fill(kept, lost, kClientFields);
    update(kept, filled);
    set_merged_into(session_.sql(), "client", lost.id, kept.id);
    clients.change(kept, by);
    return keep({.what = Mergeable::client,
                 .kept = kept.id,
                 .lost = lost.id,
                 .moved = {{"rows", rows}, {"filled", filled}, {"mergers", mergers}}},
                by);
  });
}

Merger Mergers::merge_contacts(ContactId kept_id, ContactId lost_id, const Actor& by) {
  return translated([&] {
    const Contact kept = Contacts(session_).find_unmerged(kept_id), lost = Contacts(session_).find_unmerged(lost_id);
    require_two(kept, lost);
    if (kept.client != lost.client)
      throw invalid("/lost", "is a contact of another client; merge the clients if they are one");
    return merge(kept, lost, by);
  });
}

Merger Mergers::merge(Contact kept, const Contact& lost, const Actor& by) {
  soci::session& sql = session_.sql();
  json rows = json::object(), twice = json::array();
  InsightId insight = 0;
  int place = 0;
  for_each_row(sql,
               "select x.insight, x.place from insight_contact x join insight_contact k on k.insight = x.insight and "
               "k.contact = :kept where x.contact = :lost",
               std::tie(insight, place), std::tie(kept.id, lost.id), [&] {
                 twice.push_back({insight, place});
               });
  for (const json& each : twice) {
    insight = each[0].get<InsightId>();
    sql << "delete from insight_contact where insight = :insight and contact = :lost", use(insight), use(lost.id);
  }
  for (const Reference& reference : kOfContact) move_rows(sql, reference, lost.id, kept.id, rows);
  const bool own_superior = kept.reports_to == lost.id;
  if (own_superior) kept.reports_to.reset();
  json filled = to_fill(kept, lost, kContactFields);
  if (lost.reports_to == kept.id || kept.client != lost.client) filled.erase("reports_to");
  update(kept, filled);
  const bool joins_person = !kept.person && lost.person && *lost.person != kept.id;
  if (joins_person) kept.person = lost.person;
  set_merged_into(sql, "contact", lost.id, kept.id);
  Contacts(session_).change(kept, by);
  return keep({.what = Mergeable::contact,
               .kept = kept.id,
               .lost = lost.id,
               .moved = {{"rows", rows},
                         {"filled", filled},
                         {"twice", twice},
                         {"own_superior", own_superior},
                         {"joins_person", joins_person}}},
              by);
}

Merger Mergers::undo(std::int64_t id, const Actor& by) {
  return translated([&] {
    Merger merger = find(id);
    if (merger.undone_at) throw Refusal(Code::conflict, "this merger was undone already");
    require_last(merger);
    if (merger.what == Mergeable::client) {
      part_clients(merger, by);
    } else {
      bring_back(merger);
      part_contacts(merger, by);
    }
    return find(id);
  });
}

// What went along must not have gone further: later mergers are undone first.
void Mergers::require_last(const Merger& merger) const {
  if (merger.what == Mergeable::contact) {
    const Contact lost = Contacts(session_).find(merger.lost);
    if (Clients(session_).find(lost.client).merged_into)
      throw Refusal(Code::conflict, "the clients of these contacts were merged; undo that first");
  }
  const json inner = merger.moved.value("mergers", json::array());
  const json moved = merger.moved["rows"].value(kContactsOfClient, json::array());
  const std::set<std::int64_t> within(inner.begin(), inner.end()), contacts(moved.begin(), moved.end());
  for (const Merger& later : mergers_where(session_.sql(), "id > :id and undone_at is null", merger.id)) {
    const bool goes_on = later.what == merger.what && later.lost == merger.kept;
    const bool touches = merger.what == Mergeable::client && later.what == Mergeable::contact &&
                         (contacts.count(later.kept) || contacts.count(later.lost)) && !within.count(later.id);
    if (goes_on || touches)
      throw Refusal(Code::conflict, fmt::format("merger {} stands on this one; undo it first", later.id));
  }
}

void Mergers::tell(const Merger& merger, const std::string& event, const Actor& by) {
  const std::string what(to_string(merger.what));
  for (std::int64_t id : {merger.kept, merger.lost})
    Feed(session_).append(by, what + "." + event, subject(what, id), merger);
}

void Mergers::end(const Merger& merger, const Actor& by) {
  const std::int64_t now = to_millis(session_.now());
  session_.sql() << "update merger set undone_at = :now where id = :id", use(now), use(merger.id);
  tell(find(merger.id), "parted", by);
}

void Mergers::part_clients(const Merger& merger, const Actor& by) {
  soci::session& sql = session_.sql();
  Clients clients(session_);
  set_merged_into(sql, "client", merger.lost, std::nullopt);
  move_all_back(sql, kOfClient, merger);
  sql << "update insight set client = :lost where client = :kept and exists (select 1 from insight_contact x join "
         "contact c on c.id = x.contact where x.insight = insight.id and x.place = 0 and c.client = :of)",
      use(merger.lost, "lost"), use(merger.kept, "kept"), use(merger.lost, "of");
  std::vector<Merger> inner;
  for (const json& id : merger.moved["mergers"]) inner.push_back(find(id.get<std::int64_t>()));
  std::reverse(inner.begin(), inner.end());
  for (const Merger& each : inner) bring_back(each);
  sql << "update contact set reports_to = null where client in (:kept, :lost) and reports_to is not null and client <> "
         "(select s.client from contact s where s.id = contact.reports_to)",
      use(merger.kept), use(merger.lost);
  for (const Merger& each : inner) part_contacts(each, by);
  Client kept = clients.find(merger.kept);
  update(kept, to_empty(kept, merger.moved["filled"]));
  clients.change(kept, by);
  clients.change(clients.find(merger.lost), by);
  end(merger, by);
}

void Mergers::bring_back(const Merger& merger) {
  soci::session& sql = session_.sql();
  set_merged_into(sql, "contact", merger.lost, std::nullopt);
  move_all_back(sql, kOfContact, merger);
  for (const json& each : merger.moved["twice"]) {
    const auto insight = each[0].get<InsightId>();
    const int place = each[1].get<int>();
    sql << "insert into insight_contact (insight, contact, place) values (:insight, :contact, :place)", use(insight),
        use(merger.lost), use(place);
  }
}

void Mergers::part_contacts(const Merger& merger, const Actor& by) {
  Contacts contacts(session_);
  Contact kept = contacts.find(merger.kept);
  const Contact lost = contacts.find(merger.lost);
  update(kept, to_empty(kept, merger.moved["filled"]));
  if (merger.moved["own_superior"] == true && !kept.reports_to && kept.client == lost.client) kept.reports_to = lost.id;
  if (merger.moved["joins_person"] == true && kept.person == lost.person) kept.person.reset();
  contacts.change(kept, by);
  contacts.change(lost, by);
  end(merger, by);
}

Merger Mergers::find(std::int64_t id) const {
  return translated([&] {
    const auto found = mergers_where(session_.sql(), "id = :id", id);
    if (found.empty()) throw Refusal(Code::not_found, fmt::format("there is no merger {}", id));
    return found.front();
  });
}

std::vector<Merger> Mergers::latest(int limit) const {
  return translated([&] { return mergers_where(session_.sql(), "1 = 1 order by id desc limit :limit", limit); });
}

}  // namespace tidings
