// SPDX-License-Identifier: GPL-3.0-or-later
// Title, body, answer and tags make one text: its stems are the unprefixed terms, with positions. Between the parts the
// positions jump, so that no phrase crosses from one into the next. The first position of a term carries its whole
// folded count; the others carry none.
#include "indexer/index/insight_document.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "indexer/index/analyser.h"
#include "indexer/index/facts.h"
#include "indexer/index/fields.h"
#include "indexer/index/language.h"

namespace tidings {
namespace {

constexpr Xapian::termpos kGap = 100;  // between the parts of a note
// A word of the title counts as this many of the body. Measured (bench-ranking), nDCG@10 of SciFact, Cranfield and
// CACM: 2 gives 0.697, 0.393 and 0.461; 4 gives 0.698, 0.399 and 0.474; 6 gives 0.693, 0.404 and 0.484.
constexpr unsigned kTitleCounts = 6;

// A term at a place of the note.
struct Posting {
  std::string term;
  Xapian::termpos position;
  unsigned count;  // how much it adds to the term's count
  bool operator<(const Posting& other) const {
    return term != other.term ? term < other.term : position < other.position;
  }
};

class Writer {
 public:
  Writer(Xapian::Document& document, std::string language) : document_(document), language_(std::move(language)) {}

  // Adds `text` to the note's text; its words count `times` over, and stand under `prefix` as well if there is one.
  void add_text(std::string_view text, const std::string& prefix, unsigned times) {
    if (text.empty()) return;
    Xapian::termpos last = position_;
    for (Token& token : tokenise(text)) {
      last = position_ + token.position;
      std::string term = stem(token.word, language_);
      if (!token.whole) length_ += times;
      if (!prefix.empty()) prefixed_.push_back({prefix + term, last, 0});
      postings_.push_back({std::move(term), last, times});
      words_.push_back(std::move(token.word));
    }
    position_ = last + kGap;
  }

  void add_names(std::string_view text, std::string_view prefix) {
    for (const Token& token : tokenise(text))
      document_.add_posting(std::string(prefix) + token.word, names_ + token.position);
    names_ += kGap;
  }

  void add_exact(std::string_view value, std::string_view name) {
    if (!value.empty()) document_.add_boolean_term(exact_term(find_field(name)->prefix, value));
  }

  // Counts each word of the text once.
  void count_words(WordCounts& counts) {
    std::sort(words_.begin(), words_.end());
    words_.erase(std::unique(words_.begin(), words_.end()), words_.end());
    for (const std::string& word : words_) ++counts[word];
  }

  void finish() {
    // In order, so that each term is added next to the one before.
    std::sort(prefixed_.begin(), prefixed_.end());
    for (const Posting& posting : prefixed_)
      document_.add_posting(posting.term, posting.position, static_cast<Xapian::termcount>(kWdfScale));
    std::sort(postings_.begin(), postings_.end());
    for (auto first = postings_.begin(); first != postings_.end();) {
      unsigned count = 0;
      auto end = first;
      for (; end != postings_.end() && end->term == first->term; ++end) count += end->count;
      document_.add_posting(first->term, first->position, folded_count(count, length_));
      for (++first; first != end; ++first) document_.add_posting(first->term, first->position, 0);
    }
  }

 private:
  Xapian::Document& document_;
  std::string language_;
  std::vector<Posting> postings_, prefixed_;
  std::vector<std::string> words_;
  unsigned length_ = 0;
  Xapian::termpos position_ = 0;
  Xapian::termpos names_ = 0;
};

std::string all_text(const WholeInsight& whole) {
  std::string text = whole.insight.title + "\n" + whole.insight.body;
  if (!whole.answers.empty()) text += "\n" + whole.answers.back().body;
  return text;
}

}  // namespace

Xapian::termcount folded_count(double count, double length) {
  const double norm = 1 - kLengthWeight + kLengthWeight * length / kAverageLength;
  return static_cast<Xapian::termcount>(std::max(1L, std::lround(kWdfScale * count / norm)));
}

Xapian::Document to_document(const WholeInsight& whole, WordCounts* words) {
  const Insight& insight = whole.insight;
  const std::string language = detect_language(all_text(whole));
  const Answer last = whole.answers.empty() ? Answer{} : whole.answers.back();

  Xapian::Document document;
  Writer writer(document, language);
  writer.add_text(insight.title, std::string(find_field("title")->prefix), kTitleCounts);
  writer.add_text(insight.body, "", 1);
  writer.add_text(last.body, std::string(find_field("answer")->prefix), 1);
  if (words) writer.count_words(*words);
  for (const std::string& tag : insight.tags) {
    writer.add_text(tag, "", 1);
    writer.add_exact(tag, "tag");
  }
  writer.finish();
  writer.add_names(whole.client.name, find_field("client")->prefix);
  for (const ContactName& contact : insight.contacts) writer.add_names(contact.name, find_field("contact")->prefix);
  writer.add_exact(std::to_string(insight.id), "id");
  writer.add_exact(insight.key, "key");
  writer.add_exact(std::to_string(whole.client.id), "client_id");
  writer.add_exact(whole.client.name, "client_name");
  writer.add_exact(insight.author, "author");
  document.add_value(kFactsSlot, pack(facts_of(whole, language)));
  const json data = {insight.key,
                     insight.title,
                     insight.body,
                     last.body,
                     insight.foreseen ? to_json(*insight.foreseen) : json(),
                     last.review_on ? json(to_string_day(*last.review_on)) : json(),
                     last.flagged_at.has_value()};
  const auto bytes = json::to_cbor(data);
  document.set_data(std::string(bytes.begin(), bytes.end()));
  return document;
}

json document_data(const Xapian::Document& document) {
  const Facts facts = unpack(document.get_value(kFactsSlot));
  json data;
  try {
    data = json::from_cbor(document.get_data());
    if (!data.is_array() || data.size() != 7) throw Xapian::DatabaseCorruptError("the data of a document is cut short");
  } catch (const json::exception&) {
    throw Xapian::DatabaseCorruptError("the data of a document cannot be read");
  }
  const auto or_null = [](const std::string& name) { return name.empty() ? json() : json(name); };
  return {{"id", facts.id},
          {"key", std::move(data[0])},
          {"title", std::move(data[1])},
          {"body", std::move(data[2])},
          {"answer", std::move(data[3])},
          {"answer_review_on", std::move(data[5])},
          {"answer_flagged", std::move(data[6])},
          {"client", {{"id", facts.client_id}, {"name", facts[Fact::client]}}},
          {"industry", facts[Fact::industry]},
          {"author", facts[Fact::author]},
          {"kind", facts[Fact::kind]},
          {"recorded_at", to_string(facts.recorded_at)},
          {"foreseen", std::move(data[4])},
          {"contacts", facts.contacts},
          {"tags", facts.tags},
          {"queue", or_null(facts[Fact::queue])},
          {"state", or_null(facts[Fact::state])},
          {"language", facts[Fact::language]}};
}

}  // namespace tidings
