// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/accounts/outlook.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>
#include <unordered_set>

#include "indexer/base/text.h"
#include "indexer/index/analyser.h"
#include "indexer/index/language.h"

namespace tidings {
namespace {

constexpr std::size_t kCandidates = 600;  // terms that themes are made of, at most as many themes
constexpr std::size_t kRising = 100;
constexpr int kFewestBefore = 20;   // foresights said before; fewer say nothing
constexpr double kLikely = 3.84;    // G² at which chance has one in twenty
constexpr double kTooCommon = 0.1;  // of the foresights hold it: it says nothing of one change
constexpr double kOverlap = 0.5, kLift = 3;
constexpr int kMostQuarters = 12;

// Words that carry no subject, in the languages that notes are written in most; folded.
const std::unordered_set<std::string_view>& empty_words() {
  static const std::unordered_set<std::string_view> all = {
      "a",       "about",    "above",      "after",   "again",    "all",      "also",     "am",        "an",
      "and",     "any",      "are",        "as",      "at",       "be",       "been",     "before",    "being",
      "below",   "both",     "but",        "by",      "can",      "could",    "did",      "do",        "does",
      "doing",   "down",     "during",     "each",    "even",     "few",      "for",      "from",      "get",
      "go",      "going",    "got",        "had",     "has",      "have",     "he",       "her",       "here",
      "him",     "his",      "how",        "i",       "if",       "in",       "into",     "is",        "it",
      "its",     "just",     "know",       "less",    "like",     "make",     "many",     "may",       "me",
      "might",   "more",     "most",       "much",    "must",     "my",       "need",     "no",        "nor",
      "not",     "now",      "of",         "off",     "on",       "once",     "one",      "only",      "or",
      "other",   "our",      "out",        "over",    "own",      "per",      "same",     "say",       "says",
      "see",     "shall",    "she",        "should",  "so",       "some",     "still",    "such",      "take",
      "than",    "that",     "the",        "their",   "them",     "then",     "there",    "these",     "they",
      "think",   "this",     "those",      "through", "to",       "too",      "two",      "under",     "up",
      "us",      "very",     "want",       "was",     "we",       "well",     "were",     "what",      "when",
      "where",   "which",    "while",      "who",     "why",      "will",     "with",     "within",    "without",
      "would",   "you",      "your",       "expect",  "expects",  "expected", "believe",  "plan",      "plans",
      "next",    "year",     "years",      "month",   "months",   "quarter",  "first",    "second",    "third",
      "fourth",  "soon",     "new",        "client",  "customer", "а",        "без",      "более",     "будет",
      "будут",   "был",      "была",       "были",    "было",     "быть",     "в",        "вам",       "вас",
      "весь",    "во",       "вот",        "все",     "всего",    "вы",       "где",      "да",        "для",
      "до",      "его",      "ее",         "если",    "есть",     "еще",      "же",       "за",        "и",
      "из",      "или",      "им",         "их",      "к",        "как",      "ко",       "когда",     "которые",
      "который", "ли",       "либо",       "мы",      "на",       "над",      "нам",      "нас",       "не",
      "него",    "нет",      "ни",         "но",      "новый",    "ну",       "о",        "об",        "один",
      "он",      "она",      "они",        "оно",     "от",       "очень",    "по",       "под",       "после",
      "при",     "про",      "с",          "со",      "свой",     "себя",     "так",      "такой",     "там",
      "то",      "того",     "тоже",       "только",  "у",        "уже",      "хотят",    "хочет",     "чем",
      "что",     "чтобы",    "это",        "этот",    "эта",      "эти",      "я",        "год",       "года",
      "году",    "лет",      "месяц",      "месяца",  "квартал",  "ожидают",  "ожидает",  "планируют", "планирует",
      "клиент",  "говорит",  "говорят",    "ask",     "asks",     "asked",    "foresee",  "foresees",  "heard",
      "hears",   "said",     "thinks",     "thought", "wants",    "wanted",   "believes", "told",      "tells",
      "knows",   "hopes",    "fears",      "waits",   "needs",    "sees",     "goes",     "come",      "comes",
      "coming",  "every",    "everything", "nobody",  "until",    "since",    "because",  "half",      "three",
      "four",    "five",     "spring",     "summer",  "autumn",   "winter",   "january",  "march",     "april",
      "june",    "july",     "already",    "another", "back",     "best",     "better",   "whole",     "part",
      "used",    "takes",    "makes",      "gets",    "ждет",     "ждут",     "просит",   "просят",    "спрашивает",
      "спросил", "считает",  "думает",     "слышал",  "слышала",  "сказал",   "сказала",  "уверен",    "боится",
      "нужно",   "нужны",    "надо",       "можно",   "нельзя",   "через",    "кто",      "никто",     "сам",
      "сама",    "два",      "три",        "весной",  "летом",    "осенью",   "зимой",    "январе",    "марте",
      "апреле",  "скоро",    "теперь",     "других",  "новые",    "новых",    "какие",    "тогда",     "вместо",
      "каждый",  "каждая",   "каждое",     "каждую",  "каждые",   "первый",   "первая",   "второй",    "вторая",
      "третий",  "должен",   "должна",     "должно",  "должны",   "старый",   "старые",   "старых",    "instead",
      "replace", "replaces", "replaced",   "stop",    "stops",    "old"};
  return all;
}

bool is_subject(const Token& token) {
  const bool letters =
      std::any_of(token.word.begin(), token.word.end(), [](char c) { return !(c >= '0' && c <= '9'); });
  return letters && token.word.size() >= 3 && !empty_words().contains(token.word);
}

// Calls `take(key, spelling)` for each term of a text, in its order.
template <class Take>
void each_term(const std::string& text, Take&& take) {
  const std::string language = detect_language(text);
  std::string before, before_spelled;
  unsigned at = 0;
  for (const Token& token : tokenise(text)) {
    if (token.whole || !is_subject(token)) continue;
    const std::string stemmed = stem(token.word, language);
    take(stemmed, token.word);
    if (!before.empty() && token.position == at + 1) take(before + " " + stemmed, before_spelled + " " + token.word);
    before = stemmed;
    before_spelled = token.word;
    at = token.position;
  }
}

std::vector<TermId> sorted(std::vector<TermId> ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  ids.shrink_to_fit();  // there are as many of these as notes
  return ids;
}

bool asked_about(const Foresight& foresight, const OutlookQuestion& question) {
  if (!question.industry.empty() && fold(foresight.industry) != fold(question.industry)) return false;
  if (question.said) return foresight.said_on >= question.from && foresight.said_on <= question.to;
  return foresight.from && *foresight.from <= question.to && *foresight.to >= question.from;
}

// The place of a foresight among those asked about; places ascend.
using Place = std::uint32_t;
using Places = std::vector<Place>;

class Gatherer {
 public:
  Gatherer(const std::deque<Foresight>& all, const Terms& terms, const Witnesses& witnesses,
           const OutlookQuestion& question)
      : all_(all), terms_(terms), witnesses_(witnesses), question_(question) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      const Foresight& each = all[i];
      if (!witnesses.contains(each.client)) continue;
      if (question.reach && !question.reach->reaches(each.insight, each.client)) continue;
      if (asked_about(each, question)) asked_.push_back(i);
      // What was said before the time asked about; of its foreseen windows there is no before.
      else if (question.said && each.said_on < question.from)
        before_.push_back(i);
    }
    std::map<std::string_view, std::size_t> numbers;
    for (std::size_t i : asked_)
      witness_of_.push_back(numbers.emplace(witnesses.at(all[i].client).name, numbers.size()).first->second);
    marks_.assign(numbers.size(), 0);
  }

