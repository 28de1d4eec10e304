// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/ledger/visits.h"

#include "indexer/ledger/sql.h"

namespace tidings {
namespace {

// Rows of notes with their contacts, those of a note together, those of a client together.
template <class... Uses>
void read_visits(soci::session& sql, const std::string& condition,
                 const std::function<void(ClientId, std::vector<Visit>)>& on_client, const Uses&... uses) {
  ClientId client = 0, current = 0;
  Visit visit;
  std::vector<Visit> visits;
  std::int64_t at = 0;
  int asked = 0;
  std::string kind;
  Nullable<std::string> foreseen_to, outcome, state;
  Nullable<std::int64_t> told_at, contact;
  for_each_row(
      sql,
      "select i.client, i.id, i.recorded_at, i.author, i.kind, i.foreseen_to, i.outcome, w.state, "
      "coalesce(w.asked, 0), (select max(t.at) from telling t where t.work = w.id), c.contact from insight i "
      "left join work w on w.insight = i.id left join insight_contact c on c.insight = i.id " +
          condition + " order by i.client, i.recorded_at, i.id, c.place",
      std::tie(client, visit.insight, at, visit.author, kind, foreseen_to, outcome, state, asked, told_at, contact),
      std::tie(uses...), [&] {
        if (client != current && !visits.empty()) on_client(current, std::move(visits)), visits.clear();
        current = client;
        if (visits.empty() || visits.back().insight != visit.insight) {
          visit.at = from_millis(at);
          visit.kind = parse_name<Kind>(kind).value_or(Kind::other);
          visit.foreseen_to = foreseen_to.get() ? parse_day(foreseen_to.value) : std::nullopt;
          visit.outcome_known = outcome.get() && outcome.value != "unknown";
          visit.work = state.get() ? parse_name<WorkState>(state.value) : std::nullopt;
          visit.asked = asked != 0;
          visit.told_at = told_at.get() ? std::optional(from_millis(told_at.value)) : std::nullopt;
          visits.push_back(visit);
        }
        if (contact.get()) visits.back().contacts.push_back(contact.value);
      });
  if (!visits.empty()) on_client(current, std::move(visits));
}

std::vector<Foretold> read_foretold(soci::session& sql, const std::string& condition, std::int64_t of, int limit) {
  std::vector<Foretold> all;
  Foretold one;
  std::int64_t at = 0;
  std::string title, body;
  Nullable<std::string> from, to, state;
  Nullable<double> likelihood;
  for_each_row(
      sql,
      "select i.id, i.client, i.recorded_at, i.foreseen_from, i.foreseen_to, i.likelihood, case when i.industry "
      "<> '' then i.industry else c.industry end, coalesce(w.queue, ''), w.state, i.title, i.body from insight "
      "i join client c on c.id = i.client left join work w on w.insight = i.id where i.kind = 'change' and " +
          condition + " order by i.id limit :limit",
      std::tie(one.insight, one.client, at, from, to, likelihood, one.industry, one.queue, state, title, body),
      std::tie(of, limit), [&] {
        one.at = from_millis(at);
        one.foreseen.reset();
        if (from.get() && to.get())
          one.foreseen = Foreseen{*parse_day(from.value), *parse_day(to.value), likelihood.get()};
        one.work = state.get() ? parse_name<WorkState>(state.value) : std::nullopt;
        one.text = title.empty() ? body : title + "\n" + body;
        all.push_back(one);
      });
  return all;
}

}  // namespace

std::vector<Foretold> Visits::foretold(InsightId after, int limit) const {
  return translated([&] { return read_foretold(session_.sql(), "i.id > :after", after, limit); });
}

std::optional<Foretold> Visits::foretold(InsightId id) const {
  return translated([&]() -> std::optional<Foretold> {
    const auto found = read_foretold(session_.sql(), "i.id = :id", id, 1);
    return found.empty() ? std::nullopt : std::optional(found.front());
  });
}

std::map<ClientId, TrackRecord> Visits::records() const {
  return translated([&] {
    std::map<ClientId, TrackRecord> all;
    ClientId client = 0;
    TrackRecord record;
    for_each_row(session_.sql(),
                 "select client, count(*), sum(case when outcome = 'happened' then 1 else 0 end) from insight where "
                 "outcome is not null and outcome <> 'unknown' group by client",
                 std::tie(client, record.judged, record.happened), std::tuple<>(), [&] { all[client] = record; });
    return all;
  });
}

std::vector<Visit> Visits::of(ClientId client) const {
  return translated([&] {
    std::vector<Visit> all;
    read_visits(
        session_.sql(), "where i.client = :client",
        [&](ClientId, std::vector<Visit> visits) { all = std::move(visits); }, client);
    return all;
  });
}

void Visits::each(const std::function<void(ClientId, std::vector<Visit>)>& on_client) const {
  translated([&] { read_visits(session_.sql(), "", on_client); });
}

namespace {

std::optional<ClientId> read_client(soci::session& sql, const std::string& table, std::int64_t id) {
  return translated([&]() -> std::optional<ClientId> {
    ClientId client = 0;
    sql << "select client from " + table + " where id = :id", use(id), into(client);
    return sql.got_data() ? std::optional(client) : std::nullopt;
  });
}

}  // namespace

std::optional<ClientId> Visits::client_of(InsightId insight) const {
  return read_client(session_.sql(), "insight", insight);
}

std::optional<ClientId> Visits::client_of_contact(ContactId contact) const {
  return read_client(session_.sql(), "contact", contact);
}

std::vector<ForesightsOfIndustry> Visits::foresights_by_industry(const Days& days) const {
  return translated([&] {
    std::vector<ForesightsOfIndustry> all;
    ForesightsOfIndustry one;
    const std::int64_t from = to_millis(Time(days.from)), end = to_millis(Time(days.to + std::chrono::days(1)));
    for_each_row(session_.sql(),
                 "select case when i.industry <> '' then i.industry else c.industry end as of_industry, count(*), "
                 "count(distinct case when c.company_group <> '' then 'group ' || c.company_group else 'client ' || "
                 "c.id end), sum(case when w.state in ('answered', 'told') then 1 else 0 end) from insight i join "
                 "client c on c.id = i.client left join work w on w.insight = i.id where i.kind = 'change' and "
                 "i.recorded_at >= :from and i.recorded_at < :end group by of_industry order by count(*) desc, "
                 "of_industry",
                 std::tie(one.industry, one.notes, one.witnesses, one.answered), std::tie(from, end),
                 [&] { all.push_back(one); });
    return all;
  });
}

}  // namespace tidings
