// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/search/answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <set>
#include <unordered_map>

#include "indexer/base/refusal.h"
#include "indexer/base/text.h"
#include "indexer/index/analyser.h"
#include "indexer/index/fields.h"
#include "indexer/index/insight_document.h"
#include "indexer/index/language.h"
#include "server/search/facet_counter.h"
#include "server/search/snippet.h"

namespace tidings {
namespace {

using Xapian::Query;
using Type = Plan::Type;

// A beginning stands for so many words, the commonest; fewer while somebody types.
constexpr std::size_t kBeginnings = 100;
constexpr std::size_t kBeginningsTyping = 10;
// One or two letters begin too many words to be worth ranking: while somebody types them, the newest are shown.
constexpr std::size_t kRankedLetters = 3;

// A term of one in so many notes or more is no short list: what the tables know is faster.
constexpr double kShortList = 500;

constexpr std::size_t kLooksRising = 50;  // hits
constexpr std::size_t kRisingShown = 12;  // words
constexpr std::size_t kFeedbackTerms = 20;
// Of the strongest. Measured (bench-ranking --feedback): Cranfield 0.268 without and 0.327 with, CACM 0.348 and 0.367.
constexpr double kFeedbackWeight = 0.4;
constexpr std::size_t kNearest = 3;

// What a cursor holds: how many hits were given, the newest insight there was, and the word for which ones were given.
struct Cursor {
  int offset = 0;
  std::int64_t newest = std::numeric_limits<std::int64_t>::max();
  std::string word;
};

std::string to_text(const Cursor& cursor) { return fmt::format("{}.{}.{}", cursor.offset, cursor.newest, cursor.word); }

Cursor to_cursor(const std::string& text) {
  Cursor cursor;
  const char* end = text.data() + text.size();
  const auto offset = std::from_chars(text.data(), end, cursor.offset);
  if (offset.ec == std::errc() && offset.ptr != end && *offset.ptr == '.') {
    const auto newest = std::from_chars(offset.ptr + 1, end, cursor.newest);
    if (newest.ec == std::errc() && newest.ptr != end && *newest.ptr == '.' && cursor.offset >= 0 &&
        cursor.offset <= kMaxDeep) {
      cursor.word.assign(newest.ptr + 1, end);
      return cursor;
    }
  }
  throw Refusal(Code::invalid, "the cursor is none that a search gave", {{"/cursor", "is none that a search gave"}});
}

// The number of a document in sight.index.all.
Xapian::docid number_in_all(const Sight& sight, Serial serial) {
  const auto segments = static_cast<Xapian::docid>(sight.index.segments.size());
  return (serial - 1) * segments + static_cast<Xapian::docid>(segment_of(sight, serial)) + 1;
}

void each_term(const Plan& plan, const std::function<void(const Plan&)>& on_term) {
  if (plan.type == Type::term) on_term(plan);
  const bool first_only = plan.type == Type::without || plan.type == Type::filter;
  for (std::size_t i = 0; i < (first_only ? 1 : plan.parts.size()); ++i) each_term(plan.parts[i], on_term);
}

void gather_words(const QueryNode& node, std::vector<QueryNode>& words) {
  if (node.type == QueryNode::Type::without) return;
  if (node.type == QueryNode::Type::word || node.type == QueryNode::Type::phrase) {
    if (node.field && node.field->type != FieldType::words) return;
    QueryNode word = node;
    word.type = QueryNode::Type::word;
    word.field = nullptr;
    word.required = false;
    words.push_back(std::move(word));
  }
  for (const QueryNode& child : node.children) gather_words(child, words);
}

class Answering {
 public:
  Answering(const Base& base, const Question& question)
      : base_(base),
        sight_(base.sight),
        tables_(base.sight.tables),
        question_(question),
        languages_(tables_.names(Fact::language).all()) {}

