// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/routing/model.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <numeric>
#include <unordered_map>

#include "indexer/base/log.h"
#include "indexer/base/secrets.h"

namespace tidings {
namespace {

constexpr int kModelFormat = 1;
constexpr std::uintmax_t kMaxFile = std::uintmax_t{512} << 20;
constexpr std::size_t kDigest = 64;  // hexadecimal digits of a SHA-256

// As many of all held-out guesses count beside a queue's own.
constexpr double kPrior = 200;
constexpr std::size_t kMaxFeaturesRead = 2000;  // of each block of one note
constexpr std::size_t kMaxTakenAway = 3;        // words, to see what would have changed a decision

template <class T>
json to_binary(const std::vector<T>& values) {
  std::vector<std::uint8_t> bytes(values.size() * sizeof(T));
  if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return json::binary(std::move(bytes));
}

template <class T>
std::vector<T> from_binary(const json& in) {
  const auto& bytes = in.get_binary();
  std::vector<T> values(bytes.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
  return values;
}

// To length 1.
void normalise(std::vector<Weighted>& vector, double length) {
  double sum = 0;
  for (const Weighted& each : vector) sum += static_cast<double>(each.value) * each.value;
  if (sum == 0) return;
  for (Weighted& each : vector) each.value = static_cast<float>(each.value * length / std::sqrt(sum));
}

}  // namespace

FeatureBook::FeatureBook(std::vector<FeatureName> names, std::vector<float> rarity)
    : names_(std::move(names)), rarity_(std::move(rarity)) {}

std::optional<std::uint32_t> FeatureBook::find(FeatureName name) const {
  const auto found = std::lower_bound(names_.begin(), names_.end(), name);
  if (found == names_.end() || *found != name) return std::nullopt;
  return static_cast<std::uint32_t>(found - names_.begin());
}

std::vector<Weighted> FeatureBook::weigh(const ReadNote& note, std::size_t most) const {
  std::unordered_map<FeatureName, float> counts;
  for (const Occurrence& each : note.occurrences) ++counts[each.feature];
  std::vector<Weighted> blocks[2];
  for (const auto& [name, count] : counts)
    if (const auto feature = find(name))
      blocks[name & kLettersBlock].push_back({*feature, (1 + std::log(count)) * rarity_[*feature]});
  for (auto& block : blocks) {
    const auto heavier = [](const Weighted& a, const Weighted& b) {
      return a.value != b.value ? a.value > b.value : a.feature < b.feature;
    };
    std::sort(block.begin(), block.end(), heavier);
    if (block.size() > most) block.resize(most);
    normalise(block, blocks[0].empty() || blocks[1].empty() ? 1 : std::sqrt(0.5));
  }
  std::vector<Weighted> all = std::move(blocks[0]);
  all.insert(all.end(), blocks[1].begin(), blocks[1].end());
  std::sort(all.begin(), all.end(), [](const Weighted& a, const Weighted& b) { return a.feature < b.feature; });
  return all;
}

double Calibration::operator()(double score) const { return 1 / (1 + std::exp(-(slope * score + offset))); }

double Calibration::score_for(double chance) const { return (std::log(chance / (1 - chance)) - offset) / slope; }

RoutingModel::RoutingModel(Parts parts) : parts_(std::move(parts)), of_queue_(parts_.queues.size()) {
  std::vector<HeldOut> held_out = parts_.held_out;
  std::sort(held_out.begin(), held_out.end(), [](const HeldOut& a, const HeldOut& b) {
    return a.score != b.score ? a.score > b.score : a.insight < b.insight;
  });
  double right = 0;
  for (const HeldOut& each : held_out) {
    const bool is_right = each.guessed == each.queue;
    right += is_right;
    of_queue_[each.guessed].emplace_back(each.score, is_right);
    of_all_.emplace_back(each.score, right / static_cast<double>(of_all_.size() + 1));
  }
}

std::vector<double> RoutingModel::scores(const std::vector<Weighted>& note) const {
  const std::size_t count = parts_.queues.size();
  const float* bias = parts_.weights.data() + parts_.book.size() * count;
  std::vector<double> scores(bias, bias + count);
  for (const Weighted& each : note) {
    const float* row = parts_.weights.data() + each.feature * count;
    for (std::size_t queue = 0; queue < count; ++queue) scores[queue] += static_cast<double>(each.value) * row[queue];
  }
  return scores;
}

std::optional<double> RoutingModel::threshold(std::size_t queue, double precision) const {
  std::optional<double> lowest;
  if (precision > 0 && precision < 1 && parts_.calibration.slope > 0) lowest = parts_.calibration.score_for(precision);
  double right = 0, seen = 0;
  for (const auto& [score, is_right] : of_queue_[queue]) {
    right += is_right;
    ++seen;
    const auto below = std::upper_bound(of_all_.begin(), of_all_.end(), score,
                                        [](float value, const auto& each) { return value > each.first; });
    const double of_all = std::prev(below)->second;
    if ((right + kPrior * of_all) / (seen + kPrior) >= precision)
      lowest = std::min<double>(score, lowest.value_or(score));
  }
  return lowest;
}

Judgement RoutingModel::judge(const NoteText& text, const Wanted& wanted) const {
  const ReadNote note = read_note(text);
  const std::vector<Weighted> weighed = parts_.book.weigh(note, kMaxFeaturesRead);
  const std::vector<double> scores = this->scores(weighed);
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return scores[a] != scores[b] ? scores[a] > scores[b] : a < b; });
  double sum = 0;
  for (double score : scores) sum += parts_.calibration(score);
  Judgement judgement;
  for (std::size_t i = 0; i < std::min(order.size(), kCandidates); ++i)
    judgement.candidates.push_back(
        {parts_.queues[order[i]], parts_.calibration(scores[order[i]]) / std::max(1.0, sum)});
  judgement.sure = is_sure(order[0], scores[order[0]], wanted);
  judgement.margin = scores[order[0]] - scores[order[1]];
  judgement.examples = parts_.examples[order[0]];
  explain(note, weighed, order[0], order[1], wanted, judgement);
  return judgement;
}

