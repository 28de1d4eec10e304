// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/desk/leases.h"

#include "indexer/ledger/works.h"

namespace tidings {

int end_lapsed_leases(Session& session) {
  static const Actor kLeases{"system:leases", Role::admin};
  Works works(session);
  const auto lapsed = works.lapsed();
  for (const Work& work : lapsed) works.act(work.id, WorkAct::lapse, {}, kLeases);
  return static_cast<int>(lapsed.size());
}

}  // namespace tidings
