// SPDX-License-Identifier: GPL-3.0-or-later
// Sends what the outbox holds, after the Standard Webhooks specification 1.0.0 (standardwebhooks.com): headers
// webhook-id, webhook-timestamp and webhook-signature, the body {type, timestamp, data}. At least once: who receives,
// knows an id again. Tried anew for three days, then parked.
#pragma once

#include <set>

#include "indexer/base/stop.h"
#include "indexer/ledger/ledger.h"
#include "indexer/ledger/outbox.h"
#include "server/sending/posts.h"

namespace tidings {

// The message for a parcel, signed at `now` with the webhook's secret, and with the one before while that is good.
// Pure.
Post to_post(const Parcel& parcel, const std::string& ledger_id, Time now);

// What becomes of a delivery after an attempt at `now`: a 2xx delivers it; 410 Gone parks it; anything else is tried
// again, at growing distances, or parked once kTriedFor has gone by. Pure but for a jitter of a tenth.
Delivery after_attempt(Delivery delivery, const Posted& posted, Time now);
constexpr Millis kTriedFor{3LL * 86'400'000};

// One thread; any number of senders may share a ledger.
class WebhookSender {
 public:
  // Without `private_too`, only public addresses are sent to.
  WebhookSender(Ledger& ledger, const Clock& clock, bool private_too)
      : ledger_(ledger), clock_(clock), posts_(private_too) {}

  // Until `stop`. What goes wrong is logged and tried again.
  void run(const Stop& stop);

  // Sends what is due and waits for `time` at most for what is under way; false if there was nothing to do.
  bool step(Millis time);

 private:
  Ledger& ledger_;
  const Clock& clock_;
  Posts posts_;
  std::map<DeliveryId, Delivery> sent_;  // under way
};

}  // namespace tidings
