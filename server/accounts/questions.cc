// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/accounts/questions.h"

#include <unicode/brkiter.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "indexer/base/resource.h"
#include "indexer/base/text.h"
#include "indexer/ledger/settings.h"
#include "indexer/model/fields.h"
#include "indexer/model/schema.h"

namespace tidings {
namespace {

constexpr const char* kSetting = "questions";
constexpr std::size_t kClues = 3;
constexpr std::size_t kLongestSentence = 500;

std::vector<AccountQuestion> read_questions(const json& list) {
  std::vector<AccountQuestion> all;
  for (const json& each : list) {
    AccountQuestion question;
    take_text(each, "name", question.name);
    question.about_contact = each.at("about") == "contact";
    take(each, "weight", question.weight);
    take(each, "half_life_days", question.half_life_days);
    take_text(each, "en", question.en);
    take_text(each, "ru", question.ru);
    take(each, "cues", question.cues);
    for (std::string& cue : question.cues) cue = fold(cue);
    all.push_back(std::move(question));
  }
  return all;
}

// The cues of all questions, looked for at once.
class Cues {
 public:
  explicit Cues(const std::vector<AccountQuestion>& questions) : questions_(questions.size()) {
    for (std::size_t i = 0; i < questions.size(); ++i)
      for (const std::string& cue : questions[i].cues)
        if (!cue.empty()) by_first_[static_cast<unsigned char>(cue[0])].emplace_back(cue, i);
  }

  // Of which questions the folded sentence holds a cue, from the beginning of a word.
  std::vector<bool> held_by(std::string_view sentence) const {
    std::vector<bool> held(questions_);
    for (std::size_t at = 0; at < sentence.size(); ++at)
      if (at == 0 || sentence[at - 1] == ' ')
        for (const auto& [cue, question] : by_first_[static_cast<unsigned char>(sentence[at])])
          if (sentence.substr(at).starts_with(cue)) held[question] = true;
    return held;
  }

