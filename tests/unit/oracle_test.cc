// SPDX-License-Identifier: GPL-3.0-or-later
// Small random worlds in which brute force over the notes says what each query must find: by search, by facets and by
// standing queries alike.
#include <map>
#include <random>
#include <set>

#include "indexer/base/text.h"
#include "indexer/index/analyser.h"
#include "indexer/index/language.h"
#include "server/search/standing.h"
#include "tests/support/support.h"

namespace tidings {
namespace {

using Random = std::mt19937;
using KeySet = std::set<std::string>;

// Words that no stemmer changes.
const std::vector<std::string>& words() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> kept;
    for (const char* word :
         {"bolt", "drum", "flux", "grip", "knob", "limb", "plug", "rig", "slot", "trim", "насос", "вал"}) {
      bool same = true;
      for (const std::string& language : stemmed_languages()) same &= stem(word, language) == word;
      if (same) kept.emplace_back(word);
    }
    return kept;
  }();
  return all;
}

struct Note {
  std::string key, title, body, author, kind, client;
  std::vector<std::string> tags;
  Day said;
  std::optional<Day> from, to;
};

std::string some_words(Random& random, std::size_t most) {
  std::string text;
  for (std::size_t n = 1 + random() % most; n > 0; --n)
    text += (text.empty() ? "" : " ") + words()[random() % words().size()];
  return text;
}

Day some_day(Random& random) { return *parse_day("2026-01-01") + std::chrono::days(random() % 500); }

Note some_note(Random& random, int number) {
  Note note;
  note.key = "n" + std::to_string(number);
  if (random() % 2) note.title = some_words(random, 3);
  note.body = some_words(random, 9);
  note.author = random() % 2 ? "anna" : "boris";
  const char* kinds[] = {"change", "problem", "people", "other"};
  note.kind = kinds[random() % 4];
  note.client = random() % 2 ? "Acme Pumps" : "Volga Pumps";
  if (random() % 3 == 0) note.tags.push_back(random() % 2 ? "red" : "blue");
  note.said = some_day(random);
  if (note.kind == "change") {
    note.from = some_day(random);
    note.to = *note.from + std::chrono::days(random() % 90);
  }
  return note;
}

json draft_of(const Note& note) {
  json draft = {
      {"key", note.key},   {"title", note.title},   {"body", note.body}, {"author", note.author},
      {"kind", note.kind}, {"client", note.client}, {"tags", note.tags}, {"recorded_at", to_string_day(note.said)}};
  if (note.from) draft["foreseen"] = {{"from", to_string_day(*note.from)}, {"to", to_string_day(*note.to)}};
  return draft;
}

std::vector<std::string> split_words(const std::string& text) { return split(text, ' '); }

// The parts of a note's text; no phrase crosses from one into the next.
std::vector<std::vector<std::string>> parts_of(const Note& note) {
  std::vector<std::vector<std::string>> parts = {split_words(note.title), split_words(note.body)};
  for (const std::string& tag : note.tags) parts.push_back({tag});
  return parts;
}

bool has_run(const std::vector<std::string>& text, const std::vector<std::string>& run) {
  return std::search(text.begin(), text.end(), run.begin(), run.end()) != text.end();
}

// What the language promises, word for word; knows nothing of plans, stems or indexes.
class Oracle {
 public:
  explicit Oracle(const Note& note) : note_(note) {}

  bool finds(const QueryNode& node) const {
    using Type = QueryNode::Type;
    switch (node.type) {
      case Type::all: return true;
      case Type::word:
      case Type::phrase: return leaf(node);
      case Type::date: return (!node.from || note_.said >= *node.from) && (!node.to || note_.said <= *node.to);
      case Type::foreseen:
        return note_.from && (!node.from || *note_.to >= *node.from) && (!node.to || *note_.from <= *node.to);
      case Type::either:
        return std::any_of(node.children.begin(), node.children.end(), [&](const auto& each) { return finds(each); });
      case Type::both:
        return std::all_of(node.children.begin(), node.children.end(), [&](const auto& each) { return finds(each); });
      case Type::without: return !finds(node.children.front());
      case Type::beside: return beside(node);
    }
    return false;
  }

