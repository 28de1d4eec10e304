// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/ledger/insights.h"

#include <fmt/format.h>

#include <map>

#include "indexer/ledger/answers.h"
#include "indexer/ledger/feed.h"
#include "indexer/ledger/sql.h"
#include "indexer/ledger/works.h"

namespace tidings {

namespace {

// The insights that a condition tells, in its order, with their contacts.
template <class... Uses>
std::vector<Insight> read_insights(soci::session& sql, const std::string& condition, const Uses&... uses) {
  std::vector<Insight> all;
  std::map<InsightId, std::size_t> places;
  Insight insight;
  std::int64_t recorded_at = 0, kept_at = 0;
  std::string kind, tags;
  Nullable<std::string> from, to, outcome, happened_on;
  Nullable<double> likelihood;
  int confidential = 0;
  for_each_row(sql,
               "select id, version, key, client, author, recorded_at, kept_at, kind, title, body, industry, tags, "
               "foreseen_from, foreseen_to, likelihood, outcome, happened_on, confidential from insight where " +
                   condition,
               std::tie(insight.id, insight.version, insight.key, insight.client, insight.author, recorded_at, kept_at,
                        kind, insight.title, insight.body, insight.industry, tags, from, to, likelihood, outcome,
                        happened_on, confidential),
               std::tie(uses...), [&] {
                 insight.recorded_at = from_millis(recorded_at);
                 insight.kept_at = from_millis(kept_at);
                 insight.confidential = confidential != 0;
                 insight.kind = parse_name<Kind>(kind).value_or(Kind::other);
                 insight.tags.clear();
                 if (tags != "[]") insight.tags = json::parse(tags).get<std::vector<std::string>>();
                 insight.foreseen.reset();
                 if (from.get() && to.get())
                   insight.foreseen = Foreseen{*parse_day(from.value), *parse_day(to.value), likelihood.get(),
                                               parse_name<Outcome>(outcome.value).value_or(Outcome::unknown),
                                               happened_on.get() ? parse_day(happened_on.value) : std::nullopt};
                 places[insight.id] = all.size();
                 all.push_back(insight);
               });
  InsightId of = 0;
  ContactName contact;
  for_each_row(
      sql,
      "select i.insight, c.id, c.name from insight_contact i join contact c on c.id = i.contact where i.insight "
      "in (select id from insight where " +
          condition + ") order by i.insight, i.place",
      std::tie(of, contact.id, contact.name), std::tie(uses...),
      [&] { all[places.at(of)].contacts.push_back(contact); });
  return all;
}

}  // namespace

Insight Insights::find(InsightId id) const {
  return translated([&] {
    auto found = read_insights(session_.sql(), "id = :id", id);
    if (found.empty()) throw Refusal(Code::not_found, fmt::format("there is no insight {}", id));
    return std::move(found.front());
  });
}

bool Insights::has(InsightId id) const {
  return translated([&] {
    int there = 0;
    session_.sql() << "select count(*) from insight where id = :id", use(id), into(there);
    return there > 0;
  });
}

WholeInsight Insights::whole(InsightId id) const {
  WholeInsight whole;
  whole.insight = find(id);
  whole.client = Clients(session_).find(whole.insight.client);
  const Works works(session_);
  whole.work = works.of_insight(id);
  if (whole.work) {
    whole.answers = Answers(session_).of(whole.work->id);
    whole.tellings = works.tellings(whole.work->id);
  }
  return whole;
}

namespace {

std::vector<InsightId> read_ids(soci::session& sql, const std::string& query, std::int64_t of, std::int64_t after,
                                int limit) {
  std::vector<InsightId> ids;
  InsightId id = 0;
  soci::statement statement = (sql.prepare << query, use(of), use(after), use(limit), into(id));
  for (statement.execute(); statement.fetch();) ids.push_back(id);
  return ids;
}

}  // namespace

std::vector<InsightId> Insights::ids(std::int64_t after, int limit, std::optional<ClientId> client) const {
  return translated([&] {
    const std::string of = client ? "client = :of" : "0 = :of";
    return read_ids(session_.sql(), "select id from insight where " + of + " and id > :after order by id limit :limit",
                    client.value_or(0), after, limit);
  });
}

std::vector<InsightId> Insights::ids_of_contact(ContactId contact, std::int64_t after, int limit) const {
  return translated([&] {
    return read_ids(
        session_.sql(),
        "select insight from insight_contact where contact = :of and insight > :after order by insight limit :limit",
        contact, after, limit);
  });
}

std::vector<InsightId> Insights::foreseen_by(const std::string& user, Day since, int limit) const {
  return translated([&] {
    std::vector<InsightId> ids;
    InsightId id = 0;
    const std::string day = to_string_day(since);
    soci::statement statement =
        (session_.sql().prepare
             << "select i.id from insight i join client c on c.id = i.client where i.foreseen_to >= "
                ":day and (i.author = :user or c.owner = :owner) order by i.foreseen_from, i.id limit "
                ":limit",
         use(day), use(user), use(user), use(limit), into(id));
    for (statement.execute(); statement.fetch();) ids.push_back(id);
    return ids;
  });
}

std::vector<Insight> Insights::latest_of(ClientId client, int limit) const {
  return translated([&] {
    return read_insights(session_.sql(), "client = :client order by recorded_at desc, id desc limit :limit", client,
                         limit);
  });
}

std::vector<InsightId> Insights::latest(int limit) const {
  return translated([&] {
    std::vector<InsightId> ids;
    InsightId id = 0;
    soci::statement statement =
        (session_.sql().prepare << "select id from insight order by id desc limit :limit", use(limit), into(id));
    for (statement.execute(); statement.fetch();) ids.push_back(id);
    return ids;
  });
}

std::vector<InsightId> Insights::ids_newest_first() const {
  return translated([&] {
    std::vector<InsightId> ids;
    InsightId id = 0;
    soci::statement statement =
        (session_.sql().prepare << "select id from insight order by recorded_at desc, id desc", into(id));
    for (statement.execute(); statement.fetch();) ids.push_back(id);
    return ids;
  });
}

std::int64_t Insights::count() const {
  return translated([&] {
    std::int64_t count = 0;
    session_.sql() << "select count(*) from insight", into(count);
    return count;
  });
}

}  // namespace tidings
