// SPDX-License-Identifier: GPL-3.0-or-later
// Queues, rules, the router, work, and what follows the answer.
#include <limits>

#include "server/desk/answers_desk.h"
#include "server/desk/follow_up_desk.h"
#include "server/desk/queue_desk.h"
#include "server/desk/rights.h"
#include "server/http/handlers.h"

namespace tidings {
namespace {

WorkFilter work_filter_of(Parameters& parameters, const Actor& actor) {
  WorkFilter filter;
  filter.states = parameters.names<WorkState>("state");
  // "me" stands for whoever asks.
  const auto person = [&](const char* name) {
    const std::string value = parameters.text(name, 100);
    return value == "me" ? actor.name : value;
  };
  filter.holder = person("holder");
  filter.author = person("author");
  filter.limit = static_cast<int>(parameters.number("limit", 50, 1, 200));
  filter.offset = static_cast<int>(parameters.number("cursor", 0, 0, 1'000'000));
  return filter;
}

}  // namespace

Reply list_queues(Context& context) {
  return thing(context.read([&](Session& session) { return QueueDesk(session, context.actor).queues(); }));
}

Reply create_queue(Context& context) {
  const json body = context.read_body();
  return context.write([&](Session& session) { return created(QueueDesk(session, context.actor).create_queue(body)); });
}

Reply get_queue(Context& context) {
  return thing(
      context.read([&](Session& session) { return QueueDesk(session, context.actor).queue(context.words[0]); }));
}

Reply change_queue(Context& context) {
  const json patch = context.read_body();
  return context.write([&](Session& session) {
    return thing(QueueDesk(session, context.actor).change_queue(context.words[0], patch, context.if_match()));
  });
}

Reply list_queue_work(Context& context) {
  Parameters parameters = context.parameters();
  WorkFilter filter = work_filter_of(parameters, context.actor);
  parameters.finish();
  filter.queue = context.words[0];
  return thing(context.read([&](Session& session) { return QueueDesk(session, context.actor).list(filter); }));
}

Reply claim_next(Context& context) {
  const json body = context.read_body();
  return context.write([&](Session& session) {
    const auto work = QueueDesk(session, context.actor).claim_next(context.words[0], body);
    return work ? thing(*work) : nothing();
  });
}

Reply claim_next_of_all(Context& context) {
  const json body = context.read_body();
  return context.write([&](Session& session) {
    const auto work = QueueDesk(session, context.actor).claim_next_of_all(body);
    return work ? thing(*work) : nothing();
  });
}

Reply list_work(Context& context) {
  Parameters parameters = context.parameters();
  WorkFilter filter = work_filter_of(parameters, context.actor);
  filter.queue = parameters.text("queue", 64);
  parameters.finish();
  return thing(context.read([&](Session& session) { return QueueDesk(session, context.actor).list(filter); }));
}

Reply list_told(Context& context) {
  constexpr std::chrono::days kYear{365};
  Parameters parameters = context.parameters();
  const std::string by = parameters.text("by", 20);
  const Day since = parameters.day("since").value_or(to_day(context.parts.clock.now()) - kYear);
  parameters.finish();
  return thing(context.read([&](Session& session) {
    return FollowUpDesk(session, context.actor).told(by.empty() ? "queue" : by, Time(since));
  }));
}

Reply list_follow_ups(Context& context) {
  context.parameters().finish();
  return thing(context.read([&](Session& session) { return FollowUpDesk(session, context.actor).to_do(); }));
}

Reply list_foresights(Context& context) {
  Parameters parameters = context.parameters();
  const std::string by = parameters.text("by", 20);
  parameters.finish();
  return thing(context.read(
      [&](Session& session) { return FollowUpDesk(session, context.actor).foresights(by.empty() ? "author" : by); }));
}

Reply judge_insight(Context& context) {
  const json body = context.read_body();
  return context.write(
      [&](Session& session) { return thing(FollowUpDesk(session, context.actor).judge(context.id(), body)); });
}

Reply list_doubtful_answers(Context& context) {
  Parameters parameters = context.parameters();
  const int offset = static_cast<int>(parameters.number("cursor", 0, 0, 1'000'000));
  const int limit = static_cast<int>(parameters.number("limit", 50, 1, 200));
  parameters.finish();
  return thing(
      context.read([&](Session& session) { return AnswersDesk(session, context.actor).doubtful(offset, limit); }));
}

Reply get_answer(Context& context) {
  return thing(context.read([&](Session& session) { return AnswersDesk(session, context.actor).show(context.id()); }));
}

Reply flag_answer(Context& context) {
  const json body = context.read_body();
  return context.write(
      [&](Session& session) { return thing(AnswersDesk(session, context.actor).flag(context.id(), body)); });
}

Reply review_answer(Context& context) {
  const json body = context.read_body();
  return context.write(
      [&](Session& session) { return thing(AnswersDesk(session, context.actor).review(context.id(), body)); });
}

Reply get_alike_work(Context& context) {
  return thing(context.read([&](Session& session) {
    return QueueDesk(session, context.actor).alike(context.id(), context.parts.searcher, context.reach());
  }));
}

Reply look_at_work(Context& context) {
  return thing(context.parts.ledger.write(
      [&](Session& session) { return QueueDesk(session, context.actor).look(context.id()); }));
}

Reply get_work(Context& context) {
  return thing(context.read([&](Session& session) { return QueueDesk(session, context.actor).show(context.id()); }));
}

Reply act_on_work(Context& context) {
  const auto act = parse_name<WorkAct>(context.words[1]);
  if (!act || *act == WorkAct::lapse || *act == WorkAct::escalate)
    throw Refusal(Code::not_found,
                  "what can be done to work: claim, assign, heartbeat, release, ask, reply, reroute, decline, answer, "
                  "tell, reopen, gather, part");
  const json body = context.read_body();
  return context.write(
      [&](Session& session) { return thing(QueueDesk(session, context.actor).act(context.id(), *act, body)); });
}

Reply list_rules(Context& context) {
  return thing(context.read([&](Session& session) { return QueueDesk(session, context.actor).rules(); }));
}

Reply create_rule(Context& context) {
  const json body = context.read_body();
  return context.write([&](Session& session) { return created(QueueDesk(session, context.actor).create_rule(body)); });
}

Reply preview_rule(Context& context) {
  const json body = context.read_body();
  return thing(context.read([&](Session& session) { return QueueDesk(session, context.actor).preview_rule(body); }));
}

Reply get_router(Context& context) {
  require(context.actor, Right::read);
  return thing(context.read([&](Session& session) { return context.parts.training.report(session); }));
}

Reply train_router(Context& context) {
  require(context.actor, Right::lead);
  context.parts.training.train_now();
  return get_router(context);
}

Reply change_rule(Context& context) {
  const json patch = context.read_body();
  return context.write([&](Session& session) {
    return thing(QueueDesk(session, context.actor).change_rule(context.id(), patch, context.if_match()));
  });
}

Reply remove_rule(Context& context) {
  return context.write([&](Session& session) {
    QueueDesk(session, context.actor).remove_rule(context.id());
    return nothing();
  });
}

}  // namespace tidings
