// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/desk/leases.h"

#include <fmt/format.h>

#include "indexer/ledger/works.h"
#include "server/desk/notices.h"

namespace tidings {

void announce_lease(Session& session, const Work& work) {
  const std::string until = to_string(work.lease_until.value());
  const bool ended = *work.lease_until <= session.now();
  const NoticeKind kind = ended ? NoticeKind::lease_ended : NoticeKind::lease_ending;
  notify(session, "user:" + work.holder, kind, work, fmt::format("{}:{}", to_string(kind), until), {{"until", until}});
}

Work end_lease(Session& session, const Work& work) {
  static const Actor kLeases{"system:leases", Role::admin};
  announce_lease(session, work);
  return Works(session).act(work.id, WorkAct::lapse, {}, kLeases);
}

int end_lapsed_leases(Session& session) {
  const auto lapsed = Works(session).lapsed();
  for (const Work& work : lapsed) end_lease(session, work);
  return static_cast<int>(lapsed.size());
}

}  // namespace tidings
