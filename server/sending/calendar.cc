// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/sending/calendar.h"

#include <fmt/format.h>
#include <libical/ical.h>

#include <memory>

#include "indexer/ledger/follow_ups.h"
#include "indexer/ledger/insights.h"
#include "server/desk/queue_desk.h"
#include "server/sending/sentences.h"

namespace tidings {
namespace {

constexpr int kListed = 100;
constexpr std::chrono::days kBack{30};

icaltimetype to_ical(Day day) {
  const std::chrono::year_month_day date(day);
  icaltimetype time = icaltime_null_time();
  time.year = static_cast<int>(date.year());
  time.month = static_cast<int>(static_cast<unsigned>(date.month()));
  time.day = static_cast<int>(static_cast<unsigned>(date.day()));
  time.is_date = 1;
  return time;
}

icaltimetype to_ical(Time time) {
  return icaltime_from_timet_with_zone(to_millis(time) / 1000, 0, icaltimezone_get_utc_timezone());
}

class Calendar {
 public:
  Calendar(const User& user, Time now, std::string ledger_id)
      : now_(now),
        ledger_id_(std::move(ledger_id)),
        calendar_(icalcomponent_vanew(ICAL_VCALENDAR_COMPONENT, icalproperty_new_version("2.0"),
                                      icalproperty_new_prodid("-//Tidings//EN"), static_cast<void*>(nullptr)),
                  icalcomponent_free) {
    icalproperty* name = icalproperty_new_x(sentence(user.language, "calendar").c_str());
    icalproperty_set_x_name(name, "X-WR-CALNAME");
    icalcomponent_add_property(calendar_.get(), name);
  }

  // All day, `to` included; or at a moment, where `from` is one.
  void add(const std::string& uid, const std::string& summary, icaltimetype from, std::optional<Day> to) {
    icalcomponent* event =
        icalcomponent_vanew(ICAL_VEVENT_COMPONENT, icalproperty_new_uid((uid + "@" + ledger_id_).c_str()),
                            icalproperty_new_dtstamp(to_ical(now_)), icalproperty_new_dtstart(from),
                            icalproperty_new_summary(summary.c_str()), icalproperty_new_transp(ICAL_TRANSP_TRANSPARENT),
                            static_cast<void*>(nullptr));
    if (to) icalcomponent_add_property(event, icalproperty_new_dtend(to_ical(*to + std::chrono::days(1))));
    icalcomponent_add_component(calendar_.get(), event);
  }

  std::string text() const {
    char* text = icalcomponent_as_ical_string_r(calendar_.get());
    std::string copy = text;
    icalmemory_free_buffer(text);
    return copy;
  }

 private:
  Time now_;
  std::string ledger_id_;
  std::unique_ptr<icalcomponent, decltype(&icalcomponent_free)> calendar_;
};

}  // namespace

std::string calendar_of(Session& session, const User& user, const std::string& ledger_id) {
  const Time now = session.now();
  const Day today = to_day(now);
  Calendar calendar(user, now, ledger_id);
  const Insights insights(session);
  for (InsightId id : insights.foreseen_by(user.name, today - kBack, kMostForeseen)) {
    const Insight insight = insights.find(id);
    calendar.add(fmt::format("foreseen-{}", id),
                 sentence(user.language, "foreseen", {Clients(session).find(insight.client).name, title_of(insight)}),
                 to_ical(insight.foreseen->from), insight.foreseen->to);
  }
  WorkFilter filter;
  filter.holder = user.name;
  filter.states = {WorkState::claimed};
  filter.limit = kListed;
  const Actor actor{user.name, user.role};
  const json held = QueueDesk(session, actor).list(filter);
  for (const json& work : held["items"])
    calendar.add(fmt::format("work-{}", work["id"].get<WorkId>()),
                 sentence(user.language, "due",
                          {work["about"]["client"]["name"].get<std::string>(),
                           title_of(insights.find(work["insight"].get<InsightId>()))}),
                 to_ical(parse_time(work["deadline"]["at"].get<std::string>()).value()), {});
  for (const auto& [what, name] : Names<FollowUp::What>::all)
    for (const FollowUp& each : FollowUps(session).of(what, user.name, kListed))
      calendar.add(fmt::format("{}-{}", name, each.insight), sentence_of(user.language, each, now), to_ical(today),
                   today);
  return calendar.text();
}

}  // namespace tidings
