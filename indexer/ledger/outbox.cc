// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/ledger/outbox.h"

#include <fmt/format.h>

#include "indexer/base/secrets.h"
#include "indexer/ledger/feed.h"
#include "indexer/ledger/sql.h"

namespace tidings {
namespace {

constexpr std::size_t kSecretBytes = 32;

std::string new_secret() { return "whsec_" + random_base64(kSecretBytes); }

void set_kinds(soci::session& sql, const Webhook& webhook) {
  sql << "delete from webhook_kind where webhook = :id", use(webhook.id);
  for (const std::string& kind : webhook.kinds)
    sql << "insert into webhook_kind (webhook, kind) values (:id, :kind) on conflict do nothing", use(webhook.id),
        use(kind);
}

// Reads rows of deliveries, in the order of kDelivery.
constexpr const char* kDelivery =
    "d.id, d.webhook, d.event, e.kind, d.state, d.attempts, d.next_at, d.status, d.error, d.created_at, d.done_at";
struct DeliveryRow {
  Delivery delivery;
  std::string state;
  std::int64_t next_at = 0, created_at = 0;
  Nullable<int> status;
  Nullable<std::int64_t> done_at;

  auto columns() {
    return std::tie(delivery.id, delivery.webhook, delivery.event, delivery.kind, state, delivery.attempts, next_at,
                    status, delivery.error, created_at, done_at);
  }
  const Delivery& read() {
    delivery.state = parse_name<DeliveryState>(state).value();
    delivery.next_at = from_millis(next_at);
    delivery.created_at = from_millis(created_at);
    delivery.status = status.get();
    delivery.done_at = done_at.get() ? std::optional(from_millis(done_at.value)) : std::nullopt;
    return delivery;
  }
};

}  // namespace

Webhook Webhooks::create(Webhook webhook, const Actor& by) {
  return translated([&] {
    webhook.version = 1;
    webhook.secret = new_secret();
    webhook.created_at = session_.now();
    const std::string kinds = dump(webhook.kinds);
    const int enabled = webhook.enabled;
    const std::int64_t at = to_millis(webhook.created_at);
    session_.sql() << "insert into webhook (version, title, url, kinds, enabled, secret, old_secret, old_until, "
                      "created_at) values (1, :title, :url, :kinds, :enabled, :secret, '', 0, :at) returning id",
        use(webhook.title), use(webhook.url), use(kinds), use(enabled), use(webhook.secret), use(at), into(webhook.id);
    set_kinds(session_.sql(), webhook);
    Feed(session_).append(by, "webhook.created", subject("webhook", webhook.id), webhook);
    return webhook;
  });
}

Webhook Webhooks::change(Webhook webhook, const Actor& by) {
  return translated([&] {
    const std::string kinds = dump(webhook.kinds);
    const int enabled = webhook.enabled;
    soci::statement update =
        (session_.sql().prepare << "update webhook set version = version + 1, title = :title, url = :url, kinds = "
                                   ":kinds, enabled = :enabled where id = :id and version = :version",
         use(webhook.title), use(webhook.url), use(kinds), use(enabled), use(webhook.id), use(webhook.version));
    update.execute(true);
    if (update.get_affected_rows() != 1)
      throw Refusal(Code::stale, "the webhook was changed since it was read; read it again");
    ++webhook.version;
    set_kinds(session_.sql(), webhook);
    Feed(session_).append(by, "webhook.changed", subject("webhook", webhook.id), webhook);
    return webhook;
  });
}

Webhook Webhooks::rotate(WebhookId id, Millis both, const Actor& by) {
  return translated([&] {
    Webhook webhook = find(id);
    webhook.old_secret = webhook.secret;
    webhook.old_until = session_.now() + both;
    webhook.secret = new_secret();
    const std::int64_t until = to_millis(webhook.old_until);
    session_.sql() << "update webhook set version = version + 1, secret = :secret, old_secret = :old, old_until = "
                      ":until where id = :id",
        use(webhook.secret), use(webhook.old_secret), use(until), use(id);
    ++webhook.version;
    Feed(session_).append(by, "webhook.rotated", subject("webhook", id), webhook);
    return webhook;
  });
}

void Webhooks::remove(WebhookId id, const Actor& by) {
  translated([&] {
    const Webhook webhook = find(id);
    session_.sql() << "delete from delivery where webhook = :id", use(id);
    session_.sql() << "delete from webhook_kind where webhook = :id", use(id);
    session_.sql() << "delete from webhook where id = :id", use(id);
    Feed(session_).append(by, "webhook.removed", subject("webhook", id), webhook);
  });
}

Webhook Webhooks::find(WebhookId id) const {
  for (Webhook& webhook : list())
    if (webhook.id == id) return webhook;
  throw Refusal(Code::not_found, fmt::format("there is no webhook {}", id));
}

std::vector<Webhook> Webhooks::list() const {
  return translated([&] {
    std::vector<Webhook> webhooks;
    Webhook webhook;
    std::string kinds;
    int enabled = 0;
    std::int64_t old_until = 0, created_at = 0;
    for_each_row(session_.sql(),
                 "select id, version, title, url, kinds, enabled, secret, old_secret, old_until, created_at from "
                 "webhook order by id",
                 std::tie(webhook.id, webhook.version, webhook.title, webhook.url, kinds, enabled, webhook.secret,
                          webhook.old_secret, old_until, created_at),
                 std::tuple<>(), [&] {
                   webhook.kinds = json::parse(kinds).get<std::vector<std::string>>();
                   webhook.enabled = enabled != 0;
                   webhook.old_until = from_millis(old_until);
                   webhook.created_at = from_millis(created_at);
                   webhooks.push_back(webhook);
                 });
    return webhooks;
  });
}

std::vector<Delivery> Outbox::list(WebhookId webhook, std::optional<DeliveryState> state, const DeliveryId before,
                                   int limit) const {
  return translated([&] {
    std::vector<Delivery> deliveries;
    DeliveryRow row;
    const std::string wanted = state ? std::string(to_string(*state)) : "";
    const WebhookId id = webhook;
    for_each_row(session_.sql(),
                 fmt::format("select {} from delivery d join event e on e.seq = d.event where d.webhook = :id and "
                             "(:any = '' or d.state = :state) and (:zero = 0 or d.id < :before) order by d.id desc "
                             "limit {}",
                             kDelivery, limit),
                 row.columns(), std::tie(id, wanted, wanted, before, before),
                 [&] { deliveries.push_back(row.read()); });
    return deliveries;
  });
}

Delivery Outbox::find(const DeliveryId id) const {
  return translated([&] {
    std::optional<Delivery> found;
    DeliveryRow row;
    for_each_row(session_.sql(),
                 fmt::format("select {} from delivery d join event e on e.seq = d.event where d.id = :id", kDelivery),
                 row.columns(), std::tie(id), [&] { found = row.read(); });
    if (!found) throw Refusal(Code::not_found, fmt::format("there is no delivery {}", id));
    return *found;
  });
}

json Outbox::counts(WebhookId webhook) const {
  return translated([&] {
    json counts = json::object();
    for (const auto& [state, name] : Names<DeliveryState>::all) counts[std::string(name)] = 0;
    std::string state;
    std::int64_t count = 0;
    soci::statement statement =
        (session_.sql().prepare << "select state, count(*) from delivery where webhook = :id group by state",
         use(webhook), into(state), into(count));
    for (statement.execute(); statement.fetch();) counts[state] = count;
    return counts;
  });
}

void Outbox::replay(DeliveryId id) {
  translated([&] {
    const std::int64_t now = to_millis(session_.now());
    session_.sql()
        << "update delivery set state = 'pending', attempts = 0, next_at = :now, created_at = :again, done_at "
           "= null where id = :id",
        use(now), use(now), use(id);
  });
}

int Outbox::replay_parked(WebhookId webhook) {
  return translated([&] {
    const std::int64_t now = to_millis(session_.now());
    soci::statement update =
        (session_.sql().prepare << "update delivery set state = 'pending', attempts = 0, next_at = :now, created_at = "
                                   ":again, done_at = null where webhook = :id and state = 'parked'",
         use(now), use(now), use(webhook));
    update.execute(true);
    return static_cast<int>(update.get_affected_rows());
  });
}

bool Outbox::is_due() const {
  return translated([&] {
    int count = 0;
    const std::int64_t now = to_millis(session_.now());
    session_.sql()
        << "select count(*) from (select 1 from delivery d join webhook w on w.id = d.webhook where d.state = "
           "'pending' and d.next_at <= :now and w.enabled = 1 limit 1) due",
        use(now), into(count);
    return count > 0;
  });
}

std::vector<Parcel> Outbox::take(const std::set<WebhookId>& busy, int limit, Time until) {
  return translated([&] {
    std::string without;
    for (WebhookId id : busy) without += fmt::format(" and d.webhook <> {}", id);
    std::vector<Delivery> due;
    DeliveryRow row;
    const std::int64_t now = to_millis(session_.now()), later = to_millis(until);
    for_each_row(session_.sql(),
                 fmt::format("select {} from delivery d join event e on e.seq = d.event join webhook w on w.id = "
                             "d.webhook where d.state = 'pending' and d.next_at <= :now and w.enabled = 1{} order by "
                             "d.next_at, d.id limit {}",
                             kDelivery, without, limit),
                 row.columns(), std::tie(now), [&] { due.push_back(row.read()); });
    std::vector<Parcel> parcels;
    const Webhooks webhooks(session_);
    for (const Delivery& delivery : due) {
      session_.sql() << "update delivery set next_at = :later where id = :id", use(later), use(delivery.id);
      parcels.push_back(
          {delivery, webhooks.find(delivery.webhook), Feed(session_).after(delivery.event - 1, 1, true).at(0)});
    }
    return parcels;
  });
}

void Outbox::settle(const Delivery& delivery) {
  translated([&] {
    const std::string state(to_string(delivery.state));
    const std::int64_t next_at = to_millis(delivery.next_at);
    const Nullable<int> status(delivery.status);
    const Nullable<std::int64_t> done_at(
        delivery.state == DeliveryState::pending ? std::nullopt : std::optional(to_millis(session_.now())));
    session_.sql() << "update delivery set state = :state, attempts = :attempts, next_at = :next_at, status = :status, "
                      "error = :error, done_at = :done_at where id = :id",
        use(state), use(delivery.attempts), use(next_at), use(status), use(delivery.error), use(done_at),
        use(delivery.id);
  });
}

void Outbox::forget(Time time) {
  translated([&] {
    const std::int64_t at = to_millis(time);
    session_.sql() << "delete from delivery where state = 'delivered' and done_at < :at", use(at);
  });
}

}  // namespace tidings
