// SPDX-License-Identifier: GPL-3.0-or-later
// Words side by side are wishes: any of them, the best matches first. Phrases, fields and +words beside them are
// demands: they filter, or carry weight of their own with the words as a bonus.
#include "server/search/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "indexer/base/text.h"
#include "indexer/index/analyser.h"
#include "indexer/index/language.h"

namespace tidings {
namespace {

using Type = Plan::Type;

// Beside more words than this, quotation marks are those of prose and demand nothing. Measured (bench-ranking): CACM
// 0.418 without the limit, 0.456 with it.
constexpr std::ptrdiff_t kProse = 7;

// What was not typed but means the same counts less than what was, whatever its rarity.
constexpr double kSynonymWeight = 0.8;

bool is_filter(const QueryNode& node) {
  if (node.type == QueryNode::Type::date || node.type == QueryNode::Type::foreseen) return true;
  return node.field && node.field->type != FieldType::words;
}

bool is_plain_word(const QueryNode& node) {
  return node.type == QueryNode::Type::word && !node.field && !node.required && !node.prefix;
}

// One word that was typed: its terms, each under another stem.
struct Word {
  std::string typed;
  std::string folded;
  Plan plan;
  bool whole = false;
};

class Planner {
 public:
  Planner(const std::vector<std::string>& languages, const Vocabulary& vocabulary, Marks& marks)
      : languages_(languages), vocabulary_(vocabulary), marks_(marks) {}

  // `nothing` stands for a word that holds nothing to search for, such as "…".
  Plan plan(const QueryNode& node, bool marks) {
    switch (node.type) {
      case QueryNode::Type::all: return make_plan(Type::everything, {});
      case QueryNode::Type::word: return word(node, marks);
      case QueryNode::Type::phrase: return phrase(node, marks);
      case QueryNode::Type::date: return time(Type::said, node);
      case QueryNode::Type::foreseen: return time(Type::foreseen, node);
      case QueryNode::Type::either: return make_plan(Type::any, plan_all(node.children, marks));
      case QueryNode::Type::both: return both(node.children, marks);
      case QueryNode::Type::beside: return beside(node.children, marks);
      case QueryNode::Type::without: {
        Plan ban = plan(node.children.front(), false);
        if (ban.empty()) return {};
        return make_plan(Type::without, {make_plan(Type::everything, {}), std::move(ban)});
      }
    }
    return {};
  }

 private:
  static Plan time(Type type, const QueryNode& node) {
    Plan plan;
    plan.type = type;
    plan.from = node.from;
    plan.to = node.to;
    return plan;
  }

  std::vector<Plan> plan_all(const std::vector<QueryNode>& nodes, bool marks) {
    std::vector<Plan> plans;
    for (const QueryNode& node : nodes) {
      Plan each = plan(node, marks);
      if (!each.empty()) plans.push_back(std::move(each));
    }
    return plans;
  }

  Plan both(const std::vector<QueryNode>& nodes, bool marks) {
    std::vector<Plan> demands, bans, filters;
    for (const QueryNode& node : nodes) {
      const bool ban = node.type == QueryNode::Type::without;
      Plan each = plan(ban ? node.children.front() : node, marks && !ban);
      if (!each.empty()) (ban ? bans : is_filter(node) ? filters : demands).push_back(std::move(each));
    }
    return narrowed(make_plan(Type::all, std::move(demands)), std::move(filters), std::move(bans));
  }

