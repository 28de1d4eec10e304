// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/search/sources.h"

#include <algorithm>
#include <cmath>

#include "indexer/index/fields.h"

namespace tidings {
double bm25_weight(double documents, double with_term, double count, unsigned times) {
  constexpr double k1 = kSaturation * kWdfScale;
  double rarity = (documents - with_term + 0.5) / (with_term + 0.5);
  if (rarity < 2) rarity = rarity * 0.5 + 1;
  return std::log(rarity) * ((kRepeats + 1) * times / (kRepeats + times)) * (k1 + 1) * count / (k1 + count);
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
  return serial <= segment_last_ && find(serial, serial, min_weight) == serial;
}

ChoiceSource::ChoiceSource(const Sight& sight, Choice is_wanted, Xapian::doccount estimate)
    : SerialSource(sight), is_wanted_(std::move(is_wanted)) {
  estimate_ = estimate;
}

Serial ChoiceSource::find(Serial from, Serial to, double) const {
  while (from <= to && !is_wanted_(sight_.tables, from)) ++from;
  return from;
}

ColumnSource::ColumnSource(const Sight& sight, std::shared_ptr<const std::vector<Stem>> stems,
                           Xapian::doccount estimate)
    : SerialSource(sight), stems_(std::move(stems)) {
  estimate_ = estimate;
}

void ColumnSource::init(const Xapian::Database& segment) {
  SerialSource::init(segment);
  set_maxweight(bound(*stems_));
}

double ColumnSource::bound(const std::vector<Stem>& stems) {
  double sum = 0;
  for (const Stem& stem : stems) sum += stem.weights.back();
  return sum;
}

double ColumnSource::weight(Serial serial) const {
  double sum = 0;
  for (const Stem& stem : *stems_) sum += stem.weights[stem.column->counts[serial]];
  return sum;
}

Serial ColumnSource::find(Serial from, Serial to, double min_weight) const {
  while (from <= to) {
    // A group whose highest counts together weigh too little is passed over as a whole. The last group of what is seen
    // may still be growing: it is looked through.
    const Serial group = from / Column::kGroup;
    const auto end = static_cast<Serial>(std::min<std::size_t>(to, (group + 1) * Column::kGroup - 1));
    double most = 0;
    if (end - from > 8 && (group + 1) * Column::kGroup <= sight_.last()) {
      for (const Stem& stem : *stems_) most += stem.weights[stem.column->group_max[group]];
      if (most <= 0 || most < min_weight) {
        from = end + 1;
        continue;
      }
    }
    for (; from <= end; ++from) {
      const double sum = weight(from);
      if (sum > 0 && sum >= min_weight) return from;
    }
  }
  return from;
}

}  // namespace tidings
