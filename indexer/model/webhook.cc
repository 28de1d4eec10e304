// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/model/webhook.h"

#include "indexer/model/fields.h"

namespace tidings {

void to_json(json& out, const Webhook& webhook) {
  out = {{"id", webhook.id},
         {"version", webhook.version},
         {"title", webhook.title},
         {"url", webhook.url},
         {"kinds", webhook.kinds},
         {"enabled", webhook.enabled},
         {"created_at", to_string(webhook.created_at)}};
}

void to_json(json& out, const Delivery& delivery) {
  const bool pending = delivery.state == DeliveryState::pending;
  out = {{"id", delivery.id},
         {"event", delivery.event},
         {"kind", delivery.kind},
         {"state", delivery.state},
         {"attempts", delivery.attempts},
         {"next_at", pending ? json(to_string(delivery.next_at)) : json()},
         {"status", or_null(delivery.status)},
         {"error", delivery.error.empty() ? json() : json(delivery.error)},
         {"created_at", to_string(delivery.created_at)},
         {"done_at", delivery.done_at ? json(to_string(*delivery.done_at)) : json()}};
}

void update(Webhook& webhook, const json& in) {
  take_text(in, "title", webhook.title);
  take_text(in, "url", webhook.url);
  take(in, "kinds", webhook.kinds);
  take(in, "enabled", webhook.enabled);
}

}  // namespace tidings
