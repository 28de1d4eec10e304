// SPDX-License-Identifier: GPL-3.0-or-later
// A side-by-side list of words is a wish: its OR. Phrases, fields and +words beside it are demands: they filter, or
// carry weight of their own with the words as a bonus.
#include "server/search/query_builder.h"

#include <algorithm>
#include <map>

#include "indexer/base/text.h"
#include "indexer/index/analyser.h"
#include "indexer/index/language.h"

namespace tidings {
namespace {

using Xapian::Query;

// Wildcards look at no more words than this, the commonest first.
constexpr Xapian::termcount kMaxExpansion = 50;

// Beside more words than this, quotation marks are those of prose and demand nothing.
constexpr std::ptrdiff_t kProse = 7;

bool is_filter(const QueryNode& node) {
  if (node.type == QueryNode::Type::date || node.type == QueryNode::Type::foreseen) return true;
  return node.field && node.field->type != FieldType::words;
}

bool is_plain_word(const QueryNode& node) {
  return node.type == QueryNode::Type::word && !node.field && !node.required && !node.prefix;
}

Query all_of(const std::vector<Query>& queries) { return Query(Query::OP_AND, queries.begin(), queries.end()); }
Query any_of(const std::vector<Query>& queries) { return Query(Query::OP_OR, queries.begin(), queries.end()); }

class Builder {
 public:
  Builder(const std::vector<std::string>& languages, BuiltQuery& built) : languages_(languages), built_(built) {}

  // An empty query stands for a word that holds nothing to search for, such as "…".
  Query build(const QueryNode& node, bool marks) {
    switch (node.type) {
      case QueryNode::Type::all: return Query::MatchAll;
      case QueryNode::Type::word: return word(node, marks);
      case QueryNode::Type::phrase: return phrase(node, marks);
      case QueryNode::Type::date: return said_within(node.from, node.to);
      case QueryNode::Type::foreseen: return foreseen_within(node.from, node.to);
      case QueryNode::Type::either: return any_of(build_all(node.children, marks));
      case QueryNode::Type::both: return both(node.children, marks);
      case QueryNode::Type::beside: return beside(node.children, marks);
      case QueryNode::Type::without:
        return Query(Query::OP_AND_NOT, Query::MatchAll, build(node.children.front(), false));
    }
    return Query();
  }

 private:
  std::vector<Query> build_all(const std::vector<QueryNode>& nodes, bool marks) {
    std::vector<Query> queries;
    for (const QueryNode& node : nodes) {
      Query query = build(node, marks);
      if (!query.empty()) queries.push_back(std::move(query));
    }
    return queries;
  }

  Query both(const std::vector<QueryNode>& nodes, bool marks) {
    std::vector<Query> demands, bans;
    for (const QueryNode& node : nodes) {
      const bool ban = node.type == QueryNode::Type::without;
      Query query = build(ban ? node.children.front() : node, marks && !ban);
      if (!query.empty())
        (ban ? bans : demands).push_back(is_filter(node) ? Query(Query::OP_SCALE_WEIGHT, query, 0) : query);
    }
    return without(demands.empty() ? (bans.empty() ? Query() : Query::MatchAll) : all_of(demands), bans);
  }

  Query beside(const std::vector<QueryNode>& nodes, bool marks) {
    std::vector<Query> wishes, demands, bans;
    std::map<std::string_view, std::vector<Query>> filters;  // by field: the same field twice means either
    const bool prose = std::count_if(nodes.begin(), nodes.end(), is_plain_word) > kProse;
    for (const QueryNode& node : nodes) {
      if (node.type == QueryNode::Type::without) {
        Query query = build(node.children.front(), false);
        if (!query.empty()) bans.push_back(std::move(query));
      } else if (is_filter(node)) {
        Query query = build(node, marks);
        if (!query.empty()) filters[node.field ? node.field->name : "time"].push_back(std::move(query));
      } else if (is_plain_word(node) ||
                 (prose && node.type == QueryNode::Type::phrase && !node.field && !node.required)) {
        for (Query& query : wished(node.text, marks)) wishes.push_back(std::move(query));
      } else {
        Query query = build(node, marks);
        const bool demand =
            node.required || node.field || node.type == QueryNode::Type::phrase || node.type == QueryNode::Type::both;
        if (!query.empty()) (demand ? demands : wishes).push_back(std::move(query));
      }
    }
    Query core = wishes.empty() ? Query() : any_of(wishes);
    if (!demands.empty()) core = core.empty() ? all_of(demands) : Query(Query::OP_AND_MAYBE, all_of(demands), core);
    std::vector<Query> filter;
    for (const auto& [name, choices] : filters) filter.push_back(name == "time" ? all_of(choices) : any_of(choices));
    if (core.empty() && (!filter.empty() || !bans.empty())) core = Query::MatchAll;
    if (!filter.empty()) core = Query(Query::OP_FILTER, core, all_of(filter));
    return without(core, bans);
  }

