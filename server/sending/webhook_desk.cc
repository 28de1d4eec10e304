// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/sending/webhook_desk.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>

#include <memory>

#include "indexer/base/text.h"
#include "indexer/model/schema.h"
#include "server/desk/patch.h"
#include "server/desk/rights.h"
#include "server/sending/addresses.h"

namespace tidings {
namespace {

std::string part_of(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return "";
  std::string copy = text;
  curl_free(text);
  return copy;
}

// Whether a host that is an address, and no name, is public.
bool is_public_host(std::string host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  sockaddr_in in4{};
  in4.sin_family = AF_INET;
  if (inet_pton(AF_INET, host.c_str(), &in4.sin_addr) == 1) return is_public(reinterpret_cast<const sockaddr*>(&in4));
  sockaddr_in6 in6{};
  in6.sin6_family = AF_INET6;
  if (inet_pton(AF_INET6, host.c_str(), &in6.sin6_addr) == 1) return is_public(reinterpret_cast<const sockaddr*>(&in6));
  return host != "localhost" && !host.ends_with(".localhost");
}

}  // namespace

void WebhookDesk::require_url(const std::string& text) const {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url(curl_url(), curl_url_cleanup);
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_DISALLOW_USER) != CURLUE_OK)
    throw invalid("/url", "is not a web address such as https://example.org/tidings, without a name and password");
  const std::string scheme = part_of(url.get(), CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") throw invalid("/url", "begins neither with http:// nor with https://");
  if (!private_too_ && !is_public_host(part_of(url.get(), CURLUPART_HOST)))
    throw invalid("/url", "is a private address; the server sends there only if started with --private-webhooks");
}

json WebhookDesk::list() const {
  require(actor_, Right::connect_systems);
  json items = json::array();
  for (const Webhook& webhook : Webhooks(session_).list()) {
    json item = webhook;
    item["counts"] = Outbox(session_).counts(webhook.id);
    items.push_back(std::move(item));
  }
  return {{"items", std::move(items)}};
}

json WebhookDesk::create(const json& body) {
  require(actor_, Right::connect_systems);
  record_schema("webhook").require(body);
  Webhook webhook;
  update(webhook, body);
  require_url(webhook.url);
  webhook = Webhooks(session_).create(webhook, actor_);
  json view = webhook;
  view["secret"] = webhook.secret;
  return view;
}

json WebhookDesk::change(WebhookId id, const json& patch, std::optional<std::int64_t> version) {
  require(actor_, Right::connect_systems);
  const Webhook now = Webhooks(session_).find(id);
  require_version(now.version, version);
  const Webhook changed = patched(now, patch, "webhook", {"id", "version", "created_at"});
  require_url(changed.url);
  return Webhooks(session_).change(changed, actor_);
}

void WebhookDesk::remove(WebhookId id) {
  require(actor_, Right::connect_systems);
  Webhooks(session_).remove(id, actor_);
}

json WebhookDesk::rotate(WebhookId id) {
  require(actor_, Right::connect_systems);
  const Webhook webhook = Webhooks(session_).rotate(id, kBothSecrets, actor_);
  json view = webhook;
  view["secret"] = webhook.secret;
  return view;
}

json WebhookDesk::deliveries(WebhookId id, std::optional<DeliveryState> state, DeliveryId before, int limit) const {
  require(actor_, Right::connect_systems);
  Webhooks(session_).find(id);
  auto deliveries = Outbox(session_).list(id, state, before, limit + 1);
  const bool more = static_cast<int>(deliveries.size()) > limit;
  if (more) deliveries.pop_back();
  return {{"items", deliveries}, {"cursor", more ? json(std::to_string(deliveries.back().id)) : json()}};
}

json WebhookDesk::replay(WebhookId id, DeliveryId delivery) {
  require(actor_, Right::connect_systems);
  Outbox outbox(session_);
  if (outbox.find(delivery).webhook != id) throw Refusal(Code::not_found, "there is no such delivery");
  outbox.replay(delivery);
  return outbox.find(delivery);
}

json WebhookDesk::replay_parked(WebhookId id) {
  require(actor_, Right::connect_systems);
  Webhooks(session_).find(id);
  return {{"replayed", Outbox(session_).replay_parked(id)}};
}

}  // namespace tidings
