// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/search/ranking.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "indexer/index/fields.h"

namespace tidings {
namespace {

using Xapian::Query;

constexpr unsigned kLooks = 256;  // matches between two looks at the clock

// What being answered and being recent add, as shares of a hit's weight: enough to turn the order of near equals and no
// more. What comes this close behind the last that is wanted is looked at too.
constexpr double kAnswered = 0.01;
constexpr double kRecent = 0.01;
constexpr double kHalfLife = 365.0 * 86'400'000;  // of what being recent is worth: a year, in milliseconds
constexpr std::size_t kReranked = 5;

// Words that were typed next to each other and stand near each other add a share of the lesser of
// their weights, by how near. Measured (bench-ranking, without and with): Cranfield 0.391 and 0.393, CACM 0.456 and
// 0.464, XQuAD-ru 0.952 and 0.954; shares of 0.1 to 0.3 gain less, 2 loses.
constexpr double kTogether = 0.6;
constexpr int kNear = 8;                // places
constexpr std::size_t kDrawn = 100;     // hits that are looked at
constexpr std::size_t kMostDrawn = 30;  // words

// How near the second comes to the first: 1 right after it; before it counts double.
int least_distance(const std::vector<Xapian::termpos>& first, const std::vector<Xapian::termpos>& second) {
  int least = kNear + 1;
  for (std::size_t a = 0, b = 0; a < first.size() && b < second.size();) {
    const int gap = static_cast<int>(second[b]) - static_cast<int>(first[a]);
    least = std::min(least, gap > 0 ? gap : 1 - 2 * gap);
    ++(first[a] < second[b] ? a : b);
  }
  return least;
}

constexpr double kPostingsAMilli = 2500;  // a query with more of them for its time may not end within it

// Serials within two bounds.
class RangeSource : public SerialSource {
 public:
  RangeSource(const Sight& sight, Serial from, Serial to) : SerialSource(sight), from_(from), to_(to) {}
  RangeSource* clone() const override { return new RangeSource(sight_, from_, to_); }
  double get_weight() const override { return 0; }

 protected:
  Serial find(Serial from, Serial to, double) const override {
    const Serial first = std::max(from, from_);
    return first <= to_ ? first : to + 1;
  }

 private:
  Serial from_, to_;
};

Query within(const Sight& sight, Serial from, Serial to) {
  auto* source = new RangeSource(sight, from, to);
  return Query(source->release());
}

}  // namespace

// Which documents count; looks at the clock.
class Ranking::Keeper : public Xapian::MatchDecider {
 public:
  explicit Keeper(const Ranking& ranking) : ranking_(ranking) {}
  // Xapian shows documents of the segment, whose ids are serials.
  bool operator()(const Xapian::Document& document) const override { return counts(document.get_docid()); }

  bool counts(Serial serial) const {
    if (++seen_ % kLooks == 0 && std::chrono::steady_clock::now() > ranking_.budget_.begun + ranking_.budget_.time)
      throw OutOfTime();
    const Sight& sight = ranking_.sight_;
    return sight.shows(serial) && sight.tables.insight(serial) <= ranking_.newest_insight_;
  }

 private:
  const Ranking& ranking_;
  mutable unsigned seen_ = 0;
};

// Remembers the best, for when the time is out before the matcher says.
class Ranking::BestSoFar : public Xapian::MatchSpy {
 public:
  explicit BestSoFar(std::size_t wanted) : wanted_(wanted) {}
  void operator()(const Xapian::Document& document, double weight) override {
    ++seen_;
    if (heap_.size() == wanted_ && (heap_.empty() || weight <= heap_.front().weight)) return;
    heap_.push_back({document.get_docid(), weight});
    std::push_heap(heap_.begin(), heap_.end(), heavier);
    if (heap_.size() > wanted_) {
      std::pop_heap(heap_.begin(), heap_.end(), heavier);
      heap_.pop_back();
    }
  }
  std::vector<Found> take() {
    std::sort(heap_.begin(), heap_.end(), heavier);
    return std::move(heap_);
  }
  std::int64_t seen() const { return seen_; }

 private:
  static bool heavier(const Found& a, const Found& b) {
    return a.weight != b.weight ? a.weight > b.weight : a.serial < b.serial;
  }
  std::size_t wanted_;
  std::vector<Found> heap_;
  std::int64_t seen_ = 0;
};

// Takes every match and lets Xapian keep none.
class Ranking::Collector : public Xapian::MatchDecider {
 public:
  Collector(const Ranking& ranking, std::function<void(Serial)> on_match)
      : keeper_(ranking), on_match_(std::move(on_match)) {}
  bool operator()(const Xapian::Document& document) const override {
    const Serial serial = document.get_docid();
    if (keeper_.counts(serial)) on_match_(serial);
    return false;
  }