  Plan beside(const std::vector<QueryNode>& nodes, bool marks) {
    std::vector<Plan> wishes, demands, bans, filters;
    std::map<std::string_view, std::vector<Plan>> by_field;  // the same field twice means either
    const bool prose = std::count_if(nodes.begin(), nodes.end(), is_plain_word) > kProse;
    std::vector<Word> words;  // plain ones in a row
    for (const QueryNode& node : nodes) {
      if (node.type == QueryNode::Type::without) {
        Plan ban = plan(node.children.front(), false);
        if (!ban.empty()) bans.push_back(std::move(ban));
      } else if (is_filter(node)) {
        Plan each = plan(node, marks);
        if (each.empty()) continue;
        if (node.field)
          by_field[node.field->name].push_back(std::move(each));
        else
          filters.push_back(std::move(each));
      } else if (is_plain_word(node) ||
                 (prose && node.type == QueryNode::Type::phrase && !node.field && !node.required)) {
        for (Word& each : read_words(node.text, "", marks)) words.push_back(std::move(each));
      } else {
        Plan each = plan(node, marks);
        const bool demand =
            node.required || node.field || node.type == QueryNode::Type::phrase || node.type == QueryNode::Type::both;
        if (!each.empty()) (demand ? demands : wishes).push_back(std::move(each));
      }
    }
    for (Plan& wish : with_meanings(std::move(words), "", marks)) wishes.push_back(std::move(wish));
    Plan core = make_plan(Type::any, std::move(wishes));
    if (!demands.empty()) {
      Plan demanded = make_plan(Type::all, std::move(demands));
      core = core.empty() ? std::move(demanded) : make_plan(Type::maybe, {std::move(demanded), std::move(core)});
    }
    for (auto& [name, choices] : by_field) filters.push_back(make_plan(Type::any, std::move(choices)));
    return narrowed(std::move(core), std::move(filters), std::move(bans));
  }

  static Plan narrowed(Plan core, std::vector<Plan> filters, std::vector<Plan> bans) {
    if (core.empty() && (!filters.empty() || !bans.empty())) core = make_plan(Type::everything, {});
    if (!filters.empty()) core = make_plan(Type::filter, {std::move(core), make_plan(Type::all, std::move(filters))});
    if (!bans.empty()) core = make_plan(Type::without, {std::move(core), make_plan(Type::any, std::move(bans))});
    return core;
  }

  // The stems under which a word may stand, for the languages of the base.
  std::set<std::string> stems_of(const std::string& word) const {
    std::set<std::string> stems;
    for (const std::string& language : languages_) stems.insert(stem(word, language));
    if (stems.empty()) stems.insert(stem(word, "en"));
    return stems;
  }

  Plan word_plan(const std::string& word, const std::string& prefix, const std::string& typed, bool marks,
                 bool synonym) {
    std::vector<Plan> terms;
    for (const std::string& stem : stems_of(word)) {
      terms.push_back(make_term(prefix + stem));
      if (synonym) terms.back().weight = kSynonymWeight;
      if (marks) marks_.push_back({stem, typed, false, synonym});
    }
    return make_plan(Type::any, std::move(terms));
  }

  std::vector<Word> read_words(const std::string& text, const std::string& prefix, bool marks) {
    std::vector<Word> words;
    const std::string composed = to_nfc(text);
    for (const Token& token : tokenise(composed)) {
      const std::string typed = composed.substr(token.begin, token.end - token.begin);
      words.push_back({typed, token.word, word_plan(token.word, prefix, typed, marks, false), token.whole});
      if (Plan split = split_number(token, prefix); !split.empty())
        words.back().plan = make_plan(Type::any, {std::move(words.back().plan), std::move(split)});
    }
    return words;
  }

  // "pn1240b" may stand in a note as "PN 1240 B".
  Plan split_number(const Token& token, const std::string& prefix) const {
    if (token.whole) return {};
    std::vector<Plan> runs;
    std::size_t begin = 0;
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    for (std::size_t i = 1; i <= token.word.size(); ++i) {
      if (i < token.word.size() && is_digit(token.word[i]) == is_digit(token.word[i - 1])) continue;
      runs.push_back(make_term(prefix + token.word.substr(begin, i - begin)));
      begin = i;
    }
    if (runs.size() < 2 || runs.size() > 6) return {};
    return make_plan(Type::phrase, std::move(runs));
  }

