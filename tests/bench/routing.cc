// SPDX-License-Identifier: GPL-3.0-or-later
// bench-routing FOLDER…: how well the learned router does on sets of train.tsv, test.tsv and, where there is one,
// oos_test.tsv (what belongs nowhere), each line a label and a text between tabs. What belongs nowhere is never trained
// on.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "indexer/base/refusal.h"
#include "server/routing/trainer.h"

namespace {

using namespace tidings;
using Steady = std::chrono::steady_clock;

std::vector<Example> read_examples(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::vector<Example> examples;
  for (std::string line; std::getline(in, line);) {
    const std::size_t tab = line.find('\t');
    if (tab == std::string::npos) continue;
    Example example;
    example.insight = static_cast<InsightId>(examples.size()) + 1;
    example.queue = line.substr(0, tab);
    example.text.body = line.substr(tab + 1);
    example.text.kind = "problem";
    examples.push_back(std::move(example));
  }
  return examples;
}

struct Judged {
  double score = 0, probability = 0;
  bool right = false, sure = false;
};

std::vector<Judged> judge_all(const RoutingModel& model, const std::vector<Example>& examples, double precision,
                              std::vector<double>* micros) {
  std::vector<Judged> all;
  for (const Example& example : examples) {
    const auto begun = Steady::now();
    const Judgement judgement = model.judge(example.text, [&](const std::string&) { return precision; });
    if (micros) micros->push_back(std::chrono::duration<double, std::micro>(Steady::now() - begun).count());
    const auto scores = model.scores(model.parts().book.weigh(read_note(example.text), 2000));
    all.push_back({*std::max_element(scores.begin(), scores.end()), judgement.candidates[0].probability,
                   judgement.candidates[0].queue == example.queue, judgement.sure});
  }
  return all;
}

void report(const std::filesystem::path& folder, double precision) {
  const auto begun = Steady::now();
  const auto model = train(read_examples(folder / "train.tsv"), {}, Stop{});
  const double seconds = std::chrono::duration<double>(Steady::now() - begun).count();
  if (!model) throw Refusal(Code::invalid, folder.string() + " has too few examples");
  std::vector<double> micros;
  const auto test = judge_all(*model, read_examples(folder / "test.tsv"), precision, &micros);
  const auto outside = judge_all(*model, read_examples(folder / "oos_test.tsv"), precision, nullptr);
  const auto count = static_cast<double>(test.size());
  double right = 0, kept = 0, kept_right = 0, brier = 0;
  std::vector<double> right_scores;
  for (const Judged& each : test) {
    right += each.right;
    kept += each.sure;
    kept_right += each.sure && each.right;
    brier += std::pow(each.probability - each.right, 2);
    if (each.right) right_scores.push_back(each.score);
  }
  std::sort(micros.begin(), micros.end());
  std::cout << fmt::format(
      "{}: {} features, {} queues, trained in {:.1f} s; a decision {:.0f} / {:.0f} us (p50, p99)\n",
      folder.filename().string(), model->parts().book.size(), model->queues().size(), seconds,
      micros[micros.size() / 2], micros[micros.size() * 99 / 100]);
  std::cout << fmt::format(
      "  accuracy {:.4f}  Brier {:.4f}  at precision {}: routed {:.4f}, of it right {:.4f}, of all {:.4f}",
      right / count, brier / count, precision, kept / count, kept_right / std::max(1.0, kept), kept_right / count);
  if (!outside.empty()) {
    const auto abstained = [&](auto&& is) {
      return static_cast<double>(std::count_if(outside.begin(), outside.end(), is)) /
             static_cast<double>(outside.size());
    };
    std::cout << fmt::format(", out-of-scope recall {:.4f}", abstained([](const Judged& each) { return !each.sure; }));
    std::sort(right_scores.rbegin(), right_scores.rend());
    for (double share : {0.88, 0.90}) {
      const auto at = static_cast<std::size_t>(share * count);
      if (at >= right_scores.size()) continue;
      std::cout << fmt::format("\n  out-of-scope recall at in-scope accuracy {}: {:.4f}", share,
                               abstained([&](const Judged& each) { return each.score < right_scores[at]; }));
    }
  }
  std::cout << "\n";
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"The learned router on labelled sets", "bench-routing"};
  std::vector<std::string> folders;
  double precision = 0.97;
  app.add_option("FOLDER", folders, "train.tsv, test.tsv, oos_test.tsv")->required();
  app.add_option("--precision", precision, "That each queue wants")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    for (const std::string& folder : folders) report(folder, precision);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "bench-routing: " << error.what() << "\n";
    return 2;
  }
}
