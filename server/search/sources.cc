// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/search/sources.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "indexer/index/fields.h"

namespace tidings {
namespace {

constexpr std::size_t kMostAtOnce = 16;  // columns

}  // namespace

double bm25_weight(double documents, double with_term, double count, unsigned times) {
  constexpr double k1 = kSaturation * kWdfScale;
  double rarity = (documents - with_term + 0.5) / (with_term + 0.5);
  if (rarity < 2) rarity = rarity * 0.5 + 1;
  return std::log(rarity) * ((kRepeats + 1) * times / (kRepeats + times)) * (k1 + 1) * count / (k1 + count);
}

std::size_t segment_of(const Sight& sight, Serial serial) {
  const auto& segments = sight.index.segments;
  for (std::size_t place = 0; place < segments.size(); ++place)
    if (segments[place].get_lastdocid() >= serial) return place;
  throw Xapian::DocNotFoundError("no segment holds the document");
}

void SerialSource::init(const Xapian::Database& segment) {
  documents_ = segment.get_doccount();
  segment_last_ = segment.get_lastdocid();
  Serial before = 0;
  for (const Xapian::Database& each : sight_.index.segments)
    if (each.get_lastdocid() < segment_last_) before = std::max(before, each.get_lastdocid());
  at_ = documents_ == 0 ? segment_last_ : before;
}

void SerialSource::move(Serial to, double min_weight) {
  at_ = to > segment_last_ ? segment_last_ + 1 : find(to, segment_last_, min_weight);
}

bool SerialSource::check(Xapian::docid serial, double min_weight) {
  at_ = serial;
  return serial <= segment_last_ && is_one(serial, min_weight);
}

bool SerialSource::is_one(Serial serial, double min_weight) const { return find(serial, serial, min_weight) == serial; }

ChoiceSource::ChoiceSource(const Sight& sight, Choice is_wanted, Xapian::doccount estimate)
    : SerialSource(sight), is_wanted_(std::move(is_wanted)) {
  estimate_ = estimate;
}

Serial ChoiceSource::find(Serial from, Serial to, double) const {
  while (from <= to && !is_wanted_(sight_.tables, from)) ++from;
  return from;
}

ColumnSource::ColumnSource(const Sight& sight, std::shared_ptr<const std::vector<Stem>> stems, double bound,
                           Xapian::doccount estimate)
    : SerialSource(sight), stems_(std::move(stems)), bound_(bound) {
  estimate_ = estimate;
}

void ColumnSource::init(const Xapian::Database& segment) {
  SerialSource::init(segment);
  set_maxweight(bound_);
}

double ColumnSource::bound(const Sight& sight, const std::vector<Stem>& stems) {
  // Where one stem is at its most, others seldom are: group by group the highest sums are far lower than of all
  // columns.
  if (stems.size() == 1) return stems.front().weights[stems.front().column->max.load(std::memory_order_relaxed)];
  const std::size_t whole = (sight.last() + 1) / Column::kGroup;
  double most = 0;
  for (std::size_t group = 0; group < whole; ++group) {
    double sum = 0;
    for (const Stem& stem : stems) sum += stem.weights[stem.column->group_max[group]];
    most = std::max(most, sum);
  }
  for (std::size_t serial = whole * Column::kGroup; serial <= sight.last(); ++serial) {
    double sum = 0;
    for (const Stem& stem : stems) sum += stem.weights[stem.column->counts[serial]];
    most = std::max(most, sum);
  }
  return most;
}

double ColumnSource::weight(Serial serial) const {
  double sum = 0;
  for (const Stem& stem : *stems_) sum += stem.weights[stem.column->counts[serial]];
  return sum;
}

bool ColumnSource::is_one(Serial serial, double min_weight) const {
  const double sum = weight(serial);
  return sum > 0 && sum >= min_weight;
}

Serial ColumnSource::find(Serial from, Serial to, double min_weight) const {
  const std::vector<Stem>& stems = *stems_;
  while (from <= to) {
    // A group whose highest counts together weigh too little is passed over as a whole. The last group of what is seen
    // may still be growing: it is looked through.
    const auto group = static_cast<Serial>(from / Column::kGroup);
    const auto end = static_cast<Serial>(std::min<std::size_t>(to, (group + 1) * Column::kGroup - 1));
    if (end - from > 8 && (group + 1) * Column::kGroup <= sight_.last()) {
      double most = 0;
      for (const Stem& stem : stems) most += stem.weights[stem.column->group_max[group]];
      if (most <= 0 || most < min_weight) {
        from = end + 1;
        continue;
      }
    }
    // Each column's bytes in the group lie next to each other.
    std::array<const std::uint8_t*, kMostAtOnce> bytes;
    const std::size_t count = std::min(stems.size(), kMostAtOnce);
    for (std::size_t i = 0; i < count; ++i) bytes[i] = stems[i].column->counts.run(from);
    for (std::size_t at = 0; from <= end; ++from, ++at) {
      double sum = 0;
      for (std::size_t i = 0; i < count; ++i) sum += stems[i].weights[bytes[i][at]];
      for (std::size_t i = count; i < stems.size(); ++i) sum += stems[i].weights[stems[i].column->counts[from]];
      if (sum > 0 && sum >= min_weight) return from;
    }
  }
  return from;
}

}  // namespace tidings