  Outlook gather(const std::vector<GatheredTheme>& gathered) {
    Outlook outlook;
    outlook.foresights = static_cast<int>(asked_.size());
    outlook.before = static_cast<int>(before_.size());
    count();
    std::vector<bool> taken(asked_.size());
    for (const GatheredTheme& each : gathered) {
      Places notes;
      for (Place k = 0; k < asked_.size(); ++k)
        if (std::any_of(each.terms.begin(), each.terms.end(), [&](TermId term) { return has(asked_[k], term); }))
          notes.push_back(k), taken[k] = true;
      if (notes.empty()) continue;
      Theme theme = describe(notes, each.terms);
      theme.gathered = each.id;
      theme.title = each.title;
      outlook.themes.push_back(std::move(theme));
    }
    find(outlook, taken);
    Places alone;
    for (Place k = 0; k < asked_.size(); ++k)
      if (!taken[k]) alone.push_back(k);
    outlook.alone = latest_first(alone);
    return outlook;
  }

 private:
  struct Candidate {
    TermId term;
    double score;
    Places notes;
  };

  bool has(std::size_t note, TermId term) const {
    return std::binary_search(all_[note].terms.begin(), all_[note].terms.end(), term);
  }

  void count() {
    now_.assign(terms_.size(), 0);
    then_.assign(terms_.size(), 0);
    for (std::size_t i : asked_)
      for (TermId term : all_[i].terms) ++now_[term];
    for (std::size_t i : before_)
      for (TermId term : all_[i].terms) ++then_[term];
  }