  // Words in a row, each with what it or an expression of several of them also means.
  std::vector<Plan> with_meanings(std::vector<Word> words, const std::string& prefix, bool marks) {
    std::vector<Plan> plans;
    std::vector<std::string> folded;
    for (const Word& word : words)
      if (!word.whole) folded.push_back(word.folded);
    std::size_t place = 0, covered = 0;
    for (Word& word : words) {
      if (word.whole) {
        plans.push_back(std::move(word.plan));
        continue;
      }
      std::vector<Plan> ways;
      ways.push_back(std::move(word.plan));
      if (place >= covered) {
        const Vocabulary::Match match = vocabulary_.at(folded, place);
        std::string typed = word.typed;
        for (std::size_t i = 1; i < match.words; ++i) typed += " " + folded[place + i];
        for (const auto& meaning : match.meanings) ways.push_back(expression(meaning, prefix, typed, marks));
        covered = place + std::max<std::size_t>(match.words, 1);
      }
      plans.push_back(make_plan(Type::any, std::move(ways)));
      ++place;
    }
    return plans;
  }

  Plan expression(const std::vector<std::string>& words, const std::string& prefix, const std::string& typed,
                  bool marks) {
    std::vector<Plan> places;
    for (const std::string& word : words) places.push_back(word_plan(word, prefix, typed, marks, true));
    Plan plan = make_plan(Type::phrase, std::move(places));
    if (plan.type == Type::phrase) plan.weight = kSynonymWeight;
    return plan;
  }

  Plan exact(const QueryNode& node) const {
    if (node.field->type == FieldType::exact) return make_term(exact_term(node.field->prefix, node.text));
    Plan plan;
    plan.type = Type::fact;
    plan.fact = *node.field->fact;
    plan.term = fold(trim(to_nfc(node.text)));
    return plan;
  }

  static bool is_exact(const QueryNode& node) {
    return node.field && (node.field->type == FieldType::exact || node.field->type == FieldType::fact);
  }

  Plan word(const QueryNode& node, bool marks) {
    if (is_exact(node)) return exact(node);
    const std::string prefix = node.field ? std::string(node.field->prefix) : "";
    const bool names = node.field && node.field->type == FieldType::names;
    const std::string composed = to_nfc(node.text);
    const std::vector<Token> tokens = tokenise(composed);
    std::vector<Plan> wholes;
    std::vector<Word> words;
    Plan begins;
    for (const Token& token : tokens) {
      const bool last = token.position + token.parts - 1 == tokens.back().position;
      const std::string typed = composed.substr(token.begin, token.end - token.begin);
      Plan plan = names ? make_term(prefix + token.word) : word_plan(token.word, prefix, typed, marks, false);
      if (Plan split = names ? Plan() : split_number(token, prefix); !split.empty())
        plan = make_plan(Type::any, {std::move(plan), std::move(split)});
      if (node.prefix && last) {
        Plan beginning;
        beginning.type = Type::beginning;
        beginning.term = prefix + token.word;
        plan = make_plan(Type::any, {std::move(plan), std::move(beginning)});
        if (marks) marks_.push_back({token.word, typed, true, false});
      }
      if (token.whole)
        wholes.push_back(std::move(plan));
      else
        words.push_back({typed, token.word, std::move(plan), false});
    }
    std::vector<Plan> parts;
    if (names || node.prefix)
      for (Word& each : words) parts.push_back(std::move(each.plan));
    else
      parts = with_meanings(std::move(words), prefix, marks);
    if (parts.empty()) return {};
    Plan all = make_plan(Type::all, std::move(parts));
    if (wholes.empty()) return all;
    wholes.push_back(std::move(all));
    return make_plan(Type::any, std::move(wholes));
  }

  Plan phrase(const QueryNode& node, bool marks) {
    if (is_exact(node)) return exact(node);
    const std::string prefix = node.field ? std::string(node.field->prefix) : "";
    const bool names = node.field && node.field->type == FieldType::names;
    const std::string composed = to_nfc(node.text);
    std::vector<std::string> folded;
    std::vector<std::string> typed;
    for (const Token& token : tokenise(composed)) {
      if (token.whole) continue;
      folded.push_back(token.word);
      typed.push_back(composed.substr(token.begin, token.end - token.begin));
    }
    std::vector<Plan> places;
    std::vector<Plan> ways;
    for (std::size_t i = 0; i < folded.size(); ++i) {
      if (names) {
        places.push_back(make_term(prefix + folded[i]));
        continue;
      }
      std::vector<Plan> terms;
      terms.push_back(word_plan(folded[i], prefix, typed[i], marks, false));
      const Vocabulary::Match match = vocabulary_.at(folded, i);
      if (match.words == 1)
        for (const auto& meaning : match.meanings)
          if (meaning.size() == 1) terms.push_back(word_plan(meaning.front(), prefix, typed[i], marks, true));
      if (i == 0 && match.words == folded.size() && folded.size() > 1)
        for (const auto& meaning : match.meanings) ways.push_back(expression(meaning, prefix, composed, marks));
      places.push_back(make_plan(Type::any, std::move(terms)));
    }
    ways.insert(ways.begin(), make_plan(Type::phrase, std::move(places)));
    return make_plan(Type::any, std::move(ways));
  }