 private:
  static bool is_filter(const QueryNode& node) {
    return node.type == QueryNode::Type::date || node.type == QueryNode::Type::foreseen ||
           (node.field && node.field->type != FieldType::words);
  }

  bool leaf(const QueryNode& node) const {
    const std::vector<std::string> run = split_words(node.text);
    const std::string_view field = node.field ? node.field->name : "";
    if (field == "kind") return note_.kind == node.text;
    if (field == "author") return note_.author == node.text;
    if (field == "key") return note_.key == node.text;
    if (field == "tag") return std::find(note_.tags.begin(), note_.tags.end(), node.text) != note_.tags.end();
    std::vector<std::vector<std::string>> parts = parts_of(note_);
    if (field == "title") parts = {split_words(note_.title)};
    if (field == "client") parts = {split_words(fold(note_.client))};
    return std::any_of(parts.begin(), parts.end(), [&](const auto& part) {
      if (!node.prefix) return has_run(part, run);
      return std::any_of(part.begin(), part.end(), [&](const auto& word) { return word.starts_with(node.text); });
    });
  }

  bool beside(const QueryNode& list) const {
    bool wishes = false, granted = false, demands = false;
    std::map<std::string_view, bool> by_field;
    for (const QueryNode& node : list.children) {
      const bool found = finds(node.type == QueryNode::Type::without ? node.children.front() : node);
      if (node.type == QueryNode::Type::without) {
        if (found) return false;
      } else if (is_filter(node)) {
        if (!node.field) {
          if (!found) return false;
        } else {
          by_field[node.field->name] |= found;
        }
      } else if (node.required || node.field || node.type == QueryNode::Type::phrase ||
                 node.type == QueryNode::Type::both) {
        demands = true;
        if (!found) return false;
      } else {
        wishes = true;
        granted |= found;
      }
    }
    for (const auto& [name, found] : by_field)
      if (!found) return false;
    return demands || !wishes || granted;
  }

  const Note& note_;
};

std::string some_query(Random& random, int depth) {
  const auto word = [&] { return words()[random() % words().size()]; };
  const auto inner = [&] { return some_query(random, depth + 1); };
  switch (random() % (depth > 2 ? 8 : 14)) {
    case 0:
    case 1: return word();
    case 2: return "\"" + word() + " " + word() + "\"";
    case 3: return "kind:" + std::string(random() % 2 ? "change" : "problem");
    case 4: return random() % 2 ? "title:" + word() : "tag:red";
    case 5: return random() % 2 ? "author:anna" : "client:acme";
    case 6: return word().substr(0, 2) + "*";
    case 7: return random() % 2 ? "date:2026-03..2026-09" : "foreseen:2026-06..";
    case 8: return inner() + " " + inner();
    case 9: return inner() + " AND " + inner();
    case 10: return inner() + " OR " + inner();
    case 11: return inner() + " -" + word();
    case 12: return "(" + inner() + " OR " + inner() + ") " + inner();
    default: return "+" + word() + " " + inner();
  }
}

// A lone leaf is the only member of a list.
QueryNode as_list(const QueryNode& root) {
  if (root.type == QueryNode::Type::beside) return root;
  QueryNode list;
  list.type = QueryNode::Type::beside;
  list.children.push_back(root);
  const bool leaf = root.type == QueryNode::Type::word || root.type == QueryNode::Type::date ||
                    root.type == QueryNode::Type::foreseen || (root.field && root.field->type != FieldType::words);
  return leaf ? list : root;
}

KeySet all_hits(const Searcher& searcher, Question question) {
  KeySet keys;
  question.limit = 37;
  question.literal = true;
  question.budget = Millis(60'000);
  do {
    const Hits hits = searcher.search(question);
    for (const json& hit : hits.hits) CHECK_MESSAGE(keys.insert(hit["key"]).second, question.q);
    question.cursor = hits.cursor;
  } while (!question.cursor.empty());
  return keys;
}

}  // namespace

