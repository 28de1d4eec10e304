// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/accounts/key_clients.h"

#include <algorithm>

namespace tidings {

std::vector<KeyClient> key_clients(std::vector<Brings> all, double share) {
  std::erase_if(all, [](const Brings& each) { return each.amount <= 0 && !each.pinned; });
  std::sort(all.begin(), all.end(), [](const Brings& a, const Brings& b) {
    return a.amount != b.amount ? a.amount > b.amount : a.client < b.client;
  });
  // Summed as they are compared, so that the last sum is the whole to the last bit.
  double total = 0;
  for (const Brings& each : all) total += each.amount;
  std::vector<KeyClient> curve;
  double sum = 0;
  for (const Brings& each : all) {
    const bool needed = sum < share * total;
    sum += each.amount;
    curve.push_back({each.client, each.amount, total > 0 ? each.amount / total : 0, total > 0 ? sum / total : 0,
                     (needed && each.amount > 0) || each.pinned, each.pinned});
  }
  return curve;
}

}  // namespace tidings