  // Independent witnesses, counted by a mark that each gets once.
  int witnesses_of(const Places& notes) {
    ++mark_;
    int count = 0;
    for (Place k : notes) {
      int& mark = marks_[witness_of_[k]];
      count += mark != mark_;
      mark = mark_;
    }
    return count;
  }

  // ln(all / those with the term): what many speak of anyway says little.
  double specificity(std::uint32_t notes) const {
    return std::log((static_cast<double>(asked_.size()) + 1) / std::max<std::uint32_t>(notes, 1));
  }

  void find(Outlook& outlook, std::vector<bool>& taken) {
    const double n = static_cast<double>(asked_.size()), m = static_cast<double>(before_.size());
    const bool compares = before_.size() >= kFewestBefore;
    // The most promising by counts alone, before anybody's notes are gone through.
    std::vector<Candidate> candidates;
    for (TermId term = 0; term < now_.size(); ++term) {
      if (now_[term] < 2 || (n >= 100 && now_[term] > kTooCommon * n)) continue;
      const double surprise = compares ? log_likelihood(now_[term], n, then_[term], m) : now_[term];
      if (!compares || surprise > kLikely / 2) candidates.push_back({term, surprise * specificity(now_[term]), {}});
    }
    const auto better = [](const Candidate& a, const Candidate& b) {
      return a.score != b.score ? a.score > b.score : a.term < b.term;
    };
    if (candidates.size() > 4 * kCandidates) {
      std::nth_element(candidates.begin(), candidates.begin() + 4 * kCandidates, candidates.end(), better);
      candidates.resize(4 * kCandidates);
    }
    std::unordered_map<TermId, std::size_t> places;
    for (std::size_t c = 0; c < candidates.size(); ++c) {
      places[candidates[c].term] = c;
      candidates[c].notes.reserve(now_[candidates[c].term]);
    }
    for (Place k = 0; k < asked_.size(); ++k)
      for (TermId term : all_[asked_[k]].terms)
        if (const auto place = places.find(term); place != places.end()) candidates[place->second].notes.push_back(k);
    for (Candidate& each : candidates) {
      const int witnesses = witnesses_of(each.notes);
      const double g2 = log_likelihood(now_[each.term], n, then_[each.term], m);
      if (compares && witnesses >= 2 && g2 >= kLikely)
        outlook.rising.push_back(
            {each.term, static_cast<int>(now_[each.term]), static_cast<int>(then_[each.term]), witnesses, g2});
      if (!compares) each.score = witnesses * specificity(now_[each.term]);
      if (witnesses < 2) each.score = 0;
    }
    std::erase_if(candidates, [](const Candidate& each) { return each.score <= 0; });
    std::sort(candidates.begin(), candidates.end(), better);
    if (candidates.size() > kCandidates) candidates.resize(kCandidates);
    const auto by_score = [](const auto& a, const auto& b) { return a.score > b.score; };
    std::stable_sort(outlook.rising.begin(), outlook.rising.end(), by_score);
    if (outlook.rising.size() > kRising) outlook.rising.resize(kRising);
    make_themes(outlook, candidates, taken);
  }

