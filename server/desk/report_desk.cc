// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/desk/report_desk.h"

#include <csv.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "indexer/base/text.h"
#include "indexer/ledger/accounts.h"
#include "indexer/ledger/follow_ups.h"
#include "indexer/ledger/visits.h"
#include "indexer/model/fields.h"
#include "server/accounts/criteria.h"
#include "server/desk/attention_desk.h"
#include "server/desk/rights.h"
#include "server/desk/views.h"

namespace tidings {
namespace {

constexpr int kMostAnswered = 100'000;  // answered works that are looked at
constexpr std::size_t kMostRows = 200;  // of a table

std::string in_client(const std::string& name) { return fmt::format("client:\"{}\"", name); }

std::string month_range(const Days& month) {
  return fmt::format("date:{}..{}", to_string_day(month.from), to_string_day(month.to));
}

json table_of(const char* name, const char* of, json columns, json rows) {
  return {{"name", name}, {"of", of}, {"columns", std::move(columns)}, {"rows", std::move(rows)}};
}

json row(json cells, const std::string& find) { return {{"cells", std::move(cells)}, {"find", find}}; }

json key_clients(const json& attention, const json& key_clients) {
  std::map<std::int64_t, const json*> silent;
  for (const json& line : attention["items"]) silent[line["client"]["id"].get<std::int64_t>()] = &line;
  json rows = json::array();
  for (const json& each : key_clients["items"]) {
    if (!each["key"].get<bool>() || rows.size() == kMostRows) continue;
    const std::string name = each["client"]["name"];
    const auto found = silent.find(each["client"]["id"].get<std::int64_t>());
    if (found == silent.end()) {  // nothing to be said against it
      rows.push_back(row({name, nullptr, each["share"], nullptr, nullptr, nullptr, nullptr, ""}, in_client(name)));
      continue;
    }
    const json& line = *found->second;
    std::string why;
    for (const json& reason : line["reasons"]) why += (why.empty() ? "" : " ") + reason["why"].get<std::string>();
    rows.push_back(
        row({name, line["owner"], each["share"], line["last"], line["days"], line["rhythm"], line["call_by"], why},
            in_client(name)));
  }
  return table_of("key_clients", "today", {"client", "owner", "share", "last", "days", "rhythm", "call_by", "why"},
                  std::move(rows));
}

json single_source(Session& session, const AccountBook::States& states, const Criteria& criteria) {
  std::vector<std::pair<double, const AccountState*>> held;
  for (const auto& [id, state] : states) {
    const Dependence& depends = state->dependence;
    if (depends.contacts.empty() || depends.authors.empty()) continue;
    const double most = std::max(depends.contacts.front().share, depends.authors.front().share);
    if (most >= criteria.sole_share) held.emplace_back(most * state->revenue, state.get());
  }
  std::stable_sort(held.begin(), held.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  json rows = json::array();
  for (const auto& [weight, state] : held) {
    if (rows.size() == kMostRows) break;
    const auto& contact = state->dependence.contacts.front();
    const auto& author = state->dependence.authors.front();
    const std::string who = Contacts(session).find(contact.who).name;
    rows.push_back(row({state->client.name, who, contact.share, contact.foresights, author.who, author.share},
                       in_client(state->client.name) + fmt::format(" contact:\"{}\"", who)));
  }
  return table_of("single_source", "today",
                  {"client", "contact", "contact_share", "sole_foresights", "author", "author_share"}, std::move(rows));
}

json foresights(Session& session, const Days& month) {
  const auto before = parse_period(to_string_day(month.from - std::chrono::days(1)).substr(0, 7)).value();
  std::map<std::string, int> earlier;
  for (const ForesightsOfIndustry& each : Visits(session).foresights_by_industry(before))
    earlier[each.industry] = each.notes;
  json rows = json::array();
  for (const ForesightsOfIndustry& each : Visits(session).foresights_by_industry(month)) {
    if (rows.size() == kMostRows) break;
    rows.push_back(row({each.industry, each.notes, each.witnesses, each.answered, earlier[each.industry]},
                       "kind:change " + month_range(month) +
                           (each.industry.empty() ? "" : fmt::format(" industry:\"{}\"", each.industry))));
  }
  return table_of("foresights", "month", {"industry", "notes", "witnesses", "answered", "before"}, std::move(rows));
}

// How quickly works were answered and told, by what `name_of` says.
template <class NameOf>
std::map<std::string, json> loops(const std::vector<AnsweredWork>& all, const Days& month, NameOf&& name_of) {
  struct Tally {
    int answered = 0;
    std::vector<double> to_answer, to_tell;
  };
  const auto hours = [](Time::duration time) { return std::chrono::duration<double, std::ratio<3600>>(time).count(); };
  std::map<std::string, Tally> tallies;
  for (const AnsweredWork& each : all) {
    if (to_day(each.answered_at) > month.to) continue;
    Tally& tally = tallies[name_of(each)];
    ++tally.answered;
    tally.to_answer.push_back(hours(each.answered_at - each.kept_at));
    if (each.told_at) tally.to_tell.push_back(hours(*each.told_at - each.answered_at));
  }
  std::map<std::string, json> rows;
  for (auto& [name, tally] : tallies) {
    const auto told = static_cast<int>(tally.to_tell.size());
    rows[name] = {{"answered", tally.answered},
                  {"told", told},
                  {"rate", static_cast<double>(told) / tally.answered},
                  {"to_answer", median(tally.to_answer)},
                  {"to_tell", median(tally.to_tell)}};
  }
  return rows;
}

// A spreadsheet must not take what somebody wrote for a formula.
std::string cell_text(const json& cell) {
  if (cell.is_null()) return "";
  if (!cell.is_string()) return dump(cell);
  const std::string text = cell;
  return !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos ? "'" + text : text;
}

void add_row(std::string& csv, const json& cells) {
  const char* between = "";
  for (const json& cell : cells) {
    const std::string text = cell_text(cell);
    std::string quoted(2 * text.size() + 2, '\0');
    quoted.resize(csv_write(quoted.data(), quoted.size(), text.data(), text.size()));
    csv += between + quoted;
    between = ",";
  }
  csv += "\r\n";
}

}  // namespace

json ReportDesk::report(const AccountBook::States& states, const std::string& month) const {
  require(actor_, Right::lead);
  const auto days = parse_period(month);
  if (!days || month.size() != 7 || month[5] == 'Q') throw invalid("/month", "is no month such as 2026-11");
  const Criteria criteria = criteria_of(session_);
  const AttentionDesk desk(session_, actor_);
  AttentionFilter filter;
  filter.only_key = filter.quiet = true;
  filter.limit = static_cast<int>(kMostRows);
  const auto answered = FollowUps(session_).answered_since(Time(days->from), kMostAnswered);
  json loop = json::array(), authors = json::array();
  for (const auto& [queue, of] : loops(answered, *days, [](const AnsweredWork& each) { return each.queue; }))
    loop.push_back(row({queue, of["answered"], of["told"], of["rate"], of["to_answer"], of["to_tell"]},
                       fmt::format("queue:{} (state:answered OR state:told)", queue)));
  for (const auto& [author, of] : loops(answered, *days, [](const AnsweredWork& each) { return each.author; }))
    authors.push_back(row({author, of["answered"], of["told"], of["rate"], of["to_tell"]},
                          fmt::format("author:{} (state:answered OR state:told)", author)));
  return {{"month", month},
          {"as_of", to_string(session_.now())},
          {"tables",
           {key_clients(desk.attention(states, filter), desk.key_clients(states, std::nullopt)),
            single_source(session_, states, criteria), foresights(session_, *days),
            table_of("loop", "month", {"queue", "answered", "told", "told_rate", "hours_to_answer", "hours_to_tell"},
                     std::move(loop)),
            table_of("authors", "month", {"author", "answered", "told", "told_rate", "hours_to_tell"},
                     std::move(authors))}}};
}

std::string ReportDesk::csv(const AccountBook::States& states, const std::string& month,
                            const std::string& table) const {
  const json whole = report(states, month);
  for (const json& each : whole["tables"]) {
    if (each["name"] != table) continue;
    std::string text;
    add_row(text, each["columns"]);
    for (const json& one : each["rows"]) add_row(text, one["cells"]);
    return text;
  }
  throw Refusal(Code::not_found, "there is no table \"" + table + "\" in the report");
}

}  // namespace tidings