  Hits give() {
    check();
    if (!question_.cursor.empty()) cursor_ = to_cursor(question_.cursor);
    read();
    add_filters();
    Hits hits = find(planned_, all_filters(), question_.limit);
    if (hits.total.value == 0 && !planned_.is_all && question_.cursor.empty()) hits.nearest = find_nearest();
    hits.hints = std::move(hints_);
    hits.corrections = std::move(corrections_);
    return hits;
  }

 private:
  void check() const {
    if (question_.limit < 1 || question_.limit > kMaxLimit)
      throw invalid("/limit", fmt::format("is not within 1 to {}", kMaxLimit));
    for (const std::string& name : question_.facets)
      if (!is_facet(name)) throw invalid("/facets", fmt::format("\"{}\" is no facet", cut(name, 60)));
    if (!question_.histogram.empty() && !is_interval(question_.histogram))
      throw invalid("/histogram", "is not day, week, month, quarter or year");
    if (question_.like.size() > kMaxLike) throw invalid("/like", fmt::format("names more than {} insights", kMaxLike));
  }

  // What was typed, corrected, as a plan.
  void read() {
    ParsedQuery parsed = parse_query(question_.q);
    hints_ = std::move(parsed.hints);
    if (question_.typing && !question_.q.empty() && question_.q.back() != ' ') let_go_on(parsed.root);
    if (!question_.literal)
      corrections_ = correct_query(
          parsed.root, base_.lexicon, [&](const std::string& word) { return notes_with(word); },
          sight_.reach != nullptr);
    root_ = std::move(parsed.root);
    planned_ = plan_query(root_, languages_, base_.vocabulary);
    if (planned_.plan.empty()) {
      // Nothing in it could be searched for ("…", "&&"): better everything, with a word about it, than nothing.
      planned_.plan = make_plan(Type::everything, {});
      if (!planned_.is_all) hints_.emplace_back("There is no word in the query; everything is shown.");
      planned_.is_all = true;
    }
    if (!question_.like.empty()) add_feedback();
  }

  std::vector<std::string> stems_of(const std::string& word) const { return stems_in(word, languages_); }

  std::int64_t notes_with(const std::string& word) const {
    if (sight_.reach) return reached_notes(base_, plan_of(Type::any, stems_of(word)), 1);
    Xapian::doccount most = sight_.index.all.get_termfreq(stem(word, "en"));
    for (const std::string& language : languages_)
      if (language != "en") most = std::max(most, sight_.index.all.get_termfreq(stem(word, language)));
    return most;
  }

  // The last word that was typed may go on.
  static void let_go_on(QueryNode& node) {
    if (node.type == QueryNode::Type::word && !node.field) {
      node.prefix = true;
    } else if (!node.children.empty() && node.type != QueryNode::Type::without) {
      let_go_on(node.children.back());
    }
  }

  // The words that stand out in the insights that should be like what is found.
  void add_feedback() {
    Xapian::RSet relevant;
    for (InsightId id : question_.like) {
      try {
        relevant.add_document(number_in_all(sight_, serial_of(sight_, id)));
      } catch (const Refusal&) {
        hints_.push_back(fmt::format("There is no insight {} to be like.", id));
      }
    }
    if (relevant.empty()) return;
    Xapian::Enquire enquire(sight_.index.all);
    enquire.set_query(Query(std::string()));
    enquire.set_expansion_scheme("bo1");
    const TextTerms decider;
    const Xapian::ESet words = enquire.get_eset(kFeedbackTerms, relevant, 0, &decider);
    std::vector<Plan> wishes;
    if (!planned_.is_all) wishes.push_back(std::move(planned_.plan));
    double most = 0;
    for (auto it = words.begin(); it != words.end(); ++it) {
      most = std::max(most, it.get_weight());
      wishes.push_back(make_term(*it));
      wishes.back().weight = kFeedbackWeight * it.get_weight() / most;
      planned_.marks.push_back({*it, *it, false, false});
    }
    planned_.plan = make_plan(Type::any, std::move(wishes));
    planned_.is_all = false;
  }

  struct Filter {
    std::string facet;  // the facet it chooses from, or empty
    Query query;
  };

