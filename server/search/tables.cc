// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/search/tables.h"

#include <algorithm>

#include "indexer/base/text.h"
#include "indexer/index/fields.h"

namespace tidings {
namespace {

// A stem in one of twenty documents has a column, if those are enough for the walk through its postings to be felt: a
// megabyte per stem and million notes. Measured: one in ten is a third of the memory and slower by half for sentences.
constexpr Xapian::doccount kCommonShare = 20;
constexpr Xapian::doccount kCommonAtLeast = 5000;

constexpr std::size_t kMaxInsight = AppendOnly<std::atomic<Serial>>::block_size() * 4096;

}  // namespace

NameCode NameBook::add(const std::string& name) {
  if (name.empty()) return 0;
  const auto known = codes_.find(name);
  if (known != codes_.end()) return known->second;
  const auto code = static_cast<NameCode>(size_);
  names_.at(code) = name;
  const std::string folded = fold(name);
  const std::unique_lock lock(mutex_);
  ++size_;
  codes_.emplace(name, code);
  for (std::size_t begin = 0; begin != std::string::npos && begin < folded.size();) {
    folded_.emplace(folded.substr(begin), code);
    begin = folded.find(' ', begin);
    if (begin != std::string::npos) ++begin;
  }
  return code;
}

std::vector<NameCode> NameBook::find(const std::string& folded) const {
  const std::shared_lock lock(mutex_);
  std::vector<NameCode> codes;
  for (auto [it, end] = folded_.equal_range(folded); it != end; ++it)
    if (fold(names_[it->second]) == folded) codes.push_back(it->second);
  return codes;
}

std::vector<std::string> NameBook::beginning(const std::string& beginning, std::size_t limit) const {
  const std::shared_lock lock(mutex_);
  std::vector<std::string> found;
  for (auto it = folded_.lower_bound(beginning);
       it != folded_.end() && it->first.starts_with(beginning) && found.size() < limit; ++it)
    if (std::find(found.begin(), found.end(), names_[it->second]) == found.end()) found.push_back(names_[it->second]);
  return found;
}

std::vector<std::string> NameBook::all() const {
  const std::shared_lock lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, code] : codes_) names.push_back(name);
  return names;
}

Tables::Tables(const OpenIndex& index) {
  tag_lists_.at(0);
  choose_columns(index);
  read_rows(index, false);
}

void Tables::choose_columns(const OpenIndex& index) {
  const Xapian::doccount common = std::max(kCommonAtLeast, index.all.get_doccount() / kCommonShare);
  std::unordered_map<std::string, Xapian::doccount> counts;
  for (const Xapian::Database& segment : index.segments) {
    if (segment.get_doccount() < kCommonAtLeast) continue;
    for (auto term = segment.allterms_begin(); term != segment.allterms_end(); ++term) {
      const std::string& stem = *term;
      if (is_prefixed(stem)) continue;
      if (term.get_termfreq() * index.segments.size() >= common) counts[stem] += term.get_termfreq();
    }
  }
  for (const auto& [stem, count] : counts) {
    if (count < common) continue;
    auto column = std::make_unique<Column>();
    column->counts.at(index.last);
    for (const Xapian::Database& segment : index.segments)
      for (auto it = segment.postlist_begin(stem); it != segment.postlist_end(stem); ++it)
        set(*column, *it, it.get_wdf());
    columns_.emplace(stem, std::move(column));
  }
}

void Tables::set(Column& column, Serial serial, Xapian::termcount count) {
  const auto byte = static_cast<std::uint8_t>(std::min<Xapian::termcount>(count, 255));
  column.counts.at(serial) = byte;
  std::uint8_t& most = column.group_max.at(serial / Column::kGroup);
  most = std::max(most, byte);
  if (byte > column.max.load(std::memory_order_relaxed)) column.max.store(byte, std::memory_order_relaxed);
}

void Tables::cover(const OpenIndex& index) {
  if (index.last <= known()) return;
  const std::lock_guard lock(mutex_);
  if (index.last > known()) read_rows(index, true);
}

void Tables::read_rows(const OpenIndex& index, bool with_columns) {
  const Serial known = this->known();
  for (const Xapian::Database& segment : index.segments) {
    if (segment.get_lastdocid() <= known) continue;
    auto it = segment.valuestream_begin(kFactsSlot);
    const auto end = segment.valuestream_end(kFactsSlot);
    if (it != end) it.skip_to(known + 1);
    for (; it != end; ++it) {
      const Serial serial = it.get_docid();
      add_row(serial, unpack(*it));
      if (!with_columns || columns_.empty()) continue;
      for (auto term = segment.termlist_begin(serial); term != segment.termlist_end(serial); ++term)
        if (const auto column = columns_.find(*term); column != columns_.end())
          set(*column->second, serial, term.get_wdf());
    }
  }
  // Every block up to the last serial is there, whatever holes the segments have.
  for (Serial serial = known / 65536 * 65536; serial <= index.last; serial += 65536) {
    insight_.at(serial), newest_insight_.at(serial), recorded_at_.at(serial), client_id_.at(serial),
        replaced_by_.at(serial);
    foreseen_from_.at(serial), foreseen_to_.at(serial), tags_.at(serial), answered_.at(serial);
    for (auto& codes : codes_) codes.at(serial);
    for (auto& [stem, column] : columns_) column->counts.at(serial), column->group_max.at(serial / Column::kGroup);
  }
  for (Serial serial = known + 1; serial <= index.last; ++serial)
    newest_insight_.at(serial) = std::max(newest_insight_[serial - 1], insight_[serial]);
  known_.store(index.last, std::memory_order_release);
}

void Tables::add_row(Serial serial, const Facts& facts) {
  if (facts.id <= 0 || static_cast<std::size_t>(facts.id) >= kMaxInsight)
    throw Xapian::DatabaseCorruptError("a document names no insight");
  insight_.at(serial) = facts.id;
  recorded_at_.at(serial) = to_millis(facts.recorded_at);
  client_id_.at(serial) = facts.client_id;
  answered_.at(serial) = facts.answered;
  foreseen_from_.at(serial) =
      facts.foreseen_from ? static_cast<int>(facts.foreseen_from->time_since_epoch().count()) : 1;
  foreseen_to_.at(serial) = facts.foreseen_to ? static_cast<int>(facts.foreseen_to->time_since_epoch().count()) : 0;
  for (std::size_t fact = 0; fact < kFactCount; ++fact) codes_[fact].at(serial) = names_[fact].add(facts.names[fact]);
  if (!facts.tags.empty()) {
    std::vector<NameCode>& list = tag_lists_.at(tag_list_count_);
    for (const std::string& tag : facts.tags) list.push_back(tag_names_.add(tag));
    tags_.at(serial) = tag_list_count_++;
  }
  for (const std::string& contact : facts.contacts) contact_names_.add(contact);
  replaced_by_.at(serial);
  std::atomic<Serial>& newest = newest_.at(static_cast<std::size_t>(facts.id));
  const Serial before = newest.load(std::memory_order_relaxed);
  if (before != 0)
    replaced_by_.at(before).store(serial, std::memory_order_relaxed);
  else
    count_.fetch_add(1, std::memory_order_relaxed);
  newest.store(serial, std::memory_order_relaxed);
}

std::int64_t Tables::count(Serial last) const {
  if (last == known()) return count_.load(std::memory_order_relaxed);
  std::int64_t count = 0;
  for (Serial serial = 1; serial <= last; ++serial) count += counts(serial, last);
  return count;
}

}  // namespace tidings
