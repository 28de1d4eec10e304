// SPDX-License-Identifier: GPL-3.0-or-later
// Webhooks: who may say where to, what went there, and sending it again. For admins.
#pragma once

#include <optional>

#include "indexer/base/json.h"
#include "indexer/ledger/outbox.h"
#include "indexer/ledger/session.h"

namespace tidings {

class WebhookDesk {
 public:
  // Without `private_too`, a URL whose host is "localhost" or an address that is not public is refused at once; what a
  // name leads to is looked at when it is sent.
  WebhookDesk(Session& session, const Actor& actor, bool private_too)
      : session_(session), actor_(actor), private_too_(private_too) {}

  json list() const;              // each with how many of its deliveries are in each state
  json create(const json& body);  // with its secret, this once; Refusal: invalid
  json change(WebhookId id, const json& patch, std::optional<std::int64_t> version);
  void remove(WebhookId id);
  json rotate(WebhookId id);  // with the new secret; the old one is good for kBothSecrets more

  json deliveries(WebhookId id, std::optional<DeliveryState> state, DeliveryId before,
                  int limit) const;                // {items, cursor}
  json replay(WebhookId id, DeliveryId delivery);  // the delivery; Refusal: not_found
  json replay_parked(WebhookId id);                // {replayed}

 private:
  void require_url(const std::string& url) const;
  Session& session_;
  const Actor& actor_;
  bool private_too_;
};

constexpr Millis kBothSecrets{86'400'000};

}  // namespace tidings
