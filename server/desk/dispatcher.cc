// SPDX-License-Identifier: GPL-3.0-or-later
// The place in the feed is kept in the ledger, in the transaction that places the work. It is only written when there
// was something to place: events of other kinds are passed over in memory.
#include "server/desk/dispatcher.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "indexer/base/log.h"
#include "indexer/base/refusal.h"
#include "indexer/ledger/feed.h"
#include "indexer/ledger/insights.h"
#include "indexer/ledger/queues.h"
#include "indexer/ledger/searches.h"
#include "indexer/ledger/works.h"
#include "server/desk/notices.h"
#include "server/routing/priority.h"
#include "server/routing/router.h"

namespace tidings {
namespace {

const Actor kRouter{"system:router", Role::admin};
constexpr const char* kRouterPlace = "router";

// What a rule asks for beside the queue: tags on the insight, and news for whom it names.
void follow_rule(Session& session, const Rule& rule, const WholeInsight& whole) {
  Insight insight = Insights(session).find(whole.insight.id);
  const std::size_t before = insight.tags.size();
  for (const std::string& tag : rule.tags)
    if (insight.tags.size() < kMaxTags &&
        std::find(insight.tags.begin(), insight.tags.end(), tag) == insight.tags.end())
      insight.tags.push_back(tag);
  if (insight.tags.size() != before) {
    std::vector<std::string> contacts;
    for (const ContactName& contact : insight.contacts) contacts.push_back(contact.name);
    Insights(session).change(insight, contacts, kRouter);
  }
  for (const std::string& audience : rule.notify)
    for (const std::string& user : members_of(session, audience)) {
      Notification notification;
      notification.user = user;
      notification.at = session.now();
      notification.kind = NoticeKind::routed;
      notification.insight = insight.id;
      notification.reason = fmt::format("rule:{}", rule.id);
      notification.detail = {{"rule", rule.id}, {"title", rule.name}, {"queue", rule.queue}};
      Notifications(session).add(notification);
    }
}

}  // namespace

bool Dispatcher::route() {
  constexpr int kBatch = 500;
  struct Batch {
    std::int64_t from = 0, reached = 0;
    std::vector<WholeInsight> insights;
    std::vector<Rule> rules;
    std::vector<Queue> queues;
    std::vector<Synonym> synonyms;
    double revenue = 0;
  };
  const Batch batch = ledger_.read([&](Session& session) {
    Batch read;
    const Feed feed(session);
    read.from = read.reached = place_ >= 0 ? place_ : feed.place(kRouterPlace);
    std::set<InsightId> ids;
    for (const Event& event : feed.after(read.from, kBatch, false)) {
      read.reached = event.seq;
      if (event.kind == "insight.kept") ids.insert(*subject_id(event.subject, "insight"));
    }
    const Works works(session);
    for (InsightId id : ids)
      if (!works.of_insight(id)) read.insights.push_back(Insights(session).whole(id));
    if (!read.insights.empty()) {
      read.rules = Queues(session).rules();
      read.queues = Queues(session).list();
      read.synonyms = Synonyms(session).list();
      read.revenue = Clients(session).total_revenue();
    }
    return read;
  });
  if (batch.reached == batch.from) return false;
  if (!batch.insights.empty()) {
    const std::vector<Route> routes =
        router_.decide(batch.insights, batch.rules, batch.queues, Vocabulary(batch.synonyms));
    const Day today = to_day(clock_.now());
    ledger_.write([&](Session& session) {
      Works works(session);
      for (std::size_t i = 0; i < routes.size(); ++i) {
        const WholeInsight& whole = batch.insights[i];
        if (works.of_insight(whole.insight.id)) continue;  // another dispatcher was first
        Route route = routes[i];
        if (!Queues(session).has(route.queue)) route = Route{};
        const auto rule = std::find_if(batch.rules.begin(), batch.rules.end(),
                                       [&](const Rule& each) { return route.rule == each.id; });
        const bool ruled = rule != batch.rules.end();
        Priority priority = priority_of(whole, batch.revenue, today);
        if (ruled) priority.rule = rule->priority;
        works.place(whole.insight.id, route, priority.total(), priority, kRouter);
        if (ruled) follow_rule(session, *rule, whole);
      }
      Feed feed(session);
      if (feed.place(kRouterPlace) < batch.reached) feed.set_place(kRouterPlace, batch.reached);
    });
  }
  place_ = batch.reached;
  return true;
}

void Dispatcher::run(const Stop& stop) {
  constexpr Millis kLook{100};
  constexpr Millis kPatience{500};
  while (!stop.wished()) {
    const auto seen = ledger_.commits();
    try {
      const bool busy = route();
      if (!busy) ledger_.wait_past(seen, kLook);
      stop.wait_for(Ledger::kPace);
    } catch (const std::exception& error) {  // also what is broken: the log says why work stands still
      spdlog::error("router event=waits error={}", log_value(error.what()));
      place_ = -1;
      stop.wait_for(kPatience);
    }
  }
}

}  // namespace tidings