bool RoutingModel::is_sure(std::size_t queue, double score, const Wanted& wanted) const {
  const auto threshold = this->threshold(queue, wanted(parts_.queues[queue]));
  return threshold && score >= *threshold;
}

void RoutingModel::explain(const ReadNote& note, const std::vector<Weighted>& weighed, std::size_t first,
                           std::size_t second, const Wanted& wanted, Judgement& judgement) const {
  const std::size_t count = parts_.queues.size();
  std::unordered_map<FeatureName, std::pair<double, double>>
      worth;  // of a feature: what it adds, how often it stands there
  for (const Weighted& each : weighed) {
    const float* row = parts_.weights.data() + each.feature * count;
    worth[parts_.book.names()[each.feature]].first = static_cast<double>(each.value) * (row[first] - row[second]);
  }
  for (const Occurrence& each : note.occurrences)
    if (const auto known = worth.find(each.feature); known != worth.end()) ++known->second.second;
  std::unordered_map<std::string, double> by_word;
  for (const Occurrence& each : note.occurrences) {
    const auto known = worth.find(each.feature);
    if (known == worth.end()) continue;
    const double share = known->second.first / known->second.second / 2;
    by_word[note.words[each.first]] += share;
    by_word[note.words[each.last]] += share;
  }
  std::vector<Reason> reasons;
  for (const auto& [word, weight] : by_word) reasons.push_back({word, weight});
  std::sort(reasons.begin(), reasons.end(), [](const Reason& a, const Reason& b) {
    return a.weight != b.weight ? a.weight > b.weight : a.word < b.word;
  });
  for (std::size_t i = 0; i < std::min(reasons.size(), kReasons) && reasons[i].weight > 0; ++i)
    judgement.speaks_for.push_back(reasons[i]);
  for (std::size_t i = reasons.size(); i-- > 0 && judgement.speaks_against.size() < kReasons && reasons[i].weight < 0;)
    judgement.speaks_against.push_back(reasons[i]);
  // Words are taken away, the weightiest first, until the decision is another: only for what was sure.
  if (!judgement.sure) return;
  ReadNote less = note;
  for (std::size_t i = 0; i < std::min(judgement.speaks_for.size(), kMaxTakenAway); ++i) {
    const std::string& word = judgement.speaks_for[i].word;
    judgement.would_change.push_back(word);
    std::erase_if(less.occurrences, [&](const Occurrence& each) {
      return less.words[each.first] == word || less.words[each.last] == word;
    });
    const std::vector<double> scores = this->scores(parts_.book.weigh(less, kMaxFeaturesRead));
    const auto best = static_cast<std::size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
    const bool sure = is_sure(best, scores[best], wanted);
    if (sure && best == first) continue;
    judgement.would_go = sure ? parts_.queues[best] : std::string(kTriage);
    return;
  }
  judgement.would_change.clear();
}

