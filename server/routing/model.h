// SPDX-License-Identifier: GPL-3.0-or-later
// The learned router's model: a linear classifier with one row of weights a feature, what is known of how right it is,
// and how it explains itself. A derived file: deleted, it is trained anew.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "indexer/base/json.h"
#include "indexer/model/work.h"
#include "server/routing/features.h"

namespace tidings {

// A note as numbers: features the model knows, by rising index; each block of length 1, both together of length 1.
struct Weighted {
  std::uint32_t feature = 0;
  float value = 0;
};

// Which features there are, and how much each says by itself: (1 + ln count) · (1 + ln((1 + notes) / (1 + notes with
// it))).
class FeatureBook {
 public:
  FeatureBook() = default;
  // `names` rising; `rarity` beside them.
  FeatureBook(std::vector<FeatureName> names, std::vector<float> rarity);

  std::size_t size() const { return names_.size(); }
  std::optional<std::uint32_t> find(FeatureName name) const;
  // At most `most` features of each block, those of the highest values.
  std::vector<Weighted> weigh(const ReadNote& note, std::size_t most) const;
  const std::vector<FeatureName>& names() const { return names_; }
  const std::vector<float>& rarity() const { return rarity_; }

 private:
  std::vector<FeatureName> names_;
  std::vector<float> rarity_;
};

// A note that a model which had not seen it was asked about.
struct HeldOut {
  InsightId insight = 0;
  std::uint16_t queue = 0;    // where it belongs
  std::uint16_t guessed = 0;  // where the model would have put it
  float score = 0;            // of the guess
};

// The chance that a score is right: 1 / (1 + exp(−(slope · score + offset))), fitted to held-out notes (Platt).
struct Calibration {
  double slope = 1;
  double offset = 0;
  double operator()(double score) const;
  // The score at which the chance is `chance`, which is within 0 and 1.
  double score_for(double chance) const;
};

// A word of the note and what it adds to the queue's score over the runner-up's.
struct Reason {
  std::string word;
  double weight = 0;
};

// What the model makes of a note.
struct Judgement {
  std::vector<Candidate> candidates;  // the likeliest first, at most kCandidates
  bool sure = false;                  // reaches the precision that the first queue wants
  double margin = 0;                  // of the scores of the first and the second
  std::int64_t examples = 0;          // of the first queue
  std::vector<Reason> speaks_for, speaks_against;
  std::vector<std::string> would_change;  // without these words it would have been decided differently…
  std::string would_go;                   // …and gone there
};

constexpr std::size_t kCandidates = 5;
constexpr std::size_t kReasons = 5;

// The precision that a queue wants.
using Wanted = std::function<double(const std::string& queue)>;

// What a model was learned from, and when.
struct ModelAge {
  std::int64_t place = 0;       // in the feed
  std::int64_t trained_at = 0;  // milliseconds
};

class RoutingModel {
 public:
  struct Parts {
    FeatureBook book;
    std::vector<std::string> queues;     // sorted
    std::vector<std::int64_t> examples;  // of each queue
    std::vector<float> weights;          // (features + 1) rows of one weight a queue; the last is the bias
    Calibration calibration;
    std::vector<HeldOut> held_out;
    ModelAge age;
  };

  explicit RoutingModel(Parts parts);

  // Whose score for `queue`, a place in queues(), is how high.
  std::vector<double> scores(const std::vector<Weighted>& note) const;
  // Under a millisecond for a note of a page. Any thread.
  Judgement judge(const NoteText& text, const Wanted& wanted) const;
  // The score from which on guesses for a queue are right as often as `precision`: by held-out notes, the queue's own
  // and, as long as these are few, all; or, if that is lower, by the calibrated chance of the single guess. Nothing if
  // no score is high enough.
  std::optional<double> threshold(std::size_t queue, double precision) const;

  const std::vector<std::string>& queues() const { return parts_.queues; }
  const Parts& parts() const { return parts_; }

  // Writes and reads a model's file, checked by its digest; nothing if there is none that fits this program.
  void save(const std::filesystem::path& path) const;
  static std::optional<RoutingModel> load(const std::filesystem::path& path);

 private:
  bool is_sure(std::size_t queue, double score, const Wanted& wanted) const;
  void explain(const ReadNote& note, const std::vector<Weighted>& weighed, std::size_t first, std::size_t second,
               const Wanted& wanted, Judgement& judgement) const;

  Parts parts_;
  std::vector<std::vector<std::pair<float, bool>>> of_queue_;  // held-out guesses: score, right; the highest first
  std::vector<std::pair<float, double>> of_all_;               // score, precision from there on; the highest first
};

}  // namespace tidings