  const std::vector<std::string>& languages_;
  const Vocabulary& vocabulary_;
  Marks& marks_;
};

}  // namespace

Plan make_term(std::string term) {
  Plan plan;
  plan.type = Type::term;
  plan.term = std::move(term);
  return plan;
}

Plan make_plan(Type type, std::vector<Plan> parts) {
  Plan plan;
  if (type == Type::everything) {
    plan.type = type;
    return plan;
  }
  const bool list = type == Type::all || type == Type::any || type == Type::phrase;
  if (list) {
    std::erase_if(parts, [](const Plan& part) { return part.empty(); });
    if (parts.empty()) return plan;
    if (parts.size() == 1) return std::move(parts.front());
  }
  plan.type = type;
  if (type == Type::any) {  // any of any is any; what is asked for twice has its count
    for (Plan& part : parts) {
      std::vector<Plan> inner;
      if (part.type == Type::any)
        inner = std::move(part.parts);
      else
        inner.push_back(std::move(part));
      for (Plan& each : inner) {
        const auto same = std::find_if(plan.parts.begin(), plan.parts.end(), [&](const Plan& known) {
          return each.type == Type::term && known.type == Type::term && known.term == each.term;
        });
        if (same == plan.parts.end()) {
          plan.parts.push_back(std::move(each));
        } else {
          same->times += each.weight >= same->weight ? each.times : 0;
          same->weight = std::max(same->weight, each.weight);
        }
      }
    }
    if (plan.parts.size() == 1) return Plan(std::move(plan.parts.front()));
  } else {
    plan.parts = std::move(parts);
  }
  return plan;
}

Planned plan_query(const QueryNode& root, const std::vector<std::string>& languages, const Vocabulary& vocabulary) {
  Planned planned;
  // A lone leaf is treated as the only member of a list, so that one word and several behave alike.
  QueryNode list;
  list.type = QueryNode::Type::beside;
  list.children.push_back(root);
  const bool leaf = root.type == QueryNode::Type::word || is_filter(root);
  planned.plan = Planner(languages, vocabulary, planned.marks).plan(leaf ? list : root, true);
  planned.is_all = root.type == QueryNode::Type::all;
  return planned;
}

std::string to_string(const Plan& plan) {
  const auto joined = [&](const char* between) {
    std::string text;
    for (const Plan& part : plan.parts) text += (text.empty() ? "" : between) + to_string(part);
    return "(" + text + ")";
  };
  const auto span = [&](const char* name) {
    return fmt::format("{}:{}..{}", name, plan.from ? to_string_day(*plan.from) : "",
                       plan.to ? to_string_day(*plan.to) : "");
  };
  switch (plan.type) {
    case Type::nothing: return "nothing";
    case Type::everything: return "*";
    case Type::term: return plan.term + (plan.times > 1 ? fmt::format("^{}", plan.times) : "");
    case Type::beginning: return plan.term + "*";
    case Type::phrase: return "\"" + joined(" ") + "\"";
    case Type::fact: return fmt::format("{}={}", static_cast<int>(plan.fact), plan.term);
    case Type::said: return span("said");
    case Type::foreseen: return span("foreseen");
    case Type::all: return joined(" & ");
    case Type::any: return joined(" | ");
    case Type::without: return joined(" !");
    case Type::maybe: return joined(" ~ ");
    case Type::filter: return joined(" # ");
  }
  return "";
}

}  // namespace tidings