void RoutingModel::save(const std::filesystem::path& path) const {
  const json all = {{"format", kModelFormat},
                    {"place", parts_.age.place},
                    {"trained_at", parts_.age.trained_at},
                    {"queues", parts_.queues},
                    {"examples", parts_.examples},
                    {"slope", parts_.calibration.slope},
                    {"offset", parts_.calibration.offset},
                    {"names", to_binary(parts_.book.names())},
                    {"rarity", to_binary(parts_.book.rarity())},
                    {"weights", to_binary(parts_.weights)},
                    {"held_out", to_binary(parts_.held_out)}};
  const std::vector<std::uint8_t> bytes = json::to_cbor(all);
  const std::string_view content(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::filesystem::path fresh = path.string() + ".new";
  std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
  out << sha256(content) << content;
  out.close();
  std::error_code error;
  if (out) std::filesystem::rename(fresh, path, error);
  if (!out || error) {
    spdlog::warn("router event=model_not_kept path={}", log_value(path.string()));
    std::filesystem::remove(fresh, error);
  }
}

std::optional<RoutingModel> RoutingModel::load(const std::filesystem::path& path) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (error || size <= kDigest || size > kMaxFile) return std::nullopt;
  std::string bytes(size, '\0');
  std::ifstream in(path, std::ios::binary);
  if (!in.read(bytes.data(), static_cast<std::streamsize>(size))) return std::nullopt;
  const std::string_view content = std::string_view(bytes).substr(kDigest);
  if (sha256(content) != std::string_view(bytes).substr(0, kDigest)) return std::nullopt;
  try {
    const json all = json::from_cbor(content.begin(), content.end());
    if (all.at("format") != kModelFormat) return std::nullopt;
    Parts parts;
    parts.age.place = all.at("place");
    parts.age.trained_at = all.at("trained_at");
    parts.queues = all.at("queues").get<std::vector<std::string>>();
    parts.examples = all.at("examples").get<std::vector<std::int64_t>>();
    parts.calibration = {all.at("slope"), all.at("offset")};
    parts.book = FeatureBook(from_binary<FeatureName>(all.at("names")), from_binary<float>(all.at("rarity")));
    parts.weights = from_binary<float>(all.at("weights"));
    parts.held_out = from_binary<HeldOut>(all.at("held_out"));
    const std::size_t queues = parts.queues.size();
    const bool fits = queues >= 2 && parts.examples.size() == queues &&
                      parts.book.names().size() == parts.book.rarity().size() &&
                      parts.weights.size() == (parts.book.size() + 1) * queues &&
                      std::all_of(parts.held_out.begin(), parts.held_out.end(),
                                  [&](const HeldOut& each) { return each.queue < queues && each.guessed < queues; });
    if (!fits) return std::nullopt;
    return RoutingModel(std::move(parts));
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

}  // namespace tidings
