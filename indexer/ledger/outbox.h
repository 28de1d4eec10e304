// SPDX-License-Identifier: GPL-3.0-or-later
// Webhooks and the outbox of what they are to be told. The feed fills the outbox in the transaction of the event.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "indexer/ledger/session.h"
#include "indexer/model/webhook.h"

namespace tidings {

// A delivery that is due, with all that sending needs.
struct Parcel {
  Delivery delivery;
  Webhook webhook;
  Event event;
};

class Webhooks {
 public:
  explicit Webhooks(Session& session) : session_(session) {}

  // With a new secret.
  Webhook create(Webhook webhook, const Actor& by);
  Webhook change(Webhook webhook, const Actor& by);  // Refusal: stale. One that is enabled gets what is pending.
  // A new secret; the one before is good for `both` more.
  Webhook rotate(WebhookId id, Millis both, const Actor& by);  // Refusal: not_found
  void remove(WebhookId id, const Actor& by);                  // with its deliveries; Refusal: not_found
  Webhook find(WebhookId id) const;                            // Refusal: not_found
  std::vector<Webhook> list() const;

 private:
  Session& session_;
};

class Outbox {
 public:
  explicit Outbox(Session& session) : session_(session) {}

  // The deliveries of a webhook, the latest first, before `before` (0: from the latest); in any state for none.
  std::vector<Delivery> list(WebhookId webhook, std::optional<DeliveryState> state, DeliveryId before, int limit) const;
  Delivery find(DeliveryId id) const;  // Refusal: not_found
  // How many deliveries of a webhook are in each state.
  json counts(WebhookId webhook) const;
  // To be sent again now.
  void replay(DeliveryId id);
  int replay_parked(WebhookId webhook);  // how many

  bool is_due() const;  // anything
  // Parcels that are due, at most `limit` and none to `busy` webhooks; nobody else gets them before `until`.
  std::vector<Parcel> take(const std::set<WebhookId>& busy, int limit, Time until);
  // What became of an attempt: delivered, parked, or pending until next_at.
  void settle(const Delivery& delivery);
  // Forgets what was delivered before `time`.
  void forget(Time time);

 private:
  Session& session_;
};

}  // namespace tidings
