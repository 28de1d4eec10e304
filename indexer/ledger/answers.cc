// SPDX-License-Identifier: GPL-3.0-or-later
// An answer and its repetitions share flag, review date and words: what is found wrong with one is wrong with all.
#include "indexer/ledger/answers.h"

#include <fmt/format.h>

#include "indexer/ledger/feed.h"
#include "indexer/ledger/sql.h"

namespace tidings {
namespace {

// Answers for which `condition` holds; `uses` are its values in order.
template <class... Uses>
std::vector<Answer> answers_where(soci::session& sql, const std::string& condition, const Uses&... uses) {
  std::vector<Answer> answers;
  Answer answer;
  std::int64_t at = 0;
  Nullable<std::int64_t> repeats, flagged_at;
  Nullable<std::string> review_on;
  for_each_row(sql,
               "select id, work, insight, body, by_name, at, repeats, (select count(*) from answer other where "
               "other.repeats = answer.id) as repeated, review_on, flagged_by, flagged_at, flag from answer where " +
                   condition,
               std::tie(answer.id, answer.work, answer.insight, answer.body, answer.by, at, repeats, answer.repeated,
                        review_on, answer.flagged_by, flagged_at, answer.flag),
               std::tie(uses...), [&] {
                 answer.at = from_millis(at);
                 answer.repeats = repeats.get();
                 answer.review_on = review_on.get() ? parse_day(review_on.value) : std::nullopt;
                 answer.flagged_at = flagged_at.get() ? std::optional(from_millis(flagged_at.value)) : std::nullopt;
                 answers.push_back(answer);
               });
  return answers;
}

// The answer that all others of its kind repeat.
AnswerId first_of(const Answer& answer) { return answer.repeats.value_or(answer.id); }

}  // namespace

void Answers::keep(Answer& answer, int review_days) {
  translated([&] {
    answer.review_on = to_day(answer.at) + std::chrono::days(review_days);
    if (answer.repeats) {
      const Answer repeated = find(*answer.repeats);
      answer.repeats = first_of(repeated);
      answer.review_on = repeated.review_on;
    }
    const std::int64_t at = to_millis(answer.at);
    const Nullable<std::int64_t> repeats(answer.repeats);
    const Nullable<std::string> review_on(answer.review_on ? std::optional(to_string_day(*answer.review_on))
                                                           : std::nullopt);
    session_.sql() << "insert into answer (work, insight, body, by_name, at, repeats, review_on) values (:work, "
                      ":insight, :body, :by, :at, :repeats, :review_on) returning id",
        use(answer.work), use(answer.insight), use(answer.body), use(answer.by), use(at), use(repeats), use(review_on),
        into(answer.id);
  });
}

Answer Answers::find(AnswerId id) const {
  return translated([&] {
    const auto answers = answers_where(session_.sql(), "id = :id", id);
    if (answers.empty()) throw Refusal(Code::not_found, fmt::format("there is no answer {}", id));
    return answers.front();
  });
}

std::vector<Answer> Answers::of(WorkId work) const {
  return translated([&] { return answers_where(session_.sql(), "work = :work order by id", work); });
}

std::vector<Answer> Answers::doubtful(Day today, int offset, int limit) const {
  return translated([&] {
    return answers_where(session_.sql(),
                         fmt::format("repeats is null and (flagged_at is not null or review_on <= :today) order by "
                                     "repeated desc, id limit {} offset {}",
                                     limit, offset),
                         to_string_day(today));
  });
}

std::vector<Answer> Answers::same(const Answer& answer) const {
  return translated([&] {
    const AnswerId first = first_of(answer);
    return answers_where(session_.sql(), "id = :id or repeats = :repeats order by id", first, first);
  });
}

void Answers::flag(const Answer& answer, const std::string& reason, const Actor& by) {
  translated([&] {
    if (answer.flagged_at)
      throw Refusal(Code::conflict, fmt::format("{} has flagged this answer already", answer.flagged_by));
    const std::int64_t at = to_millis(session_.now());
    for (const Answer& each : same(answer)) {
      session_.sql() << "update answer set flagged_by = :by, flagged_at = :at, flag = :flag where id = :id",
          use(by.name), use(at), use(reason), use(each.id);
      Feed(session_).append(by, "answer.flagged", subject("answer", each.id),
                            {{"insight", each.insight}, {"work", each.work}, {"reason", reason}});
    }
  });
}

void Answers::mend(const Answer& answer, const std::string& body, Day review_on, const Actor& by) {
  translated([&] {
    const std::string day = to_string_day(review_on);
    for (const Answer& each : same(answer)) {
      // One that was put in other words for its client keeps them.
      const bool mended = each.body == answer.body && body != answer.body;
      const std::string& words = mended ? body : each.body;
      session_.sql() << "update answer set body = :body, review_on = :day, flagged_by = '', flagged_at = null, flag = "
                        "'' where id = :id",
          use(words), use(day), use(each.id);
      json event = {{"insight", each.insight}, {"work", each.work}, {"review_on", day}};
      if (mended) event.update({{"body", body}, {"before", each.body}});
      Feed(session_).append(by, mended ? "answer.mended" : "answer.reviewed", subject("answer", each.id), event);
    }
  });
}

}  // namespace tidings
