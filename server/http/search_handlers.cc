// SPDX-License-Identifier: GPL-3.0-or-later
// Handlers of what has to do with searching.
#include <fmt/format.h>

#include <charconv>
#include <limits>

#include "server/desk/search_desk.h"
#include "server/http/handlers.h"
#include "server/http/limits.h"

namespace tidings {
namespace {

constexpr int kSuggested = 8;

Question question_of(Parameters& parameters) {
  Question question;
  question.q = parameters.text("q", kMaxTarget);
  for (Kind kind : parameters.names<Kind>("kind")) question.kinds.emplace_back(to_string(kind));
  for (WorkState state : parameters.names<WorkState>("state")) question.states.emplace_back(to_string(state));
  question.clients = parameters.values("client");
  question.industries = parameters.values("industry");
  question.queues = parameters.list("queue");
  question.authors = parameters.values("author");
  question.tags = parameters.values("tag");
  question.languages = parameters.list("language");
  question.years = parameters.list("year");
  question.quarters = parameters.list("quarter");
  question.from = parameters.day("from");
  question.to = parameters.day("to");
  question.foreseen_from = parameters.day("foreseen_from");
  question.foreseen_to = parameters.day("foreseen_to");
  question.limit = static_cast<int>(parameters.number("limit", question.limit, 1, kMaxLimit));
  question.cursor = parameters.text("cursor", 80);
  question.facets = parameters.list("facets");
  question.histogram = parameters.text("histogram", 20);
  for (const std::string& id : parameters.list("like")) {
    InsightId number = 0;
    const auto read = std::from_chars(id.data(), id.data() + id.size(), number);
    if (read.ec != std::errc() || read.ptr != id.data() + id.size())
      throw invalid("?like", "is no list of insights' numbers");
    question.like.push_back(number);
  }
  question.typing = parameters.flag("typing");
  question.literal = parameters.flag("literal");
  question.explain = parameters.flag("explain");
  question.rising = parameters.flag("rising");
  question.exact_total = parameters.flag("exact_total");
  question.budget = Millis(parameters.number("budget", question.budget.count(), 1, 10'000));
  constexpr std::pair<std::string_view, Sort> kSorts[] = {
      {"relevance", Sort::relevance}, {"newest", Sort::newest}, {"foreseen", Sort::foreseen}};
  if (const std::string wanted = parameters.text("sort", 20); !wanted.empty()) {
    for (const auto& [name, sort] : kSorts)
      if (name == wanted) question.sort = sort;
    if (!question.sort) throw invalid("?sort", "is none of relevance, newest, foreseen");
  }
  parameters.finish();
  return question;
}

json to_view(const Hits& hits) {
  json corrections = json::array();
  for (const Correction& each : hits.corrections)
    corrections.push_back({{"typed", each.typed}, {"meant", each.meant}, {"by", each.by}, {"instead", each.instead}});
  json view = {{"hits", hits.hits},
               {"total", {{"value", hits.total.value}, {"relation", hits.total.exact ? "exact" : "at_least"}}},
               {"cursor", hits.cursor.empty() ? json() : json(hits.cursor)},
               {"facets", hits.facets},
               {"hints", hits.hints},
               {"corrections", corrections},
               {"nearest", hits.nearest},
               {"incomplete", hits.incomplete},
               {"in_time", hits.in_time}};
  if (!hits.histogram.is_null()) view["histogram"] = hits.histogram;
  if (!hits.rising.is_null()) view["rising"] = hits.rising;
  return view;
}

}  // namespace

Reply search(Context& context) {
  Parameters parameters = context.parameters();
  Question question = question_of(parameters);
  question.reach = context.reach();
  const Hits hits = context.parts.searcher.search(question);
  if (!question.typing && question.cursor.empty() && !hits.incomplete)
    context.parts.diary.note(context.actor.name, question.q, hits.total.value == 0);
  Reply reply;
  reply.body = to_view(hits);
  return reply;
}

Reply suggest(Context& context) {
  Parameters parameters = context.parameters();
  const std::string typed = parameters.text("q", 300);
  const auto limit = static_cast<std::size_t>(parameters.number("limit", kSuggested, 1, 50));
  parameters.finish();
  json items = json::array();
  if (!typed.empty()) {
    const auto past = context.read([&](Session& session) {
      return SearchDesk(session, context.actor).past_queries(typed, static_cast<int>(limit / 3 + 1));
    });
    for (const SearchedFor& each : past)
      items.push_back({{"text", each.query}, {"kind", "past"}, {"count", each.times}});
    for (const Suggestion& each : context.parts.searcher.suggest(typed, limit, context.reach())) {
      if (items.size() == limit) break;
      items.push_back({{"text", each.text}, {"kind", each.kind}, {"count", each.count}});
    }
  }
  return thing({{"items", items}});
}

Reply get_similar(Context& context) {
  Parameters parameters = context.parameters();
  const auto limit = static_cast<std::size_t>(parameters.number("limit", 10, 1, 50));
  parameters.finish();
  const InsightId id = context.id();
  return thing({{"items", alike_view(context.parts.searcher.similar(id, limit, context.reach()))}});
}

Reply list_saved_searches(Context& context) {
  return thing(context.read([&](Session& session) { return SearchDesk(session, context.actor).saved_searches(); }));
}

Reply create_saved_search(Context& context) {
  const json body = context.read_body();
  return context.write(
      [&](Session& session) { return created(SearchDesk(session, context.actor).create_saved_search(body)); });
}

Reply remove_saved_search(Context& context) {
  return context.write([&](Session& session) {
    SearchDesk(session, context.actor).remove_saved_search(context.id());
    return nothing();
  });
}

Reply list_notifications(Context& context) {
  Parameters parameters = context.parameters();
  const bool unseen = parameters.flag("unseen");
  const int limit = static_cast<int>(parameters.number("limit", 50, 1, 200));
  const std::int64_t before = parameters.number("cursor", 0, 0, std::numeric_limits<std::int64_t>::max());
  parameters.finish();
  return thing(context.read(
      [&](Session& session) { return SearchDesk(session, context.actor).notifications(unseen, before, limit); }));
}

Reply see_notifications(Context& context) {
  const json body = context.read_body();
  return context.write(
      [&](Session& session) { return thing(SearchDesk(session, context.actor).see_notifications(body)); });
}

Reply list_synonyms(Context& context) {
  return thing(context.read([&](Session& session) { return SearchDesk(session, context.actor).synonyms(); }));
}

Reply create_synonym(Context& context) {
  const json body = context.read_body();
  return context.write(
      [&](Session& session) { return created(SearchDesk(session, context.actor).create_synonym(body)); });
}

Reply change_synonym(Context& context) {
  const json patch = context.read_body();
  return context.write([&](Session& session) {
    return thing(SearchDesk(session, context.actor).change_synonym(context.id(), patch, context.if_match()));
  });
}

Reply remove_synonym(Context& context) {
  return context.write([&](Session& session) {
    SearchDesk(session, context.actor).remove_synonym(context.id());
    return nothing();
  });
}

Reply list_empty_searches(Context& context) {
  Parameters parameters = context.parameters();
  const int limit = static_cast<int>(parameters.number("limit", 100, 1, 500));
  parameters.finish();
  return thing(
      context.read([&](Session& session) { return SearchDesk(session, context.actor).empty_searches(limit); }));
}

}  // namespace tidings