  void make_themes(Outlook& outlook, std::vector<Candidate>& candidates, std::vector<bool>& taken) {
    struct Seed {
      std::vector<TermId> terms;
      Places notes;  // of the first term, without what people have gathered
      Places all;    // of all its terms
      double score;
    };
    std::vector<Seed> seeds;
    const double n = static_cast<double>(asked_.size());
    std::vector<std::vector<std::uint16_t>> seeds_of(asked_.size());  // the seeds whose first term a note holds
    for (Candidate& each : candidates) {
      std::erase_if(each.notes, [&](Place k) { return taken[k]; });
      if (witnesses_of(each.notes) < 2) continue;
      std::unordered_map<std::size_t, double> shared;
      for (Place k : each.notes)
        for (std::size_t seed : seeds_of[k]) ++shared[seed];
      const double mine = static_cast<double>(each.notes.size());
      std::size_t best = seeds.size();
      double most = 0;
      for (const auto& [place, both] : shared) {
        const double theirs = static_cast<double>(seeds[place].notes.size());
        const double overlap = both / std::min(mine, theirs);
        // With few notes chance explains little, and everything is shared or nothing is.
        const bool more_than_chance = n < 50 || both * n / (mine * theirs) >= kLift;
        if (overlap >= kOverlap && more_than_chance && (overlap > most || (overlap == most && place < best)))
          best = place, most = overlap;
      }
      if (best == seeds.size()) {
        for (Place k : each.notes) seeds_of[k].push_back(static_cast<std::uint16_t>(seeds.size()));
        seeds.push_back({{each.term}, each.notes, std::move(each.notes), each.score});
      } else {
        Seed& seed = seeds[best];
        seed.terms.push_back(each.term);
        Places all;
        std::set_union(seed.all.begin(), seed.all.end(), each.notes.begin(), each.notes.end(), std::back_inserter(all));
        seed.all = std::move(all);
      }
    }
    for (const Seed& seed : seeds) {
      for (Place k : seed.all) taken[k] = true;
      if (static_cast<int>(outlook.themes.size()) >= question_.limit) continue;
      Theme theme = describe(seed.all, seed.terms);
      theme.score = seed.score;
      theme.title = title_of(seed.terms);
      outlook.themes.push_back(std::move(theme));
    }
  }

  // Of the first terms the one that most notes hold; a pair of words, which says more, if at least half as many do.
  std::string title_of(const std::vector<TermId>& terms) const {
    constexpr std::size_t kFirst = 5;
    const auto is_pair = [&](TermId term) { return terms_.spelling(term).find(' ') != std::string::npos; };
    TermId most = terms.front();
    std::optional<TermId> pair;
    for (std::size_t i = 0; i < std::min(kFirst, terms.size()); ++i) {
      if (now_[terms[i]] > now_[most]) most = terms[i];
      if (is_pair(terms[i]) && (!pair || now_[terms[i]] > now_[*pair])) pair = terms[i];
    }
    return terms_.spelling(pair && 2 * now_[*pair] >= now_[most] ? *pair : most);
  }

  std::vector<InsightId> latest_first(const Places& notes) const {
    std::vector<const Foresight*> foresights;
    for (Place k : notes) foresights.push_back(&all_[asked_[k]]);
    std::sort(foresights.begin(), foresights.end(), [](const Foresight* a, const Foresight* b) {
      return a->said_on != b->said_on ? a->said_on > b->said_on : a->insight > b->insight;
    });
    std::vector<InsightId> ids;
    for (const Foresight* each : foresights) ids.push_back(each->insight);
    return ids;
  }

