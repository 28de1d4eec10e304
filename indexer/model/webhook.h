// SPDX-License-Identifier: GPL-3.0-or-later
// Other systems that are told what happened.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "indexer/base/clock.h"
#include "indexer/base/json.h"
#include "indexer/model/names.h"
#include "indexer/model/user.h"

namespace tidings {

using WebhookId = std::int64_t;
using DeliveryId = std::int64_t;

// Secrets are as Standard Webhooks writes them, "whsec_" and base64; the JSON does not hold them.
struct Webhook {
  WebhookId id = 0;
  std::int64_t version = 1;
  std::string title;
  std::string url;
  std::vector<std::string> kinds;  // of events: "work.answer", "work.*", "*"
  bool enabled = true;
  std::string secret;
  std::string old_secret;  // also good until old_until
  Time old_until{};
  Time created_at{};
};

enum class DeliveryState { pending, delivered, parked };
template <>
struct Names<DeliveryState> {
  static constexpr std::pair<DeliveryState, std::string_view> all[] = {
      {DeliveryState::pending, "pending"}, {DeliveryState::delivered, "delivered"}, {DeliveryState::parked, "parked"}};
};

// One event on its way to one webhook.
struct Delivery {
  DeliveryId id = 0;
  WebhookId webhook = 0;
  std::int64_t event = 0;  // its place in the feed
  std::string kind;
  DeliveryState state = DeliveryState::pending;
  int attempts = 0;
  Time next_at{};             // of the next attempt, while pending
  std::optional<int> status;  // HTTP's, of the last attempt
  std::string error;          // of the last attempt
  Time created_at{};
  std::optional<Time> done_at;
};

void to_json(json& out, const Webhook& webhook);
void to_json(json& out, const Delivery& delivery);
void update(Webhook& webhook, const json& in);

}  // namespace tidings
