// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/desk/answers_desk.h"

#include <fmt/format.h>

#include "indexer/ledger/answers.h"
#include "indexer/ledger/insights.h"
#include "indexer/ledger/reach.h"
#include "indexer/model/fields.h"
#include "indexer/model/schema.h"
#include "server/desk/notices.h"
#include "server/desk/queue_desk.h"
#include "server/desk/rights.h"
#include "server/desk/views.h"

namespace tidings {

json AnswersDesk::doubtful(int offset, int limit) const {
  const Day today = to_day(session_.now());
  json items = json::array();
  const auto answers = Answers(session_).doubtful(today, offset, limit + 1);
  for (const Answer& answer : answers)
    if (static_cast<int>(items.size()) < limit) items.push_back(answer_view(answer, today));
  const bool more = static_cast<int>(answers.size()) > limit;
  return {{"items", std::move(items)}, {"cursor", more ? json(std::to_string(offset + limit)) : json()}};
}

json AnswersDesk::show(AnswerId id) const {
  const Day today = to_day(session_.now());
  const Answer answer = Answers(session_).find(id);
  json view = answer_view(answer, today);
  view["same"] = json::array();
  for (const Answer& each : Answers(session_).same(answer))
    if (each.id != id && is_reached(session_, actor_, "answer", each.id))
      view["same"].push_back(answer_view(each, today));
  return view;
}

json AnswersDesk::flag(AnswerId id, const json& body) {
  record_schema("flagging").require(body);
  std::string reason;
  take_text(body, "reason", reason);
  if (reason.empty()) throw invalid("/reason", "is empty");
  require_reached(session_, actor_, "answer", id);
  const Answer answer = Answers(session_).find(id);
  Answers(session_).flag(answer, reason, actor_);
  if (answer.by != actor_.name)
    notify(session_, "user:" + answer.by, NoticeKind::flagged, Works(session_).find(answer.work),
           fmt::format("flagged:{}:{}", id, to_millis(session_.now())),
           {{"by", actor_.name}, {"answer", id}, {"reason", reason}});
  return show(id);
}

json AnswersDesk::review(AnswerId id, const json& body) {
  record_schema("reviewing").require(body);
  require_reached(session_, actor_, "answer", id);
  Answers answers(session_);
  const Answer answer = answers.find(id);
  const Queue queue = Queues(session_).find(Works(session_).find(answer.work).queue);
  require(actor_, Right::work_queues);
  if (!works_queue(actor_, queue))
    throw Refusal(Code::forbidden, fmt::format("you do not work queue {}, where this was answered", queue.name));
  const Day today = to_day(session_.now());
  std::optional<Day> review_on = today + std::chrono::days(queue.review_days);
  if (body.contains("review_on")) take_day(body, "review_on", review_on);
  if (!review_on || *review_on <= today) throw invalid("/review_on", "is not a day to come");
  std::string words = answer.body;
  take_text(body, "body", words);
  if (words.empty()) throw invalid("/body", "is empty");
  const auto before = answers.same(answer);
  answers.mend(answer, words, *review_on, actor_);
  for (const Answer& each : before) {
    if (each.body != answer.body || words == answer.body) continue;
    const WholeInsight whole = Insights(session_).whole(each.insight);
    if (whole.tellings.empty()) continue;
    notify(session_, "user:" + whole.insight.author, NoticeKind::mended, *whole.work,
           fmt::format("mended:{}:{}", each.id, to_millis(session_.now())), {{"by", actor_.name}, {"answer", each.id}});
  }
  return show(id);
}

}  // namespace tidings