 private:
  std::size_t questions_;
  std::array<std::vector<std::pair<std::string_view, std::size_t>>, 256> by_first_;  // byte of a cue
};

// What the records themselves answer, without a note.
void read_records(Gap& gap, const std::vector<Contact>& contacts) {
  const std::string& name = gap.question->name;
  const auto answered = [&](std::optional<Day> said_on, const std::string& sentence) {
    gap.said_on = said_on;
    gap.sentence = sentence;
    gap.state = Gap::State::known;
  };
  for (const Contact& contact : contacts) {
    if (name == "decider" && contact.influence == Influence::decides) return answered({}, contact.name);
    if (gap.contact != contact.id) continue;
    if (name == "plans" && !contact.plans.empty()) return answered(contact.plans_on, contact.plans);
    if (name == "superior" && contact.reports_to)
      for (const Contact& other : contacts)
        if (other.id == *contact.reports_to) return answered({}, other.name);
  }
}

}  // namespace

void to_json(json& out, const AccountQuestion& question) {
  out = {{"name", question.name},     {"about", question.about_contact ? "contact" : "client"},
         {"weight", question.weight}, {"half_life_days", question.half_life_days},
         {"en", question.en},         {"ru", question.ru},
         {"cues", question.cues}};
}

std::vector<AccountQuestion> questions_of(Session& session) {
  if (const auto kept = Settings(session).find(kSetting)) return read_questions(*kept);
  const Resource* file = find_resource(schema_resources(), "vocabulary/questions.json");
  if (!file) throw Refusal(Code::broken, "the list of questions is missing from this build");
  return read_questions(json::parse(file->bytes));
}

void change_questions(Session& session, const json& list, const Actor& by) {
  record_schema("questions").require(list);
  std::set<std::string> names;
  for (std::size_t i = 0; i < list.size(); ++i)
    if (!names.insert(list[i]["name"].get<std::string>()).second)
      throw invalid("/" + std::to_string(i) + "/name", "is there twice");
  Settings(session).set(kSetting, read_questions(list), by);
}

double staleness_of(std::optional<Day> said_on, Day today, int half_life_days) {
  if (!said_on) return 1;
  return 1 - std::exp2(-std::max(0.0, static_cast<double>((today - *said_on).count())) / half_life_days);
}

std::vector<Gap> gaps_of(const std::vector<AccountQuestion>& questions, const std::vector<Contact>& contacts,
                         const std::vector<Finding>& findings, const std::vector<Saying>& sayings, double weight,
                         Day today) {
  // Each note is cut into sentences once, whatever the number of questions.
  struct Cut {
    const Saying* saying;
    std::vector<std::string> sentences, folded;
    std::vector<std::vector<bool>> cues;  // of each sentence, by question
  };
  const Cues cues(questions);
  std::vector<Cut> cuts;
  for (const Saying& saying : sayings) {
    Cut cut{&saying, sentences_of(saying.text), {}, {}};
    for (const std::string& sentence : cut.sentences) {
      cut.folded.push_back(fold(sentence));
      cut.cues.push_back(cues.held_by(cut.folded.back()));
    }
    cuts.push_back(std::move(cut));
  }
  std::vector<Gap> gaps;
  const auto add = [&](std::size_t which, const Contact* contact) {
    const AccountQuestion& question = questions[which];
    const std::string name = contact ? fold(contact->name) : "";
    Gap gap;
    gap.question = &question;
    if (contact) gap.contact = contact->id;
    read_records(gap, contacts);
    std::set<InsightId> judged;
    for (const Finding& finding : findings) {
      if (finding.question != question.name || finding.contact != gap.contact) continue;
      if (finding.insight) judged.insert(*finding.insight);
      if (finding.judgement != Verdict::confirmed || (gap.said_on && *gap.said_on >= finding.said_on)) continue;
      if (gap.state == Gap::State::known && !gap.said_on) continue;  // the record itself says so
      gap.said_on = finding.said_on;
      gap.sentence = finding.sentence;
      gap.insight = finding.insight;
      gap.state = Gap::State::known;
    }
    for (const Cut& cut : cuts) {
      const Saying& saying = *cut.saying;
      const bool told = (question.name == "foresight" && saying.kind == Kind::change) ||
                        (question.name == "trouble" && saying.kind == Kind::problem);
      if (told && (!gap.said_on || saying.said_on > *gap.said_on)) {
        gap.said_on = saying.said_on;
        gap.sentence = cut.sentences.empty() ? "" : cut.sentences.front();
        gap.insight = saying.insight;
        gap.state = Gap::State::known;
      }
      if (gap.clues.size() == kClues || judged.contains(saying.insight)) continue;
      if (gap.said_on && saying.said_on <= *gap.said_on) continue;
      const bool through = contact && saying.contacts == std::vector<ContactId>{contact->id};
      for (std::size_t i = 0; i < cut.folded.size(); ++i) {
        if (!cut.cues[i][which]) continue;
        if (contact && !through && cut.folded[i].find(name) == std::string::npos) continue;
        gap.clues.push_back({saying.insight, std::string(cut.sentences[i]), saying.said_on});
        break;
      }
    }
    const bool dateless = gap.state == Gap::State::known && !gap.said_on;
    gap.staleness = dateless ? 0 : staleness_of(gap.said_on, today, question.half_life_days);
    if (gap.said_on && today - *gap.said_on > std::chrono::days(question.half_life_days)) gap.state = Gap::State::stale;
    gap.value = weight * question.weight * gap.staleness;
    gaps.push_back(std::move(gap));
  };
  for (std::size_t which = 0; which < questions.size(); ++which) {
    if (!questions[which].about_contact)
      add(which, nullptr);
    else
      for (const Contact& contact : contacts)
        if (!contact.left_on || *contact.left_on >= today) add(which, &contact);
  }
  std::stable_sort(gaps.begin(), gaps.end(), [](const Gap& a, const Gap& b) { return a.value > b.value; });
  return gaps;
}

std::string asked_as(const AccountQuestion& question, const std::string& contact, const std::string& language) {
  std::string text = language == "ru" ? question.ru : question.en;
  if (const auto at = text.find("{}"); at != std::string::npos) text.replace(at, 2, contact);
  return text;
}

std::vector<std::string> sentences_of(const std::string& text) {
  UErrorCode status = U_ZERO_ERROR;
  // The rules are the same for the languages we know; making an iterator reads files, using it does not.
  static const std::unique_ptr<icu::BreakIterator> model(
      icu::BreakIterator::createSentenceInstance(icu::Locale::getRoot(), status));
  const std::unique_ptr<icu::BreakIterator> iterator(model->clone());
  const icu::UnicodeString wide = icu::UnicodeString::fromUTF8(text);
  iterator->setText(wide);
  std::vector<std::string> sentences;
  for (int32_t begin = iterator->first(), end = iterator->next(); end != icu::BreakIterator::DONE;
       begin = end, end = iterator->next()) {
    std::string sentence;
    wide.tempSubStringBetween(begin, end).toUTF8String(sentence);
    sentence = std::string(cut(trim(sentence), kLongestSentence));
    if (!sentence.empty()) sentences.push_back(std::move(sentence));
  }
  return sentences;
}

}  // namespace tidings
