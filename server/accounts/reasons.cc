// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/accounts/reasons.h"

#include <fmt/format.h>

#include <cmath>

namespace tidings {
namespace {

constexpr int kFewestNotes = 4;  // fewer say nothing about who they hang on

struct Words {
  const char *why_en, *why_ru, *clears_en, *clears_ru;
};

json reason(const char* what, json figures, const Words& words, const std::string& find, const std::string& language,
            fmt::format_args args) {
  const bool russian = language == "ru";
  figures["what"] = what;
  figures["why"] = fmt::vformat(russian ? words.why_ru : words.why_en, args);
  figures["clears"] = russian ? words.clears_ru : words.clears_en;
  figures["find"] = find;
  return figures;
}

int percent(double share) { return static_cast<int>(std::lround(share * 100)); }

}  // namespace

json reasons_of(const AccountState& state, const Silence& silence, Day today, const Criteria& criteria,
                const std::function<std::string(ContactId)>& name_of, const std::string& language) {
  json reasons = json::array();
  const std::string client = fmt::format("client:\"{}\"", state.client.name);
  const auto add = [&](const char* what, json figures, const Words& words, const std::string& find,
                       const auto&... values) {
    reasons.push_back(reason(what, std::move(figures), words, find, language, fmt::make_format_args(values...)));
  };
  if (silence.step > 0 && silence.last)
    add("silent", {{"days", silence.days}, {"expected", silence.expected}, {"since", to_string_day(*silence.last)}},
        {"Nobody spoke with them for {} days; usual is every {:.0f}.",
         "С ними не говорили дней: {}; обычно раз в {:.0f}.", "A note of a talk with somebody there.",
         "Заметка о разговоре с кем-нибудь оттуда."},
        client, silence.days, silence.expected);
  if (silence.step > 0 && !silence.last)
    add("silent", {{"days", silence.days}, {"expected", silence.expected}, {"since", nullptr}},
        {"No talk with anybody there is on record.", "Ни одного разговора с кем-либо оттуда не записано.",
         "A note of a talk with somebody there.", "Заметка о разговоре с кем-нибудь оттуда."},
        client);
  if (state.last_deal)
    if (const auto after = after_deal(state.contact_days, state.last_deal->signed_on, today, criteria);
        after && after->left_alone) {
      const std::string signed_on = to_string_day(after->signed_on);
      add("left_alone", {{"signed_on", signed_on}, {"before", after->before}, {"after", after->after}},
          {"Since the deal of {} there are {:.1f} days of contact a week, before it there were {:.1f}.",
           "После сделки {} дней общения в неделю {:.1f}, до неё было {:.1f}.", "Talks as often as before the deal.",
           "Общаться так же часто, как до сделки."},
          client +
              fmt::format(" date:{}..", to_string_day(after->signed_on - std::chrono::days(criteria.deal_weeks * 7))),
          signed_on, after->after, after->before);
    }
  if (state.to_tell > 0) {
    const int days = static_cast<int>((today - to_day(*state.oldest_to_tell)).count());
    add("to_tell", {{"count", state.to_tell}, {"days", days}},
        {"Answers that they have not heard: {}.", "Ответов, о которых они не знают: {}.", "Telling them.",
         "Рассказать им."},
        client + " state:answered", state.to_tell);
  }
  if (state.to_ask > 0)
    add("to_ask", {{"count", state.to_ask}},
        {"Questions that nobody has put to them: {}.", "Вопросов, которые им не задали: {}.", "Asking them.",
         "Спросить их."},
        client + " state:claimed", state.to_ask);
  const Dependence& depends = state.dependence;
  if (depends.notes >= kFewestNotes && !depends.contacts.empty()) {
    const Hold<ContactId>& first = depends.contacts.front();
    if (first.share > criteria.sole_share) {
      const std::string name = name_of(first.who);
      add("one_contact",
          {{"contact", {{"id", first.who}, {"name", name}}}, {"share", first.share}, {"notes", first.notes}},
          {"{} % of what we know comes through {}.", "{} % того, что мы знаем, известно через {}.",
           "Talks with others there.", "Поговорить там с другими."},
          client + fmt::format(" contact:\"{}\"", name), percent(first.share), name);
    }
  }
  if (depends.notes >= kFewestNotes && !depends.authors.empty()) {
    const Hold<std::string>& first = depends.authors.front();
    if (first.share > criteria.sole_share)
      add("one_of_us", {{"user", first.who}, {"share", first.share}, {"notes", first.notes}},
          {"{} % of what we know was heard by {}.", "{} % того, что мы знаем, слышал только {}.",
           "A second one of us who speaks with them.", "Ещё кто-то из нас, кто с ними говорит."},
          client + fmt::format(" author:\"{}\"", first.who), percent(first.share), first.who);
  }
  if (state.nameless_notes > 0)
    add("nameless", {{"count", state.nameless_notes}},
        {"Newer notes that name nobody there: {}.", "Более новых заметок, где никто оттуда не назван: {}.",
         "Saying who told it.", "Указать, кто рассказал."},
        client, state.nameless_notes);
  return reasons;
}

}  // namespace tidings
