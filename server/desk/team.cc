// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/desk/team.h"

#include <algorithm>
#include <tuple>

#include "indexer/ledger/insights.h"
#include "indexer/ledger/people.h"
#include "indexer/ledger/works.h"
#include "server/desk/notices.h"

namespace tidings {

Team::Team(Session& session, const Queue& queue) : loads_(Works(session).loads()), given_(People(session).given()) {
  const Day today = to_day(session.now());
  const std::vector<std::string> members = members_of(session, "queue:" + queue.name);
  for (User& user : People(session).list()) {
    if (!is_present(user, today) || std::find(members.begin(), members.end(), user.name) == members.end()) continue;
    skills_.insert(user.skills.begin(), user.skills.end());
    people_.emplace(user.name, std::move(user));
  }
}

bool Team::fits(const std::string& name, const std::vector<std::string>& tags) const {
  bool asks = false;
  const auto person = people_.find(name);
  for (const std::string& tag : tags) {
    if (!skills_.contains(tag)) continue;
    asks = true;
    if (person == people_.end()) continue;
    const auto& skills = person->second.skills;
    if (std::find(skills.begin(), skills.end(), tag) != skills.end()) return true;
  }
  return !asks;
}

std::string Team::choose(const Work& work, const std::vector<std::string>& tags) {
  const auto load_of = [&](const std::string& name) {
    const auto load = loads_.find(name);
    return load == loads_.end() ? 0 : load->second;
  };
  using Place = std::tuple<bool, bool, int, Time, std::string>;
  std::optional<Place> first;
  for (const auto& [name, user] : people_) {
    if (user.open_limit && load_of(name) >= *user.open_limit) continue;
    const auto given = given_.find(name);
    const Place place{name == work.last_holder, !fits(name, tags), load_of(name),
                      given == given_.end() ? Time{} : given->second, name};
    if (!first || place < *first) first = place;
  }
  return first ? std::get<std::string>(*first) : "";
}

void Team::give(const std::string& name, Time now) {
  ++loads_[name];
  given_[name] = now;
}

std::optional<Work> next_for(Session& session, const Queue& queue, const std::string& name) {
  const bool skilled = People(session).any_skills();
  const auto works = Works(session).next(queue.name, skilled ? kLooked : 1);
  if (skilled && !works.empty()) {
    const Team team(session, queue);
    const Insights insights(session);
    for (const Work& work : works)
      if (team.fits(name, insights.find(work.insight).tags)) return work;
  }
  return works.empty() ? std::nullopt : std::optional(works.front());
}

}  // namespace tidings