  Theme describe(const Places& notes, const std::vector<TermId>& terms) const {
    Theme theme;
    theme.terms = terms;
    theme.insights = latest_first(notes);
    std::map<std::string_view, double> believed;
    std::map<ClientId, double> revenue;
    double likelihood = 0;
    int likely = 0;
    double early = 0, late = 0;
    std::vector<std::pair<Day, std::string_view>> spoke;
    for (Place k : notes) {
      const Foresight& each = all_[asked_[k]];
      const Witness& witness = witnesses_.at(each.client);
      auto [place, fresh] = believed.emplace(witness.name, witness.belief);
      if (!fresh) place->second = std::max(place->second, witness.belief);
      revenue[each.client] = witness.revenue_share;
      spoke.emplace_back(each.said_on, witness.name);
      if (each.likelihood) likelihood += *each.likelihood, ++likely;
      ++theme.heard[quarter_of(each.said_on)];
      if (each.from) {
        Day day = *each.from;
        for (int i = 0; i < kMostQuarters && day <= *each.to; ++i) {
          const Quarter quarter = quarter_of(day);
          ++theme.foreseen[quarter];
          using namespace std::chrono;
          const auto next = year(quarter.year) / month(static_cast<unsigned>(quarter.quarter * 3 - 2)) / 1 + months(3);
          day = sys_days(next);
        }
      }
      ++theme.industries[std::string(each.industry)];
      if (!each.queue.empty()) ++theme.queues[std::string(each.queue)];
      theme.answered += each.answered;
      (each.said_on > middle_said() ? late : early) += 1;
    }
    std::sort(spoke.begin(), spoke.end());
    theme.first_said = spoke.front().first;
    theme.last_said = spoke.back().first;
    std::set<std::string_view> named;
    for (const auto& [day, name] : spoke)
      if (named.insert(name).second) theme.named.emplace_back(name);
    // Who spoke of it first, though not in the time asked about.
    if (!terms.empty())
      for (std::size_t i : before_)
        if (has(i, terms.front())) theme.first_said = std::min(theme.first_said, all_[i].said_on);
    theme.witnesses = static_cast<int>(believed.size());
    for (const auto& [name, belief] : believed) theme.strength += belief;
    for (const auto& [client, share] : revenue) theme.revenue_share += share;
    if (likely > 0) theme.likelihood = likelihood / likely;
    const double g2 = log_likelihood(late, late_, early, early_);
    theme.trend = g2 >= kLikely ? Trend::rising : g2 <= -kLikely ? Trend::fading : Trend::steady;
    return theme;
  }

  // The day that parts the foresights asked about into an earlier and a later half of the time in which they were said.
  Day middle_said() const {
    if (!middle_) {
      Day first = Day::max(), last = Day::min();
      for (std::size_t i : asked_) first = std::min(first, all_[i].said_on), last = std::max(last, all_[i].said_on);
      middle_ = asked_.empty() ? Day{} : first + (last - first) / 2;
      for (std::size_t i : asked_) (all_[i].said_on > *middle_ ? late_ : early_) += 1;
    }
    return *middle_;
  }

  const std::deque<Foresight>& all_;
  const Terms& terms_;
  const Witnesses& witnesses_;
  const OutlookQuestion& question_;
  std::vector<std::size_t> asked_, before_;
  std::vector<std::size_t> witness_of_;  // of each of asked_, by number
  std::vector<int> marks_;               // of each witness
  int mark_ = 0;
  std::vector<std::uint32_t> now_, then_;  // notes with each term
  mutable std::optional<Day> middle_;
  mutable double early_ = 0, late_ = 0;
};

}  // namespace

std::vector<TermId> Terms::of(const std::string& text) {
  std::vector<TermId> found;
  each_term(text, [&](const std::string& key, const std::string& spelling) {
    const auto [place, fresh] = ids_.emplace(key, static_cast<TermId>(spellings_.size()));
    if (fresh) spellings_.push_back({spelling, 0});
    Spelling& known = spellings_[place->second];
    if (known.words == spelling)
      ++known.votes;
    else if (--known.votes < 0)
      known = {spelling, 1};
    found.push_back(place->second);
  });
  return sorted(std::move(found));
}

std::optional<TermId> Terms::find(const std::string& words) const {
  std::string longest;
  each_term(words, [&](const std::string& key, const std::string&) {
    if (key.size() > longest.size()) longest = key;
  });
  const auto place = ids_.find(longest);
  return place == ids_.end() ? std::nullopt : std::optional(place->second);
}

Quarter quarter_of(Day day) {
  const std::chrono::year_month_day date(day);
  return {static_cast<int>(date.year()), static_cast<int>((static_cast<unsigned>(date.month()) - 1) / 3 + 1)};
}

std::string to_string(const Quarter& quarter) { return fmt::format("{}-Q{}", quarter.year, quarter.quarter); }

double log_likelihood(double a, double n, double b, double m) {
  if (n <= 0 || m <= 0) return 0;
  const double rate = (a + b) / (n + m);
  const auto part = [&](double seen, double of) { return seen > 0 ? seen * std::log(seen / (of * rate)) : 0; };
  const double g2 = 2 * (part(a, n) + part(b, m));
  return a / n >= b / m ? g2 : -g2;
}

Outlook outlook_of(const std::deque<Foresight>& all, const Terms& terms, const Witnesses& witnesses,
                   const std::vector<GatheredTheme>& gathered, const OutlookQuestion& question) {
  return Gatherer(all, terms, witnesses, question).gather(gathered);
}

}  // namespace tidings
