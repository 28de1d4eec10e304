// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/sending/webhook_sender.h"

#include <fmt/format.h>

#include <random>

#include "indexer/base/log.h"
#include "indexer/base/secrets.h"
#include "server/sending/outbound.h"

namespace tidings {
namespace {

constexpr std::size_t kUnderWay = 32;
constexpr int kOfOne = 4;  // under way to one webhook, so that a slow one does not take all places
constexpr Millis kTakenFor = kOutboundTime + Millis(45'000);
constexpr Millis kLook{500};
constexpr Millis kPatience{2000};
constexpr Millis kForgetEvery{3'600'000};
constexpr Millis kKept{30LL * 86'400'000};  // delivered ones

// From one attempt to the next; the last is used until kTriedFor is over.
constexpr std::chrono::seconds kDistances[] = {
    std::chrono::seconds(5), std::chrono::minutes(1), std::chrono::minutes(5), std::chrono::minutes(30),
    std::chrono::hours(2),   std::chrono::hours(5),   std::chrono::hours(10)};

std::string signature(const std::string& secret, const std::string& message) {
  constexpr std::string_view kPrefix = "whsec_";
  return "v1," + hmac_sha256(secret.starts_with(kPrefix) ? secret.substr(kPrefix.size()) : secret, message);
}

}  // namespace

Post to_post(const Parcel& parcel, const std::string& ledger_id, Time now) {
  const Event& event = parcel.event;
  const std::string id = fmt::format("tidings_{}_{}", ledger_id, event.seq);
  const std::int64_t timestamp = to_millis(now) / 1000;
  const json data = {{"seq", event.seq}, {"actor", event.actor}, {"subject", event.subject}, {"body", event.body}};
  Post post;
  post.url = parcel.webhook.url;
  post.body = dump({{"type", event.kind}, {"timestamp", to_string(event.at)}, {"data", data}});
  const std::string message = fmt::format("{}.{}.{}", id, timestamp, post.body);
  std::string signatures = signature(parcel.webhook.secret, message);
  if (!parcel.webhook.old_secret.empty() && now < parcel.webhook.old_until)
    signatures += " " + signature(parcel.webhook.old_secret, message);
  post.headers = {{"Content-Type", "application/json"},
                  {"webhook-id", id},
                  {"webhook-timestamp", std::to_string(timestamp)},
                  {"webhook-signature", signatures}};
  return post;
}

Delivery after_attempt(Delivery delivery, const Posted& posted, Time now) {
  constexpr int kGone = 410;
  delivery.status = posted.status;
  delivery.error = posted.error;
  if (posted.status && *posted.status / 100 == 2) {
    delivery.state = DeliveryState::delivered;
    ++delivery.attempts;
    return delivery;
  }
  if (posted.status) delivery.error = fmt::format("it answered {}", *posted.status);
  const std::size_t last = std::size(kDistances) - 1;
  const Millis distance = kDistances[std::min(static_cast<std::size_t>(delivery.attempts), last)];
  ++delivery.attempts;
  thread_local std::minstd_rand random{std::random_device{}()};
  const Millis jitter = distance / 10 * std::uniform_int_distribution<int>(0, 100)(random) / 100;
  delivery.next_at = now + distance + jitter;
  if (posted.status == kGone || delivery.next_at - delivery.created_at > kTriedFor)
    delivery.state = DeliveryState::parked;
  return delivery;
}

bool WebhookSender::step(Millis time) {
  const auto anything = [](Session& session) {
    Outbox outbox(session);
    return outbox.is_due();
  };
  std::map<WebhookId, int> busy_with;
  for (const auto& [id, delivery] : sent_) ++busy_with[delivery.webhook];
  if (sent_.size() < kUnderWay && ledger_.read(anything)) {
    std::set<WebhookId> busy;
    for (const auto& [webhook, count] : busy_with)
      if (count >= kOfOne) busy.insert(webhook);
    const auto parcels = ledger_.write([&](Session& session) {
      return Outbox(session).take(busy, static_cast<int>(std::min<std::size_t>(kOfOne, kUnderWay - sent_.size())),
                                  clock_.now() + kTakenFor);
    });
    for (const Parcel& parcel : parcels) {
      posts_.start(parcel.delivery.id, to_post(parcel, ledger_.id().substr(0, 12), clock_.now()));
      sent_.emplace(parcel.delivery.id, parcel.delivery);
    }
  }
  if (sent_.empty()) return false;
  const auto ended = posts_.wait(time);
  if (ended.empty()) return true;
  ledger_.write([&](Session& session) {
    for (const Posted& posted : ended)
      Outbox(session).settle(after_attempt(sent_.at(posted.tag), posted, clock_.now()));
  });
  for (const Posted& posted : ended) sent_.erase(posted.tag);
  return true;
}

void WebhookSender::run(const Stop& stop) {
  Time next_forgetting{};
  while (!stop.wished()) {
    const auto seen = ledger_.commits();
    try {
      if (!step(Millis(100))) ledger_.wait_past(seen, kLook);
      stop.wait_for(Ledger::kPace);
      if (clock_.now() >= next_forgetting) {
        ledger_.write([&](Session& session) { Outbox(session).forget(clock_.now() - kKept); });
        next_forgetting = clock_.now() + kForgetEvery;
      }
    } catch (const std::exception& error) {
      spdlog::error("webhooks event=wait error={}", log_value(error.what()));
      stop.wait_for(kPatience);
    }
  }
}

}  // namespace tidings
