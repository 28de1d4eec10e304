// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/ledger/departures.h"

#include <fmt/format.h>

#include "indexer/ledger/feed.h"
#include "indexer/ledger/sql.h"

namespace tidings {
namespace {

template <class... Uses>
std::vector<Departure> departures_where(soci::session& sql, const std::string& condition, const Uses&... uses) {
  std::vector<Departure> all;
  Departure one;
  std::string left_on, state, made;
  std::int64_t at = 0;
  for_each_row(
      sql,
      "select id, insight, contact, to_client, left_on, sentence, state, made, by_name, at from departure "
      "where " +
          condition,
      std::tie(one.id, one.insight, one.contact, one.to_client, left_on, one.sentence, state, made, one.by, at),
      std::tie(uses...), [&] {
        one.left_on = parse_day(left_on).value();
        one.state = *parse_name<DepartureState>(state);
        one.made = json::parse(made);
        one.at = from_millis(at);
        all.push_back(one);
      });
  return all;
}

}  // namespace

void to_json(json& out, const Departure& departure) {
  out = {{"id", departure.id},
         {"insight", departure.insight},
         {"contact", departure.contact},
         {"to_client", departure.to_client},
         {"left_on", to_string_day(departure.left_on)},
         {"sentence", departure.sentence},
         {"state", departure.state},
         {"by", departure.by},
         {"at", to_string(departure.at)}};
}

Departure Departures::keep(Departure departure, const Actor& by) {
  return translated([&] {
    departure.by = by.name;
    departure.at = session_.now();
    const std::string left_on = to_string_day(departure.left_on), state(to_string(departure.state)),
                      made = dump(departure.made);
    const std::int64_t at = to_millis(departure.at);
    session_.sql()
        << "insert into departure (insight, contact, to_client, left_on, sentence, state, made, by_name, at) "
           "values (:insight, :contact, :to_client, :left_on, :sentence, :state, :made, :by, :at) on "
           "conflict (insight, contact) do update set to_client = excluded.to_client, left_on = "
           "excluded.left_on, sentence = excluded.sentence, state = excluded.state, made = excluded.made, "
           "by_name = excluded.by_name, at = excluded.at returning id",
        use(departure.insight), use(departure.contact), use(departure.to_client), use(left_on), use(departure.sentence),
        use(state), use(made), use(departure.by), use(at), into(departure.id);
    Feed(session_).append(by, fmt::format("departure.{}", state), subject("contact", departure.contact), departure);
    return departure;
  });
}

Departure Departures::find(std::int64_t id) const {
  return translated([&] {
    const auto found = departures_where(session_.sql(), "id = :id", id);
    if (found.empty()) throw Refusal(Code::not_found, fmt::format("there is no departure {}", id));
    return found.front();
  });
}

std::vector<Departure> Departures::latest(int limit) const {
  return translated([&] { return departures_where(session_.sql(), "1 = 1 order by id desc limit :limit", limit); });
}

std::vector<InsightId> Departures::people_notes(std::optional<ClientId> client, int limit) const {
  return translated([&] {
    std::vector<InsightId> ids;
    InsightId id = 0;
    const ClientId of = client.value_or(0);
    for_each_row(session_.sql(),
                 std::string("select id from insight where kind = 'people' and ") +
                     (client ? "client = :client" : "0 = :client") +
                     " and exists (select 1 from insight_contact c where c.insight = insight.id) order by recorded_at "
                     "desc, id desc limit :limit",
                 std::tie(id), std::tie(of, limit), [&] { ids.push_back(id); });
    return ids;
  });
}

}  // namespace tidings
