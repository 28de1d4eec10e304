// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/desk/views.h"

#include <algorithm>

#include "indexer/base/text.h"

namespace tidings {

namespace {

json answers_view(const std::vector<Answer>& answers, Day today) {
  json views = json::array();
  for (const Answer& answer : answers) views.push_back(answer_view(answer, today));
  return views;
}

}  // namespace

json answer_view(const Answer& answer, Day today) {
  json view = answer;
  view["outdated"] = answer.review_on && *answer.review_on <= today;
  return view;
}

json insight_view(const WholeInsight& whole, Day today) {
  json view = to_json(whole.insight, whole.client);
  view["work"] = whole.work ? json(*whole.work) : json();
  view["answers"] = answers_view(whole.answers, today);
  view["tellings"] = whole.tellings;
  return view;
}

std::string shortened(const std::string& text, std::size_t most) {
  const std::string_view shown = cut(text, most);
  return std::string(shown) + (shown.size() < text.size() ? "…" : "");
}

std::string title_of(const Insight& insight, std::size_t most) {
  return shortened(insight.title.empty() ? insight.body : insight.title, most);
}

json work_view(const WholeInsight& whole, const Deadline& deadline, Time now) {
  constexpr std::size_t kShown = 280;
  json view = whole.work.value();
  const bool open = is_open(whole.work->state);
  const bool is_late = open ? now > deadline.at : !whole.answers.empty() && whole.answers.back().at > deadline.at;
  view["deadline"] = {{"at", to_string(deadline.at)},
                      {"by", deadline.by},
                      {"late", is_late},
                      {"stopped", open && is_asking(*whole.work)}};
  view["about"] = {{"id", whole.insight.id},
                   {"client", {{"id", whole.client.id}, {"name", whole.client.name}}},
                   {"kind", whole.insight.kind},
                   {"title", whole.insight.title},
                   {"excerpt", shortened(whole.insight.body, kShown)},
                   {"author", whole.insight.author},
                   {"recorded_at", to_string(whole.insight.recorded_at)},
                   {"foreseen", whole.insight.foreseen ? to_json(*whole.insight.foreseen) : json()}};
  view["answers"] = answers_view(whole.answers, to_day(now));
  view["tellings"] = whole.tellings;
  return view;
}

json median(std::vector<double>& values) {
  if (values.empty()) return nullptr;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return std::max(0.0, *middle);
}

}  // namespace tidings
