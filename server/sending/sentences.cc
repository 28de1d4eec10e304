// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/sending/sentences.h"

#include <map>

#include "indexer/base/refusal.h"
#include "indexer/base/text.h"

namespace tidings {
namespace {

struct Sentence {
  std::string_view english, russian;
};

const std::map<std::string_view, Sentence>& sentences() {
  static const std::map<std::string_view, Sentence> all = {
      {"found", {"Your saved search “{}” found something", "Сохранённый поиск «{}» нашёл новое"}},
      {"solvable", {"A new answer may solve it", "Новый ответ может подойти"}},
      {"routed", {"Rule “{}” put it into a queue", "Правило «{}» направило в очередь"}},
      {"assigned", {"It was given to you", "Поручено вам"}},
      {"lease_ending", {"Your time for it is about to end", "Ваше время на это скоро истечёт"}},
      {"lease_ended",
       {"Your time for it has ended; it is back in its queue", "Ваше время истекло, работа снова в очереди"}},
      {"escalated", {"It needs attention", "Требует внимания"}},
      {"asked", {"The technician asks the client: {}", "Технический специалист спрашивает клиента: {}"}},
      {"replied", {"The client says: {}", "Клиент говорит: {}"}},
      {"answered", {"There is an answer to tell", "Есть ответ, расскажите клиенту"}},
      {"declined", {"It was declined: {}", "Отклонено: {}"}},
      {"unsolved", {"The client says it is not solved: {}", "Клиент говорит, что не решено: {}"}},
      {"ask_again",
       {"They were told and have shown no reaction; ask again", "Клиент знает ответ, но молчит; спросите ещё раз"}},
      {"outcome", {"What they foresaw should have come about; did it?", "Срок ожидаемого прошёл; сбылось ли?"}},
      {"flagged", {"Somebody doubts your answer: {}", "В вашем ответе сомневаются: {}"}},
      {"mended", {"An answer that the client has heard was put right", "Ответ, который клиент уже слышал, исправлен"}},
      {"departed", {"A contact there has left: {}", "Ушёл знакомый оттуда: {}"}},
      {"left_lying",
       {"A question or an answer was not passed on to the client for long",
        "Вопрос или ответ долго не передают клиенту"}},
      {"queue", {"queue {}", "очередь {}"}},
      {"do_reply", {"Ask {}: {}", "Спросить у {}: {}"}},
      {"do_tell", {"Tell {}: {}", "Рассказать {}: {}"}},
      {"do_ask_again", {"Ask {} again: {}", "Снова спросить {}: {}"}},
      {"do_outcome", {"Ask {} whether it came about: {}", "Узнать у {}, сбылось ли: {}"}},
      {"for_days", {"waiting for days: {}", "ждёт дней: {}"}},
      {"mail_subject", {"Tidings: news for you: {}", "Tidings: новости для вас: {}"}},
      {"mail_footer",
       {"You chose to get these by mail. Change it in your settings in Tidings.",
        "Вы сами выбрали получать это почтой. Изменить можно в настройках Tidings."}},
      {"and_more", {"…and {} more.", "…и ещё {}."}},
      {"digest_subject", {"Tidings: your week", "Tidings: ваша неделя"}},
      {"digest_to_do", {"At your clients:", "У ваших клиентов:"}},
      {"digest_held", {"In your hands:", "У вас в работе:"}},
      {"digest_unseen", {"News you have not seen: {}", "Непросмотренных новостей: {}"}},
      {"digest_nothing",
       {"Nothing waits for you. Ask a client what they foresee.",
        "Ничто вас не ждёт. Спросите клиента, чего он ожидает."}},
      {"deadline", {"answer by {}", "ответить до {}"}},
      {"calendar", {"Tidings", "Tidings"}},
      {"foreseen", {"{} foresees: {}", "{} ожидает: {}"}},
      {"due", {"Answer due: {}: {}", "Срок ответа: {}: {}"}},
  };
  return all;
}

}  // namespace

std::string sentence(const std::string& language, std::string_view name, std::initializer_list<std::string> values) {
  const auto found = sentences().find(name);
  if (found == sentences().end()) throw Refusal(Code::broken, "there is no sentence " + std::string(name));
  const std::string_view pattern = language == "ru" ? found->second.russian : found->second.english;
  std::string text;
  auto value = values.begin();
  for (std::size_t at = 0; at < pattern.size();) {
    if (pattern.substr(at, 2) != "{}") {
      text += pattern[at++];
      continue;
    }
    if (value != values.end()) text += *value++;
    at += 2;
  }
  return text;
}

std::string title_of(const Insight& insight) {
  constexpr std::size_t kShown = 120;
  return std::string(cut(insight.title.empty() ? insight.body : insight.title, kShown));
}

std::string sentence_of(const std::string& language, const Notification& notice, const std::string& client,
                        const std::string& title) {
  const auto said = [&](const char* member) {
    const auto it = notice.detail.find(member);
    return it != notice.detail.end() && it->is_string() ? it->get<std::string>() : std::string();
  };
  std::string text =
      sentence(language, to_string(notice.kind),
               {said(notice.kind == NoticeKind::asked                                        ? "question"
                     : notice.kind == NoticeKind::replied                                    ? "reply"
                     : notice.kind == NoticeKind::found || notice.kind == NoticeKind::routed ? "title"
                                                                                             : "reason")});
  text += ": " + client;
  if (!title.empty()) text += ", " + title;
  if (const std::string queue = said("queue"); !queue.empty())
    text += " (" + sentence(language, "queue", {queue}) + ")";
  return text;
}

std::string sentence_of(const std::string& language, const FollowUp& follow_up, Time now) {
  const std::string name = "do_" + std::string(to_string(follow_up.what));
  const auto days = std::chrono::duration_cast<std::chrono::days>(now - follow_up.since).count();
  std::string text = sentence(language, name, {follow_up.client, follow_up.title});
  if (days > 0) text += " (" + sentence(language, "for_days", {std::to_string(days)}) + ")";
  return text;
}

}  // namespace tidings
