// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/desk/capture.h"

#include <algorithm>

#include "indexer/base/text.h"
#include "indexer/ledger/attachments.h"
#include "indexer/ledger/feed.h"
#include "indexer/ledger/insights.h"
#include "indexer/ledger/queues.h"
#include "indexer/ledger/reach.h"
#include "indexer/ledger/searches.h"
#include "indexer/ledger/works.h"
#include "indexer/model/schema.h"
#include "server/desk/patch.h"
#include "server/desk/rights.h"
#include "server/desk/search_desk.h"
#include "server/desk/views.h"
#include "server/routing/priority.h"

namespace tidings {
namespace {

constexpr std::size_t kAlike = 5;  // insights like a draft

constexpr const char* kHistoryMembers[] = {"queue", "state", "reason", "answer", "told"};

// The insight as a draft, so that a patch can be laid over it and the whole be checked as any draft is.
json as_draft(const WholeInsight& whole) {
  json draft = to_json(whole.insight, whole.client);
  for (const char* member : {"id", "version", "kept_at", "key"}) draft.erase(member);
  draft["client"] = whole.client.id;
  draft["industry"] = whole.insight.industry;
  draft["contacts"] = json::array();
  for (const ContactName& contact : whole.insight.contacts) draft["contacts"].push_back(contact.name);
  return draft;
}

}  // namespace

Draft Capture::checked(const json& draft) const {
  record_schema("draft").require(draft);
  if (!may(actor_.role, Right::lead)) {
    for (const char* member : kHistoryMembers)
      if (draft.contains(member))
        throw Refusal(Code::forbidden, "only a lead may log a note together with its history",
                      {{std::string("/") + member, "is for leads"}});
    if (draft.contains("author") && draft["author"] != actor_.name)
      throw Refusal(Code::forbidden, "only a lead may log a note in another's name", {{"/author", "is not you"}});
  }
  return to_draft(draft);
}

json Capture::keep(const json& draft) {
  require(actor_, Right::log_insights);
  const Kept kept = Insights(session_).keep(checked(draft), {}, actor_);
  return show(kept.id);
}

json Capture::change(InsightId id, const json& patch, std::optional<std::int64_t> version) {
  require_reached(session_, actor_, "insight", id);
  const Insights insights(session_);
  const WholeInsight whole = insights.whole(id);
  if (whole.insight.author != actor_.name) require(actor_, Right::lead);
  require_version(whole.insight.version, version);
  if (!patch.is_object()) throw invalid("", "is not a JSON object");
  for (const char* member : {"key", "client"})
    if (patch.contains(member)) throw invalid(std::string("/") + member, "cannot be changed");
  for (const char* member : kHistoryMembers)
    if (patch.contains(member)) throw invalid(std::string("/") + member, "is changed by acts on its work");
  json merged = as_draft(whole);
  merged.merge_patch(patch);
  Draft draft = checked(merged);
  Insight changed = draft.insight;
  changed.id = id;
  changed.version = whole.insight.version;
  changed.key = whole.insight.key;
  changed.client = whole.insight.client;
  changed.kept_at = whole.insight.kept_at;
  changed.recorded_at = draft.recorded_at.value_or(whole.insight.recorded_at);
  if (changed.author.empty()) changed.author = whole.insight.author;
  Insights(session_).change(changed, draft.contacts, actor_);
  return show(id);
}

json Capture::show(InsightId id) const {
  json view = insight_view(Insights(session_).whole(id), to_day(session_.now()));
  view["attachments"] = Attachments(session_).of(id);
  return view;
}

json Capture::history(InsightId id) const {
  const WholeInsight whole = Insights(session_).whole(id);
  const Feed feed(session_);
  std::vector<Event> events = feed.of(subject("insight", id));
  if (whole.work)
    for (Event& event : feed.of(subject("work", whole.work->id))) events.push_back(std::move(event));
  std::sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.seq < b.seq; });
  return {{"items", events}};
}

json Capture::preview(const json& draft, const Router& router, const Searcher& searcher,
                      const std::shared_ptr<const Reach>& reach) const {
  const Draft read = checked(draft);
  WholeInsight whole;
  whole.insight = read.insight;
  whole.insight.author = read.insight.author.empty() ? actor_.name : read.insight.author;
  whole.insight.recorded_at = read.recorded_at.value_or(session_.now());
  const Clients clients(session_);
  const auto client = read.client_id ? std::optional(clients.find(*read.client_id)) : clients.find_by_name(read.client);
  whole.client = client.value_or(Client{});
  if (!client) whole.client.name = read.client;
  const Vocabulary vocabulary(Synonyms(session_).list());
  const Queues queues(session_);
  const Route route = router.decide({whole}, queues.rules(), queues.list(), vocabulary).front();
  return {{"client_known", client.has_value()},
          {"route", route},
          {"similar", alike_view(searcher.similar(whole, kAlike, reach))},
          {"priority", priority_of(whole, clients.total_revenue(), to_day(session_.now()))}};
}

}  // namespace tidings