TEST_CASE("in small random worlds, search, facets and standing queries find what brute force finds") {
  REQUIRE(words().size() >= 8);
  for (unsigned seed = 1; seed <= 6; ++seed) {
    Random random(seed);
    House house;
    std::map<std::string, Note> notes;
    // Several segments, and notes that were changed since they were indexed.
    Follower follower(house.ledger, house.folder.path() / "index", {.live = 9});
    for (int round = 0; round < 4; ++round) {
      for (int i = 0; i < 15; ++i) {
        const Note note = some_note(random, round * 15 + i);
        house.keep(draft_of(note));
        notes[note.key] = note;
      }
      for (int i = 0; round > 0 && i < 5; ++i) {
        auto& [key, note] = *std::next(notes.begin(), static_cast<std::ptrdiff_t>(random() % notes.size()));
        note.body = some_words(random, 9);
        house.ledger.write([&](Session& session) {
          for (InsightId id : Insights(session).ids(0, 1000)) {
            Insight insight = Insights(session).find(id);
            if (insight.key != key) continue;
            insight.body = note.body;
            Insights(session).change(insight, {}, kRep);
          }
        });
      }
      follower.catch_up(Stop{});
    }
    std::vector<WholeInsight> wholes;
    house.ledger.read([&](Session& session) {
      for (InsightId id : Insights(session).ids(0, 1000)) wholes.push_back(Insights(session).whole(id));
    });
    std::vector<std::string> queries;
    std::vector<KeySet> expected;
    for (int i = 0; i < 250; ++i) {
      const std::string query = some_query(random, 0);
      const QueryNode root = as_list(parse_query(query).root);
      KeySet keys;
      for (const auto& [key, note] : notes)
        if (Oracle(note).finds(root)) keys.insert(key);
      CHECK_MESSAGE(all_hits(house.searcher, {.q = query}) == keys, "seed ", seed, ": ", query);
      CHECK_MESSAGE(all_hits(house.searcher, {.q = query, .sort = Sort::newest}) == keys, "newest: ", query);
      const Hits counted =
          house.searcher.search({.q = query, .facets = {"kind", "author"}, .literal = true, .exact_total = true});
      CHECK_MESSAGE(counted.total.value == static_cast<std::int64_t>(keys.size()), query);
      std::map<std::string, int> kinds;
      for (const std::string& key : keys) ++kinds[notes[key].kind];
      for (const json& row : counted.facets["kind"])
        CHECK_MESSAGE(kinds[row["value"].get<std::string>()] == row["count"], query);
      queries.push_back(query);
      expected.push_back(std::move(keys));
    }
    const auto standing = match_queries(wholes, queries, Vocabulary());
    for (std::size_t number = 0; number < queries.size(); ++number) {
      KeySet keys;
      for (std::size_t i = 0; i < wholes.size(); ++i)
        if (std::binary_search(standing[i].begin(), standing[i].end(), number)) keys.insert(wholes[i].insight.key);
      CHECK_MESSAGE(keys == expected[number], "standing: ", queries[number]);
    }
  }
}

TEST_CASE("newest and soonest are in order, whatever was kept or changed when") {
  Random random(9);
  House house;
  Follower follower(house.ledger, house.folder.path() / "index", {.live = 9});
  for (int i = 0; i < 80; ++i) {
    house.keep(draft_of(some_note(random, i)));
    if (i % 20 == 10) follower.catch_up(Stop{});
  }
  follower.catch_up(Stop{});
  const auto in_order = [&](Sort sort, const auto& key) {
    Question question{.q = "", .sort = sort, .limit = 13};
    std::vector<std::string> keys;
    do {
      const Hits hits = house.searcher.search(question);
      for (const json& hit : hits.hits) keys.push_back(key(hit));
      question.cursor = hits.cursor;
    } while (!question.cursor.empty());
    return keys;
  };
  auto said = in_order(Sort::newest, [](const json& hit) { return hit["recorded_at"].get<std::string>(); });
  CHECK(said.size() == 80);
  CHECK(std::is_sorted(said.rbegin(), said.rend()));
  auto foreseen = in_order(Sort::foreseen, [](const json& hit) {
    return hit["foreseen"].is_null() ? "9999" : hit["foreseen"]["from"].get<std::string>();
  });
  CHECK(foreseen.size() == 80);
  CHECK(std::is_sorted(foreseen.begin(), foreseen.end()));
}

}  // namespace tidings
