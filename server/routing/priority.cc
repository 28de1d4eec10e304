// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/routing/priority.h"

#include <algorithm>

namespace tidings {
namespace {

constexpr double kFullShare = 0.05;
constexpr double kMaxWeight = 40;
constexpr double kMaxNearness = 30;
constexpr double kHorizonDays = 365;
constexpr double kForAWitness = 5;
constexpr int kMostWitnesses = 4;

double impact_of(Kind kind) {
  switch (kind) {
    case Kind::problem: return 30;
    case Kind::change: return 20;
    case Kind::people: return 10;
    case Kind::other: return 0;
  }
  return 0;
}

}  // namespace

Priority priority_of(const WholeInsight& whole, double total_revenue, Day today, int witnesses) {
  Priority priority;
  if (total_revenue > 0)
    priority.weight = kMaxWeight * std::min(1.0, whole.client.revenue.value_or(0) / total_revenue / kFullShare);
  priority.impact = impact_of(whole.insight.kind);
  if (whole.insight.foreseen && whole.insight.foreseen->to >= today) {
    const double days = std::max(0.0, static_cast<double>((whole.insight.foreseen->from - today).count()));
    priority.nearness = kMaxNearness * std::max(0.0, 1 - days / kHorizonDays);
  }
  priority.witnesses = kForAWitness * std::min(witnesses, kMostWitnesses);
  return priority;
}

void to_json(json& out, const Priority& priority) {
  out = {{"total", priority.total()},     {"weight", priority.weight},       {"impact", priority.impact},
         {"nearness", priority.nearness}, {"witnesses", priority.witnesses}, {"rule", priority.rule}};
}

}  // namespace tidings