  // Names that are terms too, by whichever is faster.
  Query named(Fact fact, const char* field, const std::vector<std::string>& values) const {
    std::vector<Query> terms;
    double with_term = 0;
    for (const std::string& value : values) {
      const std::string term = exact_term(find_field(field)->prefix, value);
      with_term += sight_.index.all.get_termfreq(term);
      terms.emplace_back(term);
    }
    if (with_term * kShortList < sight_.index.all.get_doccount())
      return Query(Query::OP_OR, terms.begin(), terms.end());
    return choose(sight_, fact_is(tables_, fact, values), with_term / std::max(1U, sight_.index.all.get_doccount()));
  }

  void add_filters() {
    const Question& q = question_;
    const auto add = [&](const char* facet, Query query) { filters_.push_back({facet, std::move(query)}); };
    const auto add_fact = [&](const std::vector<std::string>& values, const char* facet, Fact fact) {
      if (!values.empty()) add(facet, choose(sight_, fact_is(tables_, fact, values), 0.3));
    };
    add_fact(q.kinds, "kind", Fact::kind);
    add_fact(q.industries, "industry", Fact::industry);
    add_fact(q.queues, "queue", Fact::queue);
    add_fact(q.states, "state", Fact::state);
    add_fact(q.languages, "language", Fact::language);
    if (!q.authors.empty()) add("author", named(Fact::author, "author", q.authors));
    if (!q.clients.empty()) {
      std::vector<Query> ways{named(Fact::client, "client_name", q.clients)};
      for (const std::string& client : q.clients)
        if (is_number(client)) ways.emplace_back(exact_term(find_field("client_id")->prefix, client));
      add("client", Query(Query::OP_OR, ways.begin(), ways.end()));
    }
    if (!q.tags.empty()) {
      std::vector<Query> ways;
      for (const std::string& tag : q.tags) ways.emplace_back(exact_term(find_field("tag")->prefix, tag));
      add("tag", Query(Query::OP_OR, ways.begin(), ways.end()));
    }
    add_periods(q.years, "year", said_within, "/year");
    add_periods(q.quarters, "quarter", foreseen_within, "/quarter");
    if (q.from || q.to) add("", choose(sight_, said_within(q.from, q.to), 0.5));
    if (q.foreseen_from || q.foreseen_to) add("", choose(sight_, foreseen_within(q.foreseen_from, q.foreseen_to), 0.2));
  }

  void add_periods(const std::vector<std::string>& values, const char* facet,
                   ChoiceSource::Choice (*within)(std::optional<Day>, std::optional<Day>), const char* pointer) {
    if (values.empty()) return;
    std::vector<ChoiceSource::Choice> choices;
    for (const std::string& value : values) {
      const auto period = parse_period(value);
      if (!period) throw invalid(pointer, fmt::format("\"{}\" is no time such as 2027 or 2027-Q2", cut(value, 60)));
      choices.push_back(within(period->from, period->to));
    }
    filters_.push_back({facet, choose(
                                   sight_,
                                   [choices](const Tables& tables, Serial serial) {
                                     return std::any_of(choices.begin(), choices.end(),
                                                        [&](const auto& each) { return each(tables, serial); });
                                   },
                                   0.3)});
  }

  std::vector<Query> all_filters(const std::string& but_of = "-") const {
    std::vector<Query> queries;
    for (const Filter& filter : filters_)
      if (filter.facet != but_of || filter.facet.empty()) queries.push_back(filter.query);
    return queries;
  }

  Ranking ranking() const {
    const auto words = question_.typing ? kBeginningsTyping : kBeginnings;
    return Ranking(sight_, base_.manifest.newest_first, cursor_.newest, {begun_, question_.budget},
                   [this, words](const std::string& beginning) { return stems_beginning(beginning, words); });
  }

