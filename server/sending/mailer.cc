// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/sending/mailer.h"

#include <fmt/format.h>

#include <algorithm>

#include "indexer/base/log.h"
#include "indexer/base/refusal.h"
#include "indexer/base/working_time.h"
#include "indexer/ledger/follow_ups.h"
#include "indexer/ledger/insights.h"
#include "indexer/ledger/mailings.h"
#include "indexer/ledger/people.h"
#include "indexer/ledger/searches.h"
#include "server/desk/queue_desk.h"
#include "server/sending/sentences.h"

namespace tidings {
namespace {

constexpr Millis kSending{120'000};
constexpr int kShown = 50;

}  // namespace

std::string Mailer::link(InsightId insight) const {
  return settings_.public_url.empty() ? "" : fmt::format("\n  {}/#/insight/{}", settings_.public_url, insight);
}

bool Mailer::send_once(const User& user, Mail mail, const std::function<void(Session&)>& done) {
  const bool mine =
      ledger_.write([&](Session& session) { return Mailings(session).take(user.name, clock_.now() + kSending); });
  if (!mine) return false;
  mail.from = settings_.from;
  mail.to = user.email;
  mail.to_name = user.full_name;
  mail.language = user.language;
  mail.at = clock_.now();
  try {
    post_(mail);
  } catch (const Refusal& refusal) {  // tried again once kSending is over
    spdlog::warn("mail event=not_sent user={} error={}", log_value(user.name), log_value(refusal.detail()));
    return false;
  }
  ledger_.write(done);
  return true;
}

bool Mailer::mail_notices(const User& user) {
  std::optional<Mailed> mailed;
  std::vector<Notification> notices;
  std::string text;
  std::size_t count = 0;
  std::int64_t last = 0;
  ledger_.read_as({user.name, user.role}, [&](Session& session) {
    mailed = Mailings(session).of(user.name);
    const auto latest = Notifications(session).list(user.name, false, 0, 1);
    last = latest.empty() ? 0 : latest.front().id;
    if (!mailed || last <= mailed->until) return;
    for (Notification& each : Notifications(session).list(user.name, true, 0, 10 * kShown))
      if (each.id > mailed->until &&
          std::find(user.mails.begin(), user.mails.end(), to_string(each.kind)) != user.mails.end())
        notices.push_back(std::move(each));
    std::reverse(notices.begin(), notices.end());
    count = notices.size();
    for (std::size_t i = 0; i < std::min<std::size_t>(count, kShown); ++i) {
      const Insight insight = Insights(session).find(notices[i].insight);
      text += "• " +
              sentence_of(user.language, notices[i], Clients(session).find(insight.client).name, title_of(insight)) +
              link(insight.id) + "\n";
    }
  });
  if (!mailed) {  // what was there before is no news
    ledger_.write([&](Session& session) { Mailings(session).set(user.name, {last, {}, 0}); });
    return false;
  }
  if (notices.empty() || clock_.now() - notices.front().at < settings_.gathered ||
      clock_.now() - mailed->at < settings_.between())
    return false;
  if (count > kShown) text += sentence(user.language, "and_more", {std::to_string(count - kShown)}) + "\n";
  text += "\n" + sentence(user.language, "mail_footer") + "\n";
  Mail mail;
  mail.id = fmt::format("notices-{}-{}", user.name, last);
  mail.subject = sentence(user.language, "mail_subject", {std::to_string(count)});
  mail.text = std::move(text);
  return send_once(user, std::move(mail), [&](Session& session) {
    Mailings(session).set(user.name, {last, clock_.now(), mailed->week});
  });
}

bool Mailer::mail_digest(const User& user) {
  // 1970 began on a Thursday: three days on, weeks of the count begin on Mondays.
  const Day today = WorkingTime(user.working).day_of(clock_.now());
  const std::int64_t week = (today.time_since_epoch().count() + 3) / 7;
  std::optional<Mailed> mailed;
  std::string text;
  ledger_.read_as({user.name, user.role}, [&](Session& session) {
    mailed = Mailings(session).of(user.name);
    if (!mailed || mailed->week == week) return;
    const auto add = [&](const char* heading, const std::vector<std::string>& lines) {
      if (lines.empty()) return;
      text += sentence(user.language, heading) + "\n";
      for (const std::string& line : lines) text += "• " + line + "\n";
      text += "\n";
    };
    std::vector<std::string> to_do, held;
    for (const auto& [what, name] : Names<FollowUp::What>::all)
      for (const FollowUp& each : FollowUps(session).of(what, user.name, kShown))
        to_do.push_back(sentence_of(user.language, each, clock_.now()) + link(each.insight));
    WorkFilter filter;
    filter.holder = user.name;
    filter.states = {WorkState::claimed};
    const Actor actor{user.name, user.role};
    const json works = QueueDesk(session, actor).list(filter);
    for (const json& work : works["items"]) {
      const InsightId insight = work["insight"];
      held.push_back(work["about"]["client"]["name"].get<std::string>() + ", " +
                     title_of(Insights(session).find(insight)) + " (" +
                     sentence(user.language, "deadline", {work["deadline"]["at"].get<std::string>().substr(0, 10)}) +
                     ")" + link(insight));
    }
    add("digest_to_do", to_do);
    add("digest_held", held);
    if (const auto unseen = Notifications(session).unseen(user.name))
      text += sentence(user.language, "digest_unseen", {std::to_string(unseen)}) + "\n\n";
    if (text.empty()) text = sentence(user.language, "digest_nothing") + "\n\n";
    text += sentence(user.language, "mail_footer") + "\n";
  });
  if (!mailed) {
    ledger_.write([&](Session& session) { Mailings(session).set(user.name, {}); });
    return mail_digest(user);
  }
  if (text.empty()) return false;
  Mail mail;
  mail.id = fmt::format("week-{}-{}", user.name, week);
  mail.subject = sentence(user.language, "digest_subject");
  mail.text = std::move(text);
  return send_once(user, std::move(mail), [&](Session& session) {
    Mailings(session).set(user.name, {mailed->until, mailed->at, week});
  });
}

int Mailer::step() {
  int sent = 0;
  for (const User& user : ledger_.read([](Session& session) { return People(session).list(); })) {
    if (!is_present(user, to_day(clock_.now())) || user.email.empty() || (user.mails.empty() && !user.digest)) continue;
    if (!WorkingTime(user.working).is_working(clock_.now())) continue;
    if (!user.mails.empty()) sent += mail_notices(user);
    if (user.digest) sent += mail_digest(user);
  }
  return sent;
}

void Mailer::run(const Stop& stop) {
  constexpr Millis kLook{5'000};
  while (!stop.wished()) {
    try {
      step();
    } catch (const std::exception& error) {
      spdlog::error("mail event=waits error={}", log_value(error.what()));
    }
    stop.wait_for(kLook);
  }
}

}  // namespace tidings
