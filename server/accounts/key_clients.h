// SPDX-License-Identifier: GPL-3.0-or-later
// Key clients: the smallest set that brings the wanted share of the revenue, and those pinned by hand. The smallest set
// is a prefix of the clients by revenue: any other set of as many brings no more (Pareto 1896 for the curve).
#pragma once

#include <vector>

#include "indexer/model/account.h"

namespace tidings {

struct Brings {
  ClientId client = 0;
  double amount = 0;
  bool pinned = false;
};

// A point of the curve, the greatest first.
struct KeyClient {
  ClientId client = 0;
  double amount = 0;
  double share = 0;   // of the whole
  double so_far = 0;  // the share of this and all greater ones
  bool key = false;
  bool pinned = false;
};

// All clients that bring anything or are pinned. Equal amounts stand in the order of ids. `share` is within 0 and 1.
// Without any revenue only pinned clients are key, and shares are 0.
std::vector<KeyClient> key_clients(std::vector<Brings> all, double share);

}  // namespace tidings