  static Query without(const Query& query, const std::vector<Query>& bans) {
    return bans.empty() ? query : Query(Query::OP_AND_NOT, query, any_of(bans));
  }

  // The stems under which a word may stand, for the languages of the base.
  std::set<std::string> stems_of(const std::string& word) const {
    std::set<std::string> stems;
    for (const std::string& language : languages_) stems.insert(stem(word, language));
    if (stems.empty()) stems.insert(stem(word, "en"));
    return stems;
  }

  // One token; the best of its stems counts.
  Query token_query(const Token& token, std::string_view prefix, bool marks) {
    std::vector<Query> queries;
    for (const std::string& stem : stems_of(token.word)) {
      queries.emplace_back(std::string(prefix) + stem);
      if (marks) built_.stems.insert(stem);
    }
    return queries.size() == 1 ? queries.front() : Query(Query::OP_MAX, queries.begin(), queries.end());
  }

  std::vector<Query> wished(std::string_view text, bool marks) {
    std::vector<Query> queries;
    for (const Token& token : tokenise(to_nfc(text))) queries.push_back(token_query(token, "", marks));
    return queries;
  }

  Query word(const QueryNode& node, bool marks) {
    if (node.field && node.field->type == FieldType::exact) return Query(exact_term(node.field->prefix, node.text));
    const std::string prefix = node.field ? std::string(node.field->prefix) : "";
    const bool names = node.field && node.field->type == FieldType::names;
    std::vector<Query> parts, wholes;
    const auto tokens = tokenise(to_nfc(node.text));
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      const Token& token = tokens[i];
      const bool last = token.position + token.parts - 1 == tokens.back().position;
      Query query = names ? Query(prefix + token.word) : token_query(token, prefix, marks);
      if (node.prefix && last) {
        const Query begins(Query::OP_WILDCARD, prefix + token.word, kMaxExpansion, Query::WILDCARD_LIMIT_MOST_FREQUENT,
                           Query::OP_OR);
        query = Query(Query::OP_OR, query, begins);
        if (marks) built_.prefixes.push_back(token.word);
      }
      (token.whole ? wholes : parts).push_back(std::move(query));
    }
    if (parts.empty()) return Query();
    Query all = parts.size() == 1 ? parts.front() : all_of(parts);
    if (!wholes.empty()) all = Query(Query::OP_OR, any_of(wholes), all);
    return all;
  }

  Query phrase(const QueryNode& node, bool marks) {
    if (node.field && node.field->type == FieldType::exact) return Query(exact_term(node.field->prefix, node.text));
    const std::string prefix = node.field ? std::string(node.field->prefix) : "";
    const bool names = node.field && node.field->type == FieldType::names;
    std::vector<Query> places;
    for (const Token& token : tokenise(to_nfc(node.text))) {
      if (token.whole) continue;
      std::vector<Query> stems;
      if (names) {
        stems.emplace_back(prefix + token.word);
      } else {
        for (const std::string& stem : stems_of(token.word)) {
          stems.emplace_back(prefix + stem);
          if (marks) built_.stems.insert(stem);
        }
      }
      places.push_back(stems.size() == 1 ? stems.front() : any_of(stems));
    }
    if (places.size() < 2) return places.empty() ? Query() : places.front();
    return Query(Query::OP_PHRASE, places.begin(), places.end(), static_cast<Xapian::termcount>(places.size()));
  }

  const std::vector<std::string>& languages_;
  BuiltQuery& built_;
};

Query within(Xapian::valueno slot, const std::string& from, const std::string& to) {
  return Query(Query::OP_VALUE_RANGE, slot, from, to);
}

}  // namespace

Xapian::Query said_within(std::optional<Day> from, std::optional<Day> to) {
  const std::string first = time_value(from.value_or(Day{})),
                    last = time_value(Time(to.value_or(*parse_day("9999-12-30")) + std::chrono::days(1)) - Millis(1));
  return within(kRecordedAt, first, last);
}

Xapian::Query foreseen_within(std::optional<Day> from, std::optional<Day> to) {
  // A window touches the days if it ends at or after their first and begins at or before their last.
  const Query ends = within(kForeseenTo, from ? to_string_day(*from) : "0000", "9999-12-31");
  const Query begins = within(kForeseenFrom, "0000", to ? to_string_day(*to) : "9999-12-31");
  return Query(Query::OP_AND, ends, begins);
}

BuiltQuery build_query(const QueryNode& root, const std::vector<std::string>& languages) {
  BuiltQuery built;
  // A lone leaf is treated as the only member of a list, so that one word and several behave alike.
  QueryNode list;
  list.type = QueryNode::Type::beside;
  list.children.push_back(root);
  const bool leaf = root.type == QueryNode::Type::word || is_filter(root);
  built.query = Builder(languages, built).build(leaf ? list : root, true);
  if (root.type == QueryNode::Type::all) built.is_all = true;
  return built;
}

}  // namespace tidings
