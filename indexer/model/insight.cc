// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/model/insight.h"

#include <fmt/format.h>

#include <algorithm>

#include "indexer/base/secrets.h"
#include "indexer/model/fields.h"

namespace tidings {
namespace {

Foreseen to_foreseen(const json& in) {
  std::optional<Day> from, to;
  take_day(in, "from", from);
  take_day(in, "to", to);
  if (!from) throw invalid("/foreseen/from", "is not a date such as 2027-04-30");
  Foreseen foreseen{*from, to.value_or(*from), {}, Outcome::unknown};
  if (foreseen.to < foreseen.from) throw invalid("/foreseen/to", "lies before /foreseen/from");
  take_optional(in, "likelihood", foreseen.likelihood);
  take_name(in, "outcome", foreseen.outcome);
  take_day(in, "happened_on", foreseen.happened_on);
  if (foreseen.happened_on && foreseen.outcome != Outcome::happened)
    throw invalid("/foreseen/happened_on", "is there, but the outcome is not that it happened");
  return foreseen;
}

// The schema counts code points; what is stored is bounded in bytes.
void require_bytes(const std::string& text, std::size_t limit, const char* pointer) {
  if (text.size() > limit)
    throw invalid(pointer, fmt::format("is {} bytes long; the limit is {} bytes", text.size(), limit));
}

History to_history(const json& in) {
  History history;
  take_text(in, "queue", history.queue);
  if (in.contains("state")) {
    WorkState state{};
    take_name(in, "state", state);
    history.state = state;
  }
  take_text(in, "reason", history.reason);
  if (const auto answer = in.find("answer"); answer != in.end() && !answer->is_null()) {
    history.answer.emplace();
    if (answer->is_string()) {
      history.answer->body = to_nfc(trim(answer->get<std::string>()));
    } else {
      std::optional<Time> at;
      take_text(*answer, "body", history.answer->body);
      take_text(*answer, "by", history.answer->by);
      take_time(*answer, "at", at);
      history.answer->at = at.value_or(Time{});
    }
    if (history.answer->body.empty()) throw invalid("/answer", "is empty");
  }
  if (const auto told = in.find("told"); told != in.end() && !told->is_null()) {
    history.telling.emplace();
    update(*history.telling, *told);
    take_text(*told, "by", history.telling->by);
  }
  return history;
}

}  // namespace

Draft to_draft(const json& in) {
  Draft draft;
  Insight& insight = draft.insight;
  if (const auto& client = in.at("client"); client.is_string()) {
    draft.client = to_nfc(trim(client.get<std::string>()));
    if (draft.client.empty()) throw invalid("/client", "is empty");
  } else {
    draft.client_id = client.get<ClientId>();
  }
  take_text(in, "key", insight.key);
  take_text(in, "author", insight.author);
  take_name(in, "kind", insight.kind);
  take_text(in, "title", insight.title);
  take_text(in, "body", insight.body);
  take(in, "confidential", insight.confidential);
  take_text(in, "industry", insight.industry);
  draft.client_industry = insight.industry;
  take_time(in, "recorded_at", draft.recorded_at);
  if (const auto foreseen = in.find("foreseen"); foreseen != in.end() && !foreseen->is_null())
    insight.foreseen = to_foreseen(*foreseen);
  if (insight.body.empty()) throw invalid("/body", "is empty");
  require_bytes(insight.body, kMaxBody, "/body");
  require_bytes(insight.title, kMaxTitle, "/title");
  for (const auto& [member, list] : {std::pair{"contacts", &draft.contacts}, std::pair{"tags", &insight.tags}}) {
    for (const json& each : in.value(member, json::array())) {
      std::string name = to_nfc(trim(each.get<std::string>()));
      if (!name.empty() && std::find(list->begin(), list->end(), name) == list->end()) list->push_back(std::move(name));
    }
  }
  draft.history = to_history(in);
  return draft;
}

json to_json(const Foreseen& foreseen) {
  return {{"from", to_string_day(foreseen.from)},
          {"to", to_string_day(foreseen.to)},
          {"likelihood", or_null(foreseen.likelihood)},
          {"outcome", foreseen.outcome},
          {"happened_on", day_or_null(foreseen.happened_on)}};
}

void to_json(json& out, const ContactName& contact) { out = {{"id", contact.id}, {"name", contact.name}}; }

json to_json(const Insight& insight, const Client& client) {
  return {{"id", insight.id},
          {"version", insight.version},
          {"key", insight.key},
          {"client", {{"id", client.id}, {"name", client.name}}},
          {"industry", insight.industry.empty() ? client.industry : insight.industry},
          {"author", insight.author},
          {"recorded_at", to_string(insight.recorded_at)},
          {"kept_at", to_string(insight.kept_at)},
          {"kind", insight.kind},
          {"title", insight.title},
          {"body", insight.body},
          {"confidential", insight.confidential},
          {"contacts", insight.contacts},
          {"tags", insight.tags},
          {"foreseen", insight.foreseen ? to_json(*insight.foreseen) : json()}};
}

std::string content_digest(const Insight& insight, std::string_view client_name) {
  return sha256(dump(json::array({fold(client_name), to_string(insight.kind), insight.title, insight.body})));
}

}  // namespace tidings
