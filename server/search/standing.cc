// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/search/standing.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "indexer/base/refusal.h"
#include "indexer/base/text.h"
#include "indexer/index/fields.h"
#include "indexer/index/insight_document.h"
#include "indexer/index/language.h"

namespace tidings {
namespace {

using Type = Plan::Type;

constexpr std::size_t kMostTerms = 200;        // of one standing query
constexpr std::size_t kShortestBeginning = 3;  // letters before a *

std::string fact_key(Fact fact, std::string_view folded) {
  return fmt::format("\x01{}={}", static_cast<int>(fact), folded);
}

struct Anchors {
  std::vector<std::string> keys;
  std::vector<std::string> beginnings;
  std::size_t count() const { return keys.size() + beginnings.size(); }
};

// The fewest terms of which a note must have one to match; nothing if there are none such.
std::optional<Anchors> anchors_of(const Plan& plan) {
  const auto best_of = [](const std::vector<Plan>& parts) {
    std::optional<Anchors> best;
    for (const Plan& part : parts) {
      auto anchors = anchors_of(part);
      if (!anchors) continue;
      // Fewer are better; of as many, longer words are rarer, and facts are common.
      const auto worth = [](const Anchors& of) {
        const bool facts = !of.keys.empty() && of.keys.front().front() == '\x01';
        const std::size_t length = of.keys.empty() ? 0 : of.keys.front().size();
        return std::tuple(facts, of.count(), std::size_t{1000} - std::min<std::size_t>(length, 1000));
      };
      if (!best || worth(*anchors) < worth(*best)) best = std::move(anchors);
    }
    return best;
  };
  switch (plan.type) {
    case Type::term: return Anchors{{plan.term}, {}};
    case Type::fact: return Anchors{{fact_key(plan.fact, plan.term)}, {}};
    case Type::beginning:
      if (is_prefixed(plan.term)) return std::nullopt;
      return Anchors{{}, {plan.term}};
    case Type::phrase:
    case Type::all:
    case Type::filter: return best_of(plan.parts);
    case Type::without:
    case Type::maybe: return anchors_of(plan.parts.front());
    case Type::any: {
      Anchors all;
      for (const Plan& part : plan.parts) {
        const auto anchors = anchors_of(part);
        if (!anchors) return std::nullopt;
        all.keys.insert(all.keys.end(), anchors->keys.begin(), anchors->keys.end());
        all.beginnings.insert(all.beginnings.end(), anchors->beginnings.begin(), anchors->beginnings.end());
      }
      return all;
    }
    default: return std::nullopt;
  }
}

std::size_t terms_in(const Plan& plan) {
  std::size_t count = plan.parts.empty() ? 1 : 0;
  for (const Plan& part : plan.parts) count += terms_in(part);
  return count;
}

bool has_short_beginning(const Plan& plan) {
  if (plan.type == Type::beginning) {
    const auto letters = std::count_if(plan.term.begin(), plan.term.end(), [](char c) {
      return (static_cast<unsigned char>(c) & 0xC0) != 0x80 && !(c >= 'A' && c <= 'Z');
    });
    return letters < static_cast<std::ptrdiff_t>(kShortestBeginning);
  }
  return std::any_of(plan.parts.begin(), plan.parts.end(), has_short_beginning);
}

bool only_bans(const QueryNode& root) {
  return root.type == QueryNode::Type::beside &&
         std::all_of(root.children.begin(), root.children.end(),
                     [](const QueryNode& part) { return part.type == QueryNode::Type::without; });
}

}  // namespace

NoteView::NoteView(const WholeInsight& whole) {
  WordCounts words;
  const Xapian::Document document = to_document(whole, &words);
  facts_ = unpack(document.get_value(kFactsSlot));
  for (auto it = document.termlist_begin(); it != document.termlist_end(); ++it) {
    terms_.emplace(*it, std::vector<Xapian::termpos>(it.positionlist_begin(), it.positionlist_end()));
    keys_.push_back(*it);
  }
  for (std::size_t fact = 0; fact < kFactCount; ++fact)
    if (!facts_.names[fact].empty()) keys_.push_back(fact_key(static_cast<Fact>(fact), fold(facts_.names[fact])));
  for (const auto& [word, count] : words) words_.push_back(word);
  std::sort(words_.begin(), words_.end());
}

bool NoteView::has_beginning(const std::string& beginning) const {
  if (is_prefixed(beginning))
    return std::any_of(terms_.begin(), terms_.end(),
                       [&](const auto& term) { return term.first.starts_with(beginning); });
  const auto it = std::lower_bound(words_.begin(), words_.end(), beginning);
  return it != words_.end() && it->starts_with(beginning);
}

bool NoteView::has_phrase(const Plan& plan) const {
  std::vector<std::set<Xapian::termpos>> places;
  for (const Plan& part : plan.parts) {
    std::set<Xapian::termpos> positions;
    const auto add = [&](const Plan& term) {
      const auto found = terms_.find(term.term);
      if (term.type == Type::term && found != terms_.end())
        positions.insert(found->second.begin(), found->second.end());
    };
    add(part);
    for (const Plan& way : part.parts) add(way);
    if (positions.empty()) return false;
    places.push_back(std::move(positions));
  }
  return std::any_of(places.front().begin(), places.front().end(), [&](Xapian::termpos first) {
    for (std::size_t i = 1; i < places.size(); ++i)
      if (!places[i].contains(first + static_cast<Xapian::termpos>(i))) return false;
    return true;
  });
}

bool NoteView::matches(const Plan& plan) const {
  const auto matching = [&](const Plan& part) { return matches(part); };
  switch (plan.type) {
    case Type::nothing: return false;
    case Type::everything: return true;
    case Type::term: return terms_.contains(plan.term);
    case Type::beginning: return has_beginning(plan.term);
    case Type::phrase: return has_phrase(plan);
    case Type::fact: return !plan.term.empty() && fold(facts_[plan.fact]) == plan.term;
    case Type::said: {
      const Day day = to_day(facts_.recorded_at);
      return (!plan.from || day >= *plan.from) && (!plan.to || day <= *plan.to);
    }
    case Type::foreseen:
      return facts_.foreseen_from && facts_.foreseen_to && (!plan.from || *facts_.foreseen_to >= *plan.from) &&
             (!plan.to || *facts_.foreseen_from <= *plan.to);
    case Type::all:
    case Type::filter: return std::all_of(plan.parts.begin(), plan.parts.end(), matching);
    case Type::any: return std::any_of(plan.parts.begin(), plan.parts.end(), matching);
    case Type::without: return matches(plan.parts[0]) && !matches(plan.parts[1]);
    case Type::maybe: return matches(plan.parts[0]);
  }
  return false;
}

StandingQueries::StandingQueries(const std::vector<std::string>& queries, const Vocabulary& vocabulary) {
  for (const std::string& query : queries) {
    const auto number = static_cast<std::uint32_t>(plans_.size());
    plans_.push_back(plan_query(parse_query(query).root, stemmed_languages(), vocabulary).plan);
    if (plans_.back().empty()) continue;
    const auto anchors = anchors_of(plans_.back());
    if (!anchors) {
      always_.push_back(number);
      continue;
    }
    for (const std::string& key : anchors->keys) by_key_[key].push_back(number);
    for (const std::string& beginning : anchors->beginnings) by_beginning_[beginning].push_back(number);
  }
}

std::vector<std::size_t> StandingQueries::match(const NoteView& note) const {
  std::vector<std::uint32_t> candidates = always_;
  for (const std::string& key : note.keys())
    if (const auto found = by_key_.find(key); found != by_key_.end())
      candidates.insert(candidates.end(), found->second.begin(), found->second.end());
  if (!by_beginning_.empty())
    for (const std::string& word : note.words())
      for (std::size_t length = 1; length <= word.size(); ++length)
        if (const auto found = by_beginning_.find(word.substr(0, length)); found != by_beginning_.end())
          candidates.insert(candidates.end(), found->second.begin(), found->second.end());
  std::sort(candidates.begin(), candidates.end());
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
  std::vector<std::size_t> matching;
  for (std::uint32_t number : candidates)
    if (note.matches(plans_[number])) matching.push_back(number);
  return matching;
}

std::vector<std::vector<std::size_t>> match_queries(const std::vector<WholeInsight>& insights,
                                                    const std::vector<std::string>& queries,
                                                    const Vocabulary& vocabulary) {
  const StandingQueries standing(queries, vocabulary);
  std::vector<std::vector<std::size_t>> found;
  for (const WholeInsight& insight : insights) found.push_back(standing.match(NoteView(insight)));
  return found;
}

void require_standing_query(const std::string& query) {
  const ParsedQuery parsed = parse_query(query);
  if (!parsed.hints.empty()) throw invalid("/query", parsed.hints.front());
  const Planned planned = plan_query(parsed.root, stemmed_languages(), Vocabulary());
  if (planned.plan.empty() || planned.is_all) throw invalid("/query", "has no word to look for");
  if (only_bans(parsed.root)) throw invalid("/query", "only says what must not be there; add what should");
  if (terms_in(planned.plan) > kMostTerms)
    throw invalid("/query", fmt::format("has more than {} words, too many to be looked for in every note", kMostTerms));
  if (has_short_beginning(planned.plan))
    throw invalid("/query",
                  fmt::format("has fewer than {} letters before a *, which finds too much", kShortestBeginning));
}

}  // namespace tidings
