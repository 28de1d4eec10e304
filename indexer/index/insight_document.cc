// SPDX-License-Identifier: GPL-3.0-or-later
// Title, body, answer and tags make one text: its stems are the unprefixed terms, with positions. Between the parts the
// positions jump, so that no phrase crosses from one into the next. The first position of a term carries its whole
// folded count; the others carry none.
#include "indexer/index/insight_document.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "indexer/index/analyser.h"
#include "indexer/index/fields.h"
#include "indexer/index/language.h"

namespace tidings {
namespace {

constexpr Xapian::termpos kGap = 100;  // between the parts of a note
constexpr unsigned kTitleCounts = 2;   // a word of the title counts as this many of the body (measured, tests/bench)

struct Postings {
  unsigned count = 0;
  std::vector<Xapian::termpos> positions;
};

class Writer {
 public:
  Writer(Xapian::Document& document, std::string language) : document_(document), language_(std::move(language)) {}

  // Adds `text` to the note's text; its words count `times` over, and stand under `prefix` as well if there is one.
  void add_text(std::string_view text, std::string_view prefix, unsigned times) {
    if (text.empty()) return;
    Xapian::termpos last = position_;
    for (const Token& token : tokenise(text)) {
      const std::string term = stem(token.word, language_);
      last = position_ + token.position;
      Postings& postings = postings_[term];
      postings.count += times;
      postings.positions.push_back(last);
      if (!token.whole) length_ += times;
      if (!prefix.empty())
        document_.add_posting(std::string(prefix) + term, last, static_cast<Xapian::termcount>(kWdfScale));
    }
    position_ = last + kGap;
  }

  void add_names(std::string_view text, std::string_view prefix) {
    for (const Token& token : tokenise(text))
      document_.add_posting(std::string(prefix) + token.word, names_ + token.position);
    names_ += kGap;
  }

  void add_exact(std::string_view value, std::string_view name, std::optional<Slot> slot = {}) {
    if (value.empty()) return;
    document_.add_boolean_term(exact_term(find_field(name)->prefix, value));
    if (slot) document_.add_value(*slot, std::string(value));
  }

  void finish() {
    for (const auto& [term, postings] : postings_) {
      Xapian::termcount count = folded_count(postings.count, length_);
      for (Xapian::termpos position : postings.positions) {
        document_.add_posting(term, position, count);
        count = 0;
      }
    }
  }

 private:
  Xapian::Document& document_;
  std::string language_;
  std::unordered_map<std::string, Postings> postings_;
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

Xapian::Document to_document(const WholeInsight& whole) {
  const Insight& insight = whole.insight;
  const std::string language = detect_language(all_text(whole));
  const std::string answer = whole.answers.empty() ? "" : whole.answers.back().body;
  const std::string& industry = insight.industry.empty() ? whole.client.industry : insight.industry;

  Xapian::Document document;
  Writer writer(document, language);
  writer.add_text(insight.title, find_field("title")->prefix, kTitleCounts);
  writer.add_text(insight.body, "", 1);
  writer.add_text(answer, find_field("answer")->prefix, 1);
  for (const std::string& tag : insight.tags) {
    writer.add_text(tag, "", 1);
    writer.add_exact(tag, "tag");
  }
  writer.finish();
  writer.add_names(whole.client.name, find_field("client")->prefix);
  json contacts = json::array();
  for (const ContactName& contact : insight.contacts) {
    writer.add_names(contact.name, find_field("contact")->prefix);
    contacts.push_back(contact.name);
  }
  writer.add_exact(std::to_string(insight.id), "id");
  writer.add_exact(insight.key, "key");
  writer.add_exact(std::to_string(whole.client.id), "client_id");
  writer.add_exact(whole.client.name, "client_name");
  writer.add_exact(to_string(insight.kind), "kind", kKindValue);
  writer.add_exact(industry, "industry", kIndustryValue);
  writer.add_exact(insight.author, "author", kAuthorValue);
  writer.add_exact(language, "language", kLanguageValue);
  if (whole.work) {
    writer.add_exact(whole.work->queue, "queue", kQueueValue);
    writer.add_exact(to_string(whole.work->state), "state", kStateValue);
  }
  document.add_value(kClientValue, whole.client.name);
  document.add_value(kRecordedAt, time_value(insight.recorded_at));
  document.add_value(kId, Xapian::sortable_serialise(static_cast<double>(insight.id)));
  if (insight.foreseen) {
    document.add_value(kForeseenFrom, to_string_day(insight.foreseen->from));
    document.add_value(kForeseenTo, to_string_day(insight.foreseen->to));
  }
  const json data = {{"id", insight.id},
                     {"key", insight.key},
                     {"title", insight.title},
                     {"body", insight.body},
                     {"answer", answer},
                     {"client", {{"id", whole.client.id}, {"name", whole.client.name}}},
                     {"industry", industry},
                     {"author", insight.author},
                     {"kind", insight.kind},
                     {"recorded_at", to_string(insight.recorded_at)},
                     {"foreseen", insight.foreseen ? to_json(*insight.foreseen) : json()},
                     {"contacts", contacts},
                     {"tags", insight.tags},
                     {"queue", whole.work ? json(whole.work->queue) : json()},
                     {"state", whole.work ? json(whole.work->state) : json()},
                     {"language", language}};
  const auto bytes = json::to_cbor(data);
  document.set_data(std::string(bytes.begin(), bytes.end()));
  return document;
}

json document_data(const Xapian::Document& document) { return json::from_cbor(document.get_data()); }

}  // namespace tidings
