// SPDX-License-Identifier: GPL-3.0-or-later
// What searches look up for many documents at once, in memory, by serial: the facts of each insight, which documents
// count, and the stored counts of the commonest stems.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "indexer/index/facts.h"
#include "indexer/index/store.h"
#include "server/search/append_only.h"

namespace tidings {

// A name that stands for itself by a small number; 0 is "".
using NameCode = std::uint32_t;

// The names of one fact. Reading from any thread while one adds.
class NameBook {
 public:
  NameBook() { names_.at(0); }
  NameCode add(const std::string& name);
  const std::string& name(NameCode code) const { return names_[code]; }  // of a row that is known
  // The codes of the names that are equal to `folded` when folded.
  std::vector<NameCode> find(const std::string& folded) const;
  // The names, as shown, one of whose words begins with `beginning` (folded), at most `limit`.
  std::vector<std::string> beginning(const std::string& beginning, std::size_t limit) const;
  std::vector<std::string> all() const;

 private:
  mutable std::shared_mutex mutex_;  // of codes_ and folded_; names_ are read without it
  AppendOnly<std::string, 1024, 4096> names_;
  std::size_t size_ = 1;
  std::unordered_map<std::string, NameCode> codes_;
  std::multimap<std::string, NameCode> folded_;  // by each beginning of a word: "acme pumps", "pumps"
};

// The stored count of one stem in each document, as a byte. At and above the last byte value counts are alike, which
// changes a weight by less than 4 %.
struct Column {
  static constexpr std::size_t kGroup = 128;
  AppendOnly<std::uint8_t> counts;                // by serial
  AppendOnly<std::uint8_t, 512, 4096> group_max;  // of each kGroup serials
  std::atomic<std::uint8_t> max{0};               // of all
};

class Tables {
 public:
  // Reads all of `index`. Throws Xapian::Error.
  explicit Tables(const OpenIndex& index);

  // Reads what `index` holds past what is known. Any thread; they take turns. Throws Xapian::Error.
  void cover(const OpenIndex& index);

  Serial known() const { return known_.load(std::memory_order_acquire); }

  // Whether a document counts for who sees the index up to `last`: it is there, and none of its insight comes later.
  bool counts(Serial serial, Serial last) const {
    const Serial later = replaced_by_[serial].load(std::memory_order_relaxed);
    return insight_[serial] != 0 && (later == 0 || later > last);
  }
  // How many count.
  std::int64_t count(Serial last) const;

  InsightId insight(Serial serial) const { return insight_[serial]; }
  // The highest insight in the documents up to `last`.
  InsightId newest_insight(Serial last) const { return newest_insight_[last]; }
  std::int64_t recorded_at(Serial serial) const { return recorded_at_[serial]; }  // milliseconds
  NameCode code(Fact fact, Serial serial) const { return codes_[static_cast<std::size_t>(fact)][serial]; }
  ClientId client_id(Serial serial) const { return client_id_[serial]; }
  const std::vector<NameCode>& tags(Serial serial) const { return tag_lists_[tags_[serial]]; }
  bool answered(Serial serial) const { return answered_[serial] != 0; }
  // Days since 1970; from > to where nothing is foreseen.
  int foreseen_from(Serial serial) const { return foreseen_from_[serial]; }
  int foreseen_to(Serial serial) const { return foreseen_to_[serial]; }

  const NameBook& names(Fact fact) const { return names_[static_cast<std::size_t>(fact)]; }
  const NameBook& tag_names() const { return tag_names_; }
  const NameBook& contact_names() const { return contact_names_; }

  // The column of a stem, if it is common enough to have one.
  const Column* column(const std::string& stem) const {
    const auto found = columns_.find(stem);
    return found == columns_.end() ? nullptr : found->second.get();
  }

 private:
  void choose_columns(const OpenIndex& index);
  void read_rows(const OpenIndex& index, bool with_columns);
  void add_row(Serial serial, const Facts& facts);
  static void set(Column& column, Serial serial, Xapian::termcount count);

  std::mutex mutex_;  // of the writer
  std::atomic<Serial> known_{0};
  std::atomic<std::int64_t> count_{0};  // of what counts at known_
  AppendOnly<std::int64_t> insight_, newest_insight_, recorded_at_, client_id_;
  AppendOnly<std::atomic<Serial>> replaced_by_;
  AppendOnly<int> foreseen_from_, foreseen_to_;
  std::array<AppendOnly<NameCode>, kFactCount> codes_;
  AppendOnly<std::uint32_t> tags_;
  AppendOnly<std::uint8_t> answered_;
  AppendOnly<std::vector<NameCode>, 1024, 65536> tag_lists_;
  std::uint32_t tag_list_count_ = 1;
  std::array<NameBook, kFactCount> names_;
  NameBook tag_names_, contact_names_;
  AppendOnly<std::atomic<Serial>> newest_;  // by insight
  std::unordered_map<std::string, std::unique_ptr<Column>> columns_;
};

}  // namespace tidings
