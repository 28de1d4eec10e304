// SPDX-License-Identifier: GPL-3.0-or-later
// Webhooks and calendars.
#include <limits>

#include "indexer/ledger/mailings.h"
#include "server/http/handlers.h"
#include "server/sending/calendar.h"
#include "server/sending/webhook_desk.h"

namespace tidings {
namespace {

WebhookDesk desk(Context& context, Session& session) {
  return WebhookDesk(session, context.actor, context.parts.private_webhooks);
}

}  // namespace

Reply list_webhooks(Context& context) {
  return thing(context.read([&](Session& session) { return desk(context, session).list(); }));
}

Reply create_webhook(Context& context) {
  // Not through Context::write: a secret must not be kept for an Idempotency-Key.
  const json body = context.read_body();
  return created(context.parts.ledger.write([&](Session& session) { return desk(context, session).create(body); }));
}

Reply change_webhook(Context& context) {
  const json patch = context.read_body();
  return context.write(
      [&](Session& session) { return thing(desk(context, session).change(context.id(), patch, context.if_match())); });
}

Reply remove_webhook(Context& context) {
  return context.write([&](Session& session) {
    desk(context, session).remove(context.id());
    return nothing();
  });
}

Reply rotate_webhook(Context& context) {
  return thing(
      context.parts.ledger.write([&](Session& session) { return desk(context, session).rotate(context.id()); }));
}

Reply list_deliveries(Context& context) {
  Parameters parameters = context.parameters();
  const auto states = parameters.names<DeliveryState>("state");
  const auto state = states.empty() ? std::nullopt : std::optional(states.front());
  const DeliveryId before = parameters.number("cursor", 0, 0, std::numeric_limits<std::int64_t>::max());
  const int limit = static_cast<int>(parameters.number("limit", 50, 1, 200));
  parameters.finish();
  return thing(context.read(
      [&](Session& session) { return desk(context, session).deliveries(context.id(), state, before, limit); }));
}

Reply replay_delivery(Context& context) {
  return context.write(
      [&](Session& session) { return thing(desk(context, session).replay(context.id(), context.id(1))); });
}

Reply replay_parked(Context& context) {
  return context.write([&](Session& session) { return thing(desk(context, session).replay_parked(context.id())); });
}

Reply make_calendar(Context& context) {
  const std::string secret = context.parts.ledger.write(
      [&](Session& session) { return CalendarAddresses(session).renew(context.actor.name); });
  return created({{"path", "/calendar/" + secret + ".ics"}});
}

Reply remove_calendar(Context& context) {
  return context.write([&](Session& session) {
    CalendarAddresses(session).remove(context.actor.name);
    return nothing();
  });
}

Reply get_calendar(Context& context) {
  constexpr std::string_view kEnding = ".ics";
  const std::string& file = context.words[0];
  const Refusal not_there(Code::not_found, "there is no such calendar");
  if (!file.ends_with(kEnding)) throw not_there;
  Reply reply;
  const auto user = context.read([&](Session& session) {
    return CalendarAddresses(session).user_of(file.substr(0, file.size() - kEnding.size()));
  });
  if (!user) throw not_there;
  reply.text = context.parts.ledger.read_as({user->name, user->role}, [&](Session& session) {
    return calendar_of(session, *user, context.parts.ledger.id());
  });
  reply.type = "text/calendar; charset=utf-8";
  reply.headers["Cache-Control"] = "private, no-store";
  return reply;
}

}  // namespace tidings