  std::vector<std::string> stems_beginning(const std::string& beginning, std::size_t words) const {
    std::vector<std::string> stems;
    for (const CountedWord& each : base_.lexicon.completions(beginning, words)) {
      // Russian words have one stem, others one for each language of the base; what no note has costs little.
      for (const std::string& language : languages_) {
        std::string term = stem(each.word, language);
        if (std::find(stems.begin(), stems.end(), term) == stems.end()) stems.push_back(std::move(term));
      }
    }
    return stems;
  }

  bool is_short_beginning() const {
    const auto letters = std::count_if(root_.text.begin(), root_.text.end(),
                                       [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
    return question_.typing && root_.type == QueryNode::Type::word && root_.prefix &&
           letters < static_cast<std::ptrdiff_t>(kRankedLetters);
  }

  Hits find(const Planned& planned, const std::vector<Query>& filters, int limit) {
    Hits hits;
    const bool in_order = planned.is_all || is_short_beginning();
    const Sort sort = question_.sort.value_or(in_order ? Sort::newest : Sort::relevance);
    const auto wanted = static_cast<std::size_t>(cursor_.offset) + static_cast<std::size_t>(limit);
    Ranking ranking = this->ranking();
    Ranked ranked = sort == Sort::relevance ? ranking.best(planned.plan, filters, wanted)
                    : sort == Sort::newest  ? ranking.newest(planned.plan, filters, wanted)
                                            : ranking.soonest(planned.plan, filters, wanted);
    hits.in_time = ranked.in_time;
    hits.total = {ranked.total, ranked.exact};
    count(planned, filters, hits);
    const Marker marker(planned.marks);
    const auto page = next_page(ranked.found, static_cast<std::size_t>(limit));
    for (const Found& found : page) hits.hits.push_back(to_hit(found, planned, marker));
    const int given = cursor_.offset + static_cast<int>(page.size());
    if (ranked.more && given < kMaxDeep && !page.empty()) hits.cursor = next_cursor(page, given);
    if (question_.rising) hits.rising = rising(ranked.found);
    return hits;
  }

  // The first `limit` that were not given yet. Where that is not known any more, what comes after so many.
  std::vector<Found> next_page(const std::vector<Found>& found, std::size_t limit) {
    std::vector<Found> page;
    given_ = base_.pages.find(cursor_.word);
    if (given_) {
      const auto before = given_->all();
      for (const Found& each : found)
        if (page.size() < limit && !before.contains(tables_.insight(each.serial))) page.push_back(each);
    } else {
      const std::size_t first = std::min(found.size(), static_cast<std::size_t>(cursor_.offset));
      const std::size_t end = std::min(found.size(), first + limit);
      page.assign(found.begin() + static_cast<std::ptrdiff_t>(first), found.begin() + static_cast<std::ptrdiff_t>(end));
    }
    return page;
  }

  std::string next_cursor(const std::vector<Found>& page, int offset) const {
    auto given = std::make_shared<Given>();
    given->before = given_;
    for (const Found& each : page) given->insights.push_back(tables_.insight(each.serial));
    const InsightId newest = question_.cursor.empty() ? tables_.newest_insight(sight_.last()) : cursor_.newest;
    const bool known = given_ || question_.cursor.empty();
    return to_text({offset, newest, known ? base_.pages.remember(std::move(given)) : ""});
  }

  // Totals, facets and histogram.
  void count(const Planned& planned, const std::vector<Query>& filters, Hits& hits) {
    const bool everything = planned.plan.type == Type::everything && filters.empty() && !sight_.reach;
    if (everything && question_.cursor.empty()) hits.total = {tables_.count(sight_.last()), true};
    const bool shows = !question_.facets.empty() || !question_.histogram.empty();
    // Without words matches are cheap: there the total goes on past the page.
    const bool more = !hits.total.exact && (question_.exact_total || planned.is_all);
    if (!shows && !more) return;
    const std::int64_t most = question_.exact_total ? std::numeric_limits<std::int64_t>::max() : kCounted;
    std::vector<std::string> together, apart;
    for (const std::string& name : question_.facets) {
      const bool chosen =
          std::any_of(filters_.begin(), filters_.end(), [&](const Filter& filter) { return filter.facet == name; });
      (chosen ? apart : together).push_back(name);
    }
    FacetCounter counter(tables_, together, question_.histogram);
    Ranking ranking = this->ranking();
    const Ranked counted = ranking.each(planned.plan, filters, most, [&](Serial serial) { counter.count(serial); });
    hits.in_time = hits.in_time && counted.in_time;
    if (counted.total >= hits.total.value && !hits.total.exact) hits.total = {counted.total, counted.exact};
    hits.facets = counter.facets();
    if (!question_.histogram.empty()) hits.histogram = counter.histogram();
    for (const std::string& name : apart) {
      FacetCounter alone(tables_, {name}, "");
      ranking.each(planned.plan, all_filters(name), most, [&](Serial serial) { alone.count(serial); });
      hits.facets[name] = alone.facets()[name];
    }
  }

  json to_hit(const Found& found, const Planned& planned, const Marker& marker) const {
    if (question_.ids_only) return {{"id", tables_.insight(found.serial)}, {"score", found.weight}};
    const Xapian::Document document = document_at(sight_, found.serial);
    json hit = document_data(document);
    const std::string language = hit["language"];
    const Snippet title = make_snippet(hit["title"].get_ref<const std::string&>(), language, marker, kMaxTitle);
    const Snippet body = make_snippet(hit["body"].get_ref<const std::string&>(), language, marker);
    const Snippet answer = make_snippet(hit["answer"].get_ref<const std::string&>(), language, marker);
    hit["title_html"] = title.html;
    hit["snippet"] = answer.distinct > body.distinct ? answer.html : body.html;
    hit["answered"] = !hit["answer"].get_ref<const std::string&>().empty();
    hit["score"] = found.weight;
    json matched = json::array();
    std::set<std::string> shown;
    for (const Snippet* part : {&title, &body, &answer})
      for (const auto& [number, word] : part->marked) {
        const Mark& mark = marker.mark(number);
        if (shown.insert(mark.typed + "\n" + fold(word)).second)
          matched.push_back({{"typed", mark.typed}, {"word", word}, {"synonym", mark.synonym}});
      }
    hit["matched"] = std::move(matched);
    if (question_.explain)
      hit["explanation"] = explain(found, planned, sight_.index.segments[segment_of(sight_, found.serial)]);
    hit.erase("body");
    hit.erase("answer");
    return hit;
  }

  // What each term adds, and how often it stands there.
  json explain(const Found& found, const Planned& planned, const Xapian::Database& segment) const {
    json parts = json::array();
    const double documents = sight_.index.all.get_doccount();
    const double shown =
        sight_.reach ? static_cast<double>(reached_notes(base_, make_plan(Type::everything, {}), kCounted)) : documents;
    std::set<std::string> seen;
    each_term(planned.plan, [&](const Plan& plan) {
      if (!seen.insert(plan.term).second) return;
      auto term = segment.termlist_begin(found.serial);
      const auto end = segment.termlist_end(found.serial);
      if (term != end) term.skip_to(plan.term);
      if (term == end || *term != plan.term) return;
      double with_term = sight_.index.all.get_termfreq(plan.term);
      const double weight = plan.weight * bm25_weight(documents, with_term, term.get_wdf(), plan.times);
      if (sight_.reach) with_term = static_cast<double>(reached_notes(base_, make_term(plan.term), kCounted));
      const auto mark = std::find_if(planned.marks.begin(), planned.marks.end(),
                                     [&](const Mark& each) { return each.stem == plan.term; });
      const std::string typed = mark == planned.marks.end() ? plan.term : mark->typed;
      const auto count = term.positionlist_count();
      parts.push_back({{"typed", typed},
                       {"stem", plan.term},
                       {"synonym", mark != planned.marks.end() && mark->synonym},
                       {"count", count},
                       {"notes", static_cast<std::int64_t>(with_term)},
                       {"weight", weight},
                       {"text", fmt::format("“{}” stands there {} times; {} of {} notes have it: {:.1f}", typed,
                                            std::max<Xapian::termcount>(1, count), with_term, shown, weight)}});
    });
    std::sort(parts.begin(), parts.end(), [](const json& a, const json& b) { return a["weight"] > b["weight"]; });
    return parts;
  }

  // Stems that stand out in the best hits, as words that are written there.
  json rising(const std::vector<Found>& found) const {
    json rows = json::array();
    if (found.empty()) return rows;
    Xapian::RSet best;
    std::unordered_map<std::string, std::map<std::string, int>> forms;
    for (std::size_t i = 0; i < std::min(found.size(), kLooksRising); ++i) {
      best.add_document(number_in_all(sight_, found[i].serial));
      const json data = document_data(document_at(sight_, found[i].serial));
      for (const char* part : {"title", "body", "answer"})
        for (const Token& token : tokenise(data[part].get_ref<const std::string&>()))
          ++forms[stem(token.word, data["language"].get_ref<const std::string&>())][token.word];
    }
    Xapian::Enquire enquire(sight_.index.all);
    enquire.set_query(Query(std::string()));
    enquire.set_expansion_scheme("bo1");
    const TextTerms decider;
    const Xapian::ESet stems = enquire.get_eset(kRisingShown, best, 0, &decider);
    for (auto it = stems.begin(); it != stems.end(); ++it) {
      const auto known = forms.find(*it);
      if (known == forms.end()) continue;
      const auto form = std::max_element(known->second.begin(), known->second.end(),
                                         [](const auto& a, const auto& b) { return a.second < b.second; });
      rows.push_back({{"word", form->first}, {"weight", it.get_weight()}});
    }
    return rows;
  }

  // Less strictly the same: without the filters, with any of the words, or both.
  json find_nearest() {
    Planned loose = planned_;
    std::vector<QueryNode> words;
    gather_words(root_, words);
    if (!words.empty()) {
      QueryNode any;
      any.type = QueryNode::Type::beside;
      any.children = std::move(words);
      loose = plan_query(any, languages_, base_.vocabulary);
    }
    const std::pair<const char*, std::pair<const Planned*, bool>> ways[] = {
        {"demands", {&loose, true}}, {"filters", {&planned_, false}}, {"both", {&loose, false}}};
    for (const auto& [dropped, way] : ways) {
      if (way.first->plan.empty() || (!way.second && filters_.empty())) continue;
      Ranked ranked = ranking().best(way.first->plan, way.second ? all_filters() : std::vector<Query>(), kNearest);
      if (ranked.found.empty()) continue;
      const Marker marker(way.first->marks);
      json hits = json::array();
      for (const Found& found : ranked.found) hits.push_back(to_hit(found, *way.first, marker));
      return {{"dropped", dropped}, {"hits", hits}};
    }
    return nullptr;
  }

 public:
  static Serial serial_of(const Sight& sight, InsightId id) {
    const std::string term = exact_term(find_field("id")->prefix, std::to_string(id));
    Serial newest = 0;
    for (const Xapian::Database& segment : sight.index.segments)
      for (auto it = segment.postlist_begin(term); it != segment.postlist_end(term); ++it)
        newest = std::max<Serial>(newest, *it);
    if (newest == 0 || (sight.reach && !sight.shows(newest)))
      throw Refusal(Code::not_found, fmt::format("there is no insight {}", id));
    return newest;
  }

 private:
  const Base& base_;
  const Sight& sight_;
  const Tables& tables_;
  const Question& question_;
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  std::vector<std::string> languages_;
  Cursor cursor_;
  std::shared_ptr<const Given> given_;
  QueryNode root_;
  Planned planned_;
  std::vector<Filter> filters_;
  std::vector<std::string> hints_;
  std::vector<Correction> corrections_;
};

}  // namespace

Hits answer(const Base& base, const Question& question) { return Answering(base, question).give(); }

Xapian::Document find_document(const Sight& sight, InsightId id) {
  const Serial serial = Answering::serial_of(sight, id);
  return document_at(sight, serial);
}

}  // namespace tidings
