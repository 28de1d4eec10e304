// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/search/query_maker.h"

#include <algorithm>
#include <limits>

#include "indexer/base/text.h"
#include "indexer/index/fields.h"

namespace tidings {
namespace {

using Xapian::Query;
using Type = Plan::Type;

// Beginnings of names look at no more terms than this, the commonest first.
constexpr Xapian::termcount kMaxExpansion = 50;

Query all_of(const std::vector<Query>& queries) { return Query(Query::OP_AND, queries.begin(), queries.end()); }
Query any_of(const std::vector<Query>& queries) { return Query(Query::OP_OR, queries.begin(), queries.end()); }

}  // namespace

Query QueryMaker::make(const Plan& plan, bool hopeful) {
  hopeful_ = hopeful;
  common_bound_ = 0;
  return convert(plan, true);
}

Query QueryMaker::make_plain(const Plan& plan) {
  hopeful_ = false;
  return convert(plan, false);
}

const Column* QueryMaker::column_of(const Plan& plan) const {
  return plan.type == Type::term ? sight_.tables.column(plan.term) : nullptr;
}

Query QueryMaker::leaf(const Plan& plan) const {
  if (column_of(plan)) return column_query({&plan}, nullptr);
  const Query term(plan.term, plan.times);
  return plan.weight == 1 ? term : Query(Query::OP_SCALE_WEIGHT, term, plan.weight);
}

Query QueryMaker::column_query(const std::vector<const Plan*>& leaves, double* bound) const {
  auto stems = std::make_shared<std::vector<ColumnSource::Stem>>();
  const double documents = sight_.index.all.get_doccount();
  double estimate = 0;
  for (const Plan* leaf : leaves) {
    ColumnSource::Stem stem;
    stem.column = column_of(*leaf);
    const double with_term = sight_.index.all.get_termfreq(leaf->term);
    estimate = std::max(estimate, with_term);
    for (int count = 0; count < 256; ++count)
      stem.weights.push_back(leaf->weight * bm25_weight(documents, with_term, count, leaf->times));
    stems->push_back(std::move(stem));
  }
  const double most = ColumnSource::bound(sight_, *stems);
  if (bound) *bound = most;
  auto* source = new ColumnSource(sight_, stems, most, static_cast<Xapian::doccount>(estimate));
  return Query(source->release());
}

Query QueryMaker::any(const Plan& plan, bool top) {
  std::vector<Query> rare;
  std::vector<const Plan*> common;
  for (const Plan& part : plan.parts) {
    if (column_of(part))
      common.push_back(&part);
    else if (part.type != Type::term || sight_.index.all.term_exists(part.term))  // a word has stems of many languages
      rare.push_back(convert(part, false));
  }
  if (common.empty()) return rare.size() == 1 ? rare.front() : any_of(rare);
  double bound = 0;
  const Query columns = column_query(common, &bound);
  if (rare.empty()) return columns;
  if (!top || !hopeful_) {
    rare.push_back(columns);
    return any_of(rare);
  }
  common_bound_ = bound;
  return Query(Query::OP_AND_MAYBE, any_of(rare), columns);
}

Query QueryMaker::convert(const Plan& plan, bool top) {
  const auto parts = [&] {
    std::vector<Query> queries;
    for (const Plan& part : plan.parts) queries.push_back(convert(part, false));
    return queries;
  };
  switch (plan.type) {
    case Type::nothing: return Query();
    case Type::everything:
      return Query(std::string());  // not MatchAll, whose count of references all threads would share
    case Type::term: return leaf(plan);
    case Type::beginning: {
      if (is_prefixed(plan.term) || !completions_)
        return Query(Query::OP_WILDCARD, plan.term, kMaxExpansion, Query::WILDCARD_LIMIT_MOST_FREQUENT, Query::OP_OR);
      Plan any_word;
      any_word.type = Type::any;
      for (const std::string& stem : completions_(plan.term)) any_word.parts.push_back(make_term(stem));
      return any(any_word, false);
    }
    case Type::phrase: {
      std::vector<Query> places;
      for (const Plan& place : plan.parts) {
        std::vector<Query> terms;
        if (place.type == Type::any) {
          for (const Plan& term : place.parts)
            if (term.type == Type::term && sight_.index.all.term_exists(term.term)) terms.emplace_back(term.term);
          if (terms.empty()) return Query();
        } else if (place.type == Type::term) {
          terms.emplace_back(place.term);
        }
        places.push_back(terms.size() == 1 ? terms.front() : any_of(terms));
      }
      const Query phrase(Query::OP_PHRASE, places.begin(), places.end(), static_cast<Xapian::termcount>(places.size()));
      return plan.weight == 1 ? phrase : Query(Query::OP_SCALE_WEIGHT, phrase, plan.weight);
    }
    case Type::fact: return choose(sight_, fact_is(sight_.tables, plan.fact, {plan.term}), 0.3);
    case Type::said: return choose(sight_, said_within(plan.from, plan.to), 0.5);
    case Type::foreseen: return choose(sight_, foreseen_within(plan.from, plan.to), 0.2);
    case Type::all: return all_of(parts());
    case Type::any: return any(plan, top);
    case Type::without: return Query(Query::OP_AND_NOT, convert(plan.parts[0], top), convert(plan.parts[1], false));
    case Type::maybe: return Query(Query::OP_AND_MAYBE, convert(plan.parts[0], false), convert(plan.parts[1], false));
    case Type::filter: return Query(Query::OP_FILTER, convert(plan.parts[0], top), convert(plan.parts[1], false));
  }
  return Query();
}

Query choose(const Sight& sight, ChoiceSource::Choice choice, double share) {
  const double estimate = share * sight.index.all.get_doccount();
  auto* source = new ChoiceSource(sight, std::move(choice), static_cast<Xapian::doccount>(estimate) + 1);
  return Query(source->release());
}

ChoiceSource::Choice fact_is(const Tables& tables, Fact fact, const std::vector<std::string>& values) {
  std::vector<NameCode> codes;
  for (const std::string& value : values)
    for (NameCode code : tables.names(fact).find(fold(value))) codes.push_back(code);
  return [codes, fact](const Tables& of, Serial serial) {
    const NameCode code = of.code(fact, serial);
    return code != 0 && std::find(codes.begin(), codes.end(), code) != codes.end();
  };
}

ChoiceSource::Choice said_within(std::optional<Day> from, std::optional<Day> to) {
  const std::int64_t first = from ? to_millis(Time(*from)) : std::numeric_limits<std::int64_t>::min();
  const std::int64_t end = to ? to_millis(Time(*to + std::chrono::days(1))) : std::numeric_limits<std::int64_t>::max();
  return [=](const Tables& tables, Serial serial) {
    const std::int64_t at = tables.recorded_at(serial);
    return at >= first && at < end;
  };
}

ChoiceSource::Choice foreseen_within(std::optional<Day> from, std::optional<Day> to) {
  const auto number = [](Day day) { return static_cast<int>(day.time_since_epoch().count()); };
  const int first = from ? number(*from) : std::numeric_limits<int>::min();
  const int last = to ? number(*to) : std::numeric_limits<int>::max();
  // A window touches the days if it ends at or after their first and begins at or before their last.
  return [=](const Tables& tables, Serial serial) {
    const int begins = tables.foreseen_from(serial), ends = tables.foreseen_to(serial);
    return begins <= ends && ends >= first && begins <= last;
  };
}

}  // namespace tidings
