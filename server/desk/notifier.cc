// SPDX-License-Identifier: GPL-3.0-or-later
// The place in the feed is kept in the ledger, with the notifications themselves. On its first start the notifier
// begins at the end of the feed: what is older than itself is no news.
#include "server/desk/notifier.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "indexer/base/log.h"
#include "indexer/ledger/feed.h"
#include "indexer/ledger/people.h"
#include "indexer/ledger/reach.h"
#include "indexer/ledger/works.h"
#include "server/desk/notices.h"

namespace tidings {
namespace {

const Actor kNotifier{"system:notifier", Role::admin};
constexpr const char* kNotifierPlace = "notifier";
constexpr std::int64_t kUnkept = 2000;         // events without news, after which the place is kept all the same
constexpr std::chrono::seconds kDiaryPace{1};  // what was searched and seen is written together

constexpr std::size_t kLooksAlike = 20;

}  // namespace

void Notifier::load() {
  const auto [synonyms, searches] =
      ledger_.read([](Session& session) { return std::pair(Synonyms(session).list(), SavedSearches(session).list()); });
  vocabulary_ = std::make_shared<Vocabulary>(synonyms);
  searcher_.use(vocabulary_);
  searches_ = searches;
  std::vector<std::string> queries;
  for (const SavedSearch& search : searches_) queries.push_back(search.query);
  standing_ = std::make_shared<StandingQueries>(queries, *vocabulary_);
}

void Notifier::tell(const WholeInsight& whole, bool answered, std::vector<Notification>& notifications) const {
  const InsightId id = whole.insight.id;
  if (standing_->size() > 0) {
    for (std::size_t number : standing_->match(NoteView(whole))) {
      const SavedSearch& search = searches_[number];
      std::string reason = fmt::format("search:{}", search.id);
      if (answered) reason += fmt::format(" answer:{}", whole.answers.back().id);
      Notification notification;
      notification.user = search.audience;
      notification.kind = NoticeKind::found;
      notification.insight = id;
      notification.reason = reason;
      notification.detail = {{"search", search.id}, {"title", search.title}, {"answered", answered}};
      notifications.push_back(std::move(notification));
    }
  }
  if (!answered) return;
  for (const Alike& alike : searcher_.similar(whole, kLooksAlike, kEverything)) {
    const json& state = alike.hit["state"];
    if (alike.likeness < kSaysTheSame || alike.hit["id"] == id || (state != "waiting" && state != "claimed")) continue;
    Notification notification;
    notification.user = "user:" + alike.hit["author"].get<std::string>();
    notification.kind = NoticeKind::solvable;
    notification.insight = alike.hit["id"];
    notification.reason = fmt::format("answer:{}", whole.answers.back().id);
    notification.detail = {{"answer_of", id}, {"likeness", alike.likeness}};
    notifications.push_back(std::move(notification));
  }
}

namespace {

// Nobody is told of what is out of their reach.
bool reaches(Session& session, const std::string& user, const Notification& notification) {
  const Actor actor{user, People(session).find(user).role};
  const auto answer_of = notification.detail.find("answer_of");
  return is_reached(session, actor, "insight", notification.insight) &&
         (answer_of == notification.detail.end() || is_reached(session, actor, "insight", answer_of->get<InsightId>()));
}

}  // namespace

void Notifier::keep(const std::vector<Notification>& notifications, std::int64_t reached) {
  ledger_.write([&](Session& session) {
    Notifications kept(session);
    std::set<std::pair<SavedSearchId, InsightId>> told;
    for (Notification notification : notifications) {
      notification.at = session.now();
      for (const std::string& user : members_of(session, notification.user)) {
        if (!reaches(session, user, notification)) continue;
        notification.user = user;
        if (kept.add(notification) && notification.kind == NoticeKind::found)
          told.emplace(notification.detail["search"].get<SavedSearchId>(), notification.insight);
      }
    }
    Feed feed(session);
    for (const auto& [search, insight] : told)
      feed.append(kNotifier, "saved_search.found", subject("saved_search", search), {{"insight", insight}});
    if (feed.place(kNotifierPlace) < reached) feed.set_place(kNotifierPlace, reached);
  });
  kept_place_ = reached;
}

bool Notifier::step() {
  constexpr int kBatch = 200;
  if (place_ < 0) {
    load();
    place_ = kept_place_ = ledger_.write([](Session& session) {
      Feed feed(session);
      if (feed.place(kNotifierPlace) == 0) feed.set_place(kNotifierPlace, std::max<std::int64_t>(feed.head(), 1));
      return feed.place(kNotifierPlace);
    });
  }
  std::vector<News> news;
  bool changed = false;
  std::int64_t reached = place_;
  const auto wholes = ledger_.read([&](Session& session) {
    std::vector<WholeInsight> read;
    for (const Event& event : Feed(session).after(place_, kBatch, false)) {
      reached = event.seq;
      changed |= event.kind.starts_with("synonym.") || event.kind == "saved_search.created" ||
                 event.kind == "saved_search.removed";
      if (event.kind == "insight.kept" || event.kind == "insight.changed")
        news.push_back({*subject_id(event.subject, "insight"), false});
      else if (event.kind == "work.answer")
        news.push_back({Works(session).find(*subject_id(event.subject, "work")).insight, true});
    }
    // With nothing standing, only answers are looked at.
    if (!changed && standing_->size() == 0) std::erase_if(news, [](const News& each) { return !each.answered; });
    for (const News& each : news) read.push_back(Insights(session).whole(each.insight));
    return read;
  });
  if (reached == place_) return false;
  if (changed) load();
  std::vector<Notification> notifications;
  for (std::size_t i = 0; i < news.size(); ++i)
    if (!news[i].answered || !wholes[i].answers.empty()) tell(wholes[i], news[i].answered, notifications);
  if (!notifications.empty() || reached - kept_place_ >= kUnkept) keep(notifications, reached);
  place_ = reached;
  return true;
}

void Notifier::run(const Stop& stop) {
  constexpr Millis kLook{100};
  constexpr Millis kPatience{500};
  std::chrono::steady_clock::time_point next_diary{};
  while (!stop.wished()) {
    const auto seen = ledger_.commits();
    try {
      const bool busy = step();
      if (std::chrono::steady_clock::now() >= next_diary) {
        diary_.write(ledger_);
        next_diary = std::chrono::steady_clock::now() + kDiaryPace;
      }
      if (!busy) ledger_.wait_past(seen, kLook);
      stop.wait_for(Ledger::kPace);
    } catch (const std::exception& error) {
      spdlog::error("notifier event=waits error={}", log_value(error.what()));
      place_ = -1;
      stop.wait_for(kPatience);
    }
  }
}

}  // namespace tidings