 private:
  Keeper keeper_;
  std::function<void(Serial)> on_match_;
};

Query Ranking::filtered(const Query& query, const std::vector<Query>& filters) const {
  if (filters.empty() || query.empty()) return query;
  return Query(Query::OP_FILTER, query, Query(Query::OP_AND, filters.begin(), filters.end()));
}

Ranked Ranking::run(Query query, const std::vector<Query>& filters, std::size_t wanted, bool is_dear) {
  Ranked ranked;
  query = filtered(query, filters);
  if (query.empty()) {
    ranked.exact = true;
    return ranked;
  }
  Xapian::Enquire enquire(sight_.index.all);
  enquire.set_weighting_scheme(Xapian::BM25Weight(kSaturation * kWdfScale, 0, kRepeats, 0, 0));
  enquire.set_query(query);
  BestSoFar best(wanted);
  // Seeing every match costs a sixth of the time: only where the time may not be enough.
  if (is_dear) enquire.add_matchspy(&best);
  const Keeper keeper(*this);
  try {
    const Xapian::MSet matches = enquire.get_mset(0, static_cast<Xapian::doccount>(wanted), 0, nullptr, &keeper);
    for (auto it = matches.begin(); it != matches.end(); ++it)
      ranked.found.push_back({sight_.index.serial(*it), it.get_weight()});
    ranked.total = std::max<std::int64_t>(matches.get_matches_lower_bound(), matches.size());
    ranked.exact = matches.size() < wanted;
  } catch (const OutOfTime&) {
    ranked.in_time = false;
    ranked.total = best.seen();
    ranked.found = best.take();
  }
  return ranked;
}

double Ranking::postings(const Plan& plan) const {
  if (plan.type == Plan::Type::term) return sight_.index.all.get_termfreq(plan.term);
  double sum = 0;
  for (const Plan& part : plan.parts) sum += postings(part);
  return sum;
}

Ranked Ranking::best(const Plan& plan, const std::vector<Query>& filters, std::size_t wanted) {
  const bool is_dear = postings(plan) > kPostingsAMilli * static_cast<double>(budget_.time.count());
  const std::size_t looked_at = wanted + kReranked;
  const Query hopeful = maker_.make(plan, true);
  const double bound = maker_.common_bound();
  Ranked ranked = run(hopeful, filters, looked_at, is_dear);
  if (bound > 0 && ranked.in_time) {
    if (ranked.found.size() >= wanted && ranked.found[wanted - 1].weight >= bound) {
      ranked.exact = false;
      ranked.more = true;  // notes with common words alone
    } else {
      ranked = run(maker_.make(plan, false), filters, looked_at, is_dear);
    }
  }
  draw_together(plan, ranked.found);
  prefer(ranked.found);
  cut(ranked, wanted);
  return ranked;
}

void Ranking::cut(Ranked& ranked, std::size_t wanted) {
  if (ranked.found.size() <= wanted) return;
  ranked.found.resize(wanted);
  ranked.more = true;
}

void Ranking::draw_together(const Plan& plan, std::vector<Found>& found) const {
  const Plan* list = &plan;
  while (list->type == Plan::Type::filter || list->type == Plan::Type::without) list = &list->parts.front();
  if (list->type != Plan::Type::any && list->type != Plan::Type::all) return;
  struct Word {
    const std::string& term;
    double weight;
  };
  const double documents = sight_.index.all.get_doccount();
  std::vector<Word> words;  // in the order in which they were typed
  for (const Plan& part : list->parts)
    if (part.type == Plan::Type::term && part.weight == 1)
      words.push_back({part.term, bm25_weight(documents, sight_.index.all.get_termfreq(part.term), kWdfScale, 1)});
  if (words.size() < 2 || words.size() > kMostDrawn) return;
  for (std::size_t i = 0; i < std::min(found.size(), kDrawn); ++i) {
    const Xapian::Database& segment = sight_.index.segments[segment_of(sight_, found[i].serial)];
    std::vector<Xapian::termpos> before, here;
    for (std::size_t word = 0; word < words.size(); ++word, before.swap(here)) {
      here.assign(segment.positionlist_begin(found[i].serial, words[word].term),
                  segment.positionlist_end(found[i].serial, words[word].term));
      const int distance = least_distance(before, here);
      if (distance <= kNear)
        found[i].weight += kTogether * std::min(words[word].weight, words[word - 1].weight) / distance;
    }
  }
}

void Ranking::prefer(std::vector<Found>& found) const {
  const Tables& tables = sight_.tables;
  // The newest note of the base is as good a today as any, and makes the same question give the same order.
  std::int64_t newest = tables.recorded_at(std::min<Serial>(1, sight_.last()));
  for (const Found& each : found) newest = std::max(newest, tables.recorded_at(each.serial));
  for (Found& each : found) {
    const auto age = static_cast<double>(newest - tables.recorded_at(each.serial));
    each.weight *= 1 + kRecent * std::exp2(-age / kHalfLife) + (tables.answered(each.serial) ? kAnswered : 0);
  }
  std::stable_sort(found.begin(), found.end(), [](const Found& a, const Found& b) { return a.weight > b.weight; });
}

Ranked Ranking::collect(const Query& query, Serial after, std::size_t wanted,
                        const std::function<bool(Serial, Serial)>& before) {
  Ranked ranked;
  ranked.exact = true;
  if (query.empty() || after >= sight_.last()) return ranked;
  std::vector<Serial> heap;  // the last of them in front
  const Collector collector(*this, [&](Serial serial) {
    ++ranked.total;
    if (wanted == 0 || (heap.size() == wanted && !before(serial, heap.front()))) return;
    heap.push_back(serial);
    std::push_heap(heap.begin(), heap.end(), before);
    if (heap.size() > wanted) {
      std::pop_heap(heap.begin(), heap.end(), before);
      heap.pop_back();
    }
  });
  Xapian::Enquire enquire(sight_.index.all);
  enquire.set_weighting_scheme(Xapian::BoolWeight());
  enquire.set_query(after == 0 ? query : Query(Query::OP_FILTER, query, within(sight_, after + 1, sight_.last())));
  try {
    enquire.get_mset(0, 1, 0, nullptr, &collector);
  } catch (const OutOfTime&) {
    ranked.in_time = ranked.exact = false;
  }
  std::sort_heap(heap.begin(), heap.end(), before);
  for (Serial serial : heap) ranked.found.push_back({serial, 0});
  return ranked;
}

Ranked Ranking::newest(const Plan& plan, const std::vector<Query>& filters, std::size_t wanted) {
  const std::size_t looked_at = wanted + 1;  // to know whether there are more
  const Tables& tables = sight_.tables;
  const auto newer = [&](Serial a, Serial b) {
    if (tables.recorded_at(a) != tables.recorded_at(b)) return tables.recorded_at(a) > tables.recorded_at(b);
    return tables.insight(a) != tables.insight(b) ? tables.insight(a) > tables.insight(b) : a < b;
  };
  const Query query = filtered(maker_.make_plain(plan), filters);
  // What came or changed since the index was built is in no order: all of it is looked through. The rest is in order,
  // segment by segment, so that looking ends with the last that is wanted.
  Ranked ranked = collect(query, newest_first_, looked_at, newer);
  std::size_t got = 0;
  const Keeper keeper(*this);
  Serial before = 0;
  for (const Xapian::Database& segment : sight_.index.segments) {
    if (before >= newest_first_ || got >= looked_at || query.empty() || !ranked.in_time) break;
    const Serial last = segment.get_lastdocid();
    Xapian::Enquire enquire(segment);
    enquire.set_weighting_scheme(Xapian::BoolWeight());
    enquire.set_query(last <= newest_first_ ? query : Query(Query::OP_FILTER, query, within(sight_, 1, newest_first_)));
    try {
      const auto still = static_cast<Xapian::doccount>(looked_at - got);
      const Xapian::MSet matches = enquire.get_mset(0, still, 0, nullptr, &keeper);
      for (auto it = matches.begin(); it != matches.end(); ++it) ranked.found.push_back({*it, 0});
      got += matches.size();
      ranked.total += std::max<std::int64_t>(matches.get_matches_lower_bound(), matches.size());
      if (matches.size() == still) ranked.exact = false;
    } catch (const OutOfTime&) {
      ranked.in_time = ranked.exact = false;
    }
    before = last;
  }
  std::sort(ranked.found.begin(), ranked.found.end(),
            [&](const Found& a, const Found& b) { return newer(a.serial, b.serial); });
  cut(ranked, wanted);
  return ranked;
}

Ranked Ranking::soonest(const Plan& plan, const std::vector<Query>& filters, std::size_t wanted) {
  const Tables& tables = sight_.tables;
  const auto key = [&](Serial serial) {
    const bool foresees = tables.foreseen_from(serial) <= tables.foreseen_to(serial);
    return foresees ? tables.foreseen_from(serial) : std::numeric_limits<int>::max();
  };
  Ranked ranked = collect(filtered(maker_.make_plain(plan), filters), 0, wanted + 1, [&](Serial a, Serial b) {
    if (key(a) != key(b)) return key(a) < key(b);
    return tables.insight(a) > tables.insight(b);
  });
  cut(ranked, wanted);
  return ranked;
}

Ranked Ranking::each(const Plan& plan, const std::vector<Query>& filters, std::int64_t most,
                     const std::function<void(Serial)>& on_match) {
  struct Enough {};
  Ranked ranked;
  ranked.exact = true;
  const Query query = filtered(maker_.make_plain(plan), filters);
  if (query.empty()) return ranked;
  const Collector collector(*this, [&](Serial serial) {
    if (ranked.total == most) throw Enough();
    ++ranked.total;
    on_match(serial);
  });
  Xapian::Enquire enquire(sight_.index.all);
  enquire.set_weighting_scheme(Xapian::BoolWeight());
  enquire.set_query(query);
  try {
    enquire.get_mset(0, 1, 0, nullptr, &collector);
  } catch (const Enough&) {
    ranked.exact = false;
  } catch (const OutOfTime&) {
    ranked.in_time = ranked.exact = false;
  }
  return ranked;
}

}  // namespace tidings
