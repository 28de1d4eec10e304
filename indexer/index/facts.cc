// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers are in base 128, least first; a name is its length and its bytes, or one byte for a name that is common in
// every base.
#include "indexer/index/facts.h"

#include <xapian.h>

#include <algorithm>
#include <iterator>

namespace tidings {
namespace {

// Append only: the place of a name is what the index holds.
constexpr std::string_view kCommonNames[] = {"change",   "problem", "people",   "other", "waiting", "claimed",
                                             "answered", "told",    "declined", "ru",    "en",      "de",
                                             "fr",       "es",      "xx",       "triage"};
constexpr std::uint64_t kCommon = 0;  // length 0 and 1 + place: one of the above; 0 and 0: no name

class Packer {
 public:
  void number(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>(value | 0x80);
    bytes_ += static_cast<char>(value);
  }
  void name(std::string_view text) {
    const auto common = std::find(std::begin(kCommonNames), std::end(kCommonNames), text);
    if (text.empty() || common != std::end(kCommonNames)) {
      number(kCommon);
      number(text.empty() ? 0 : 1 + static_cast<std::uint64_t>(common - std::begin(kCommonNames)));
      return;
    }
    number(text.size());
    bytes_ += text;
  }
  void list(const std::vector<std::string>& names) {
    number(names.size());
    for (const std::string& each : names) name(each);
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : bytes_(bytes) {}
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (bytes_.empty()) break;
      const auto byte = static_cast<unsigned char>(bytes_.front());
      bytes_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return value;
    }
    throw Xapian::DatabaseCorruptError("the facts of a document cannot be read");
  }
  std::string name() {
    const std::uint64_t length = number();
    if (length == kCommon) {
      const std::uint64_t place = number();
      if (place > std::size(kCommonNames)) throw Xapian::DatabaseCorruptError("the facts of a document name nothing");
      return place == 0 ? std::string() : std::string(kCommonNames[place - 1]);
    }
    if (length > bytes_.size()) throw Xapian::DatabaseCorruptError("the facts of a document end early");
    std::string text(bytes_.substr(0, length));
    bytes_.remove_prefix(length);
    return text;
  }
  std::vector<std::string> list() {
    std::vector<std::string> names;
    for (std::uint64_t count = number(); count > 0; --count) names.push_back(name());
    return names;
  }

 private:
  std::string_view bytes_;
};

std::uint64_t day_number(std::optional<Day> day) {
  return day ? static_cast<std::uint64_t>(day->time_since_epoch().count()) + 1 : 0;
}
std::optional<Day> day_of(std::uint64_t number) {
  if (number == 0) return std::nullopt;
  return Day(std::chrono::days(static_cast<std::int64_t>(number) - 1));
}

}  // namespace

Facts facts_of(const WholeInsight& whole, const std::string& language) {
  const Insight& insight = whole.insight;
  Facts facts;
  facts.id = insight.id;
  facts.client_id = whole.client.id;
  facts.recorded_at = insight.recorded_at;
  if (insight.foreseen) {
    facts.foreseen_from = insight.foreseen->from;
    facts.foreseen_to = insight.foreseen->to;
  }
  facts.answered = !whole.answers.empty();
  facts[Fact::kind] = to_string(insight.kind);
  facts[Fact::industry] = insight.industry.empty() ? whole.client.industry : insight.industry;
  facts[Fact::client] = whole.client.name;
  facts[Fact::author] = insight.author;
  facts[Fact::language] = language;
  if (whole.work) {
    facts[Fact::queue] = whole.work->queue;
    facts[Fact::state] = to_string(whole.work->state);
  }
  facts.tags = insight.tags;
  for (const ContactName& contact : insight.contacts) facts.contacts.push_back(contact.name);
  return facts;
}

std::string pack(const Facts& facts) {
  Packer packer;
  packer.number(static_cast<std::uint64_t>(facts.id));
  packer.number(static_cast<std::uint64_t>(facts.client_id));
  packer.number(static_cast<std::uint64_t>(to_millis(facts.recorded_at)));
  packer.number(day_number(facts.foreseen_from));
  packer.number(day_number(facts.foreseen_to));
  packer.number(facts.answered ? 1 : 0);
  for (const std::string& name : facts.names) packer.name(name);
  packer.list(facts.tags);
  packer.list(facts.contacts);
  return packer.take();
}

Facts unpack(std::string_view bytes) {
  Unpacker unpacker(bytes);
  Facts facts;
  facts.id = static_cast<InsightId>(unpacker.number());
  facts.client_id = static_cast<ClientId>(unpacker.number());
  facts.recorded_at = from_millis(static_cast<std::int64_t>(unpacker.number()));
  facts.foreseen_from = day_of(unpacker.number());
  facts.foreseen_to = day_of(unpacker.number());
  facts.answered = unpacker.number() != 0;
  for (std::string& name : facts.names) name = unpacker.name();
  facts.tags = unpacker.list();
  facts.contacts = unpacker.list();
  return facts;
}

}  // namespace tidings
