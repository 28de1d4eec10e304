// SPDX-License-Identifier: GPL-3.0-or-later
// Clients and contacts: their records, how we stand with them, and what they see coming.
#include <limits>

#include "server/desk/accounts_desk.h"
#include "server/desk/attention_desk.h"
#include "server/desk/client_desk.h"
#include "server/desk/outlook_desk.h"
#include "server/desk/privacy_desk.h"
#include "server/desk/report_desk.h"
#include "server/http/handlers.h"

namespace tidings {
namespace {

constexpr std::chrono::days kTwoYears{730};

double weight_of(const AccountBook::States& states, ClientId client) {
  const auto found = states.find(client);
  return AccountBook::weight(found == states.end() ? 0 : found->second->revenue, AccountBook::total_revenue(states),
                             states.size());
}

Page page_of(Parameters& parameters) {
  Page page;
  page.limit = static_cast<int>(parameters.number("limit", 50, 1, 200));
  page.after = parameters.number("cursor", 0, 0, std::numeric_limits<std::int64_t>::max());
  parameters.finish();
  return page;
}

OutlookQuestion outlook_question_of(Context& context, Parameters& parameters) {
  const Day today = to_day(context.parts.clock.now());
  OutlookQuestion question;
  question.reach = context.reach();
  question.industry = parameters.text("industry", 100);
  const std::string by = parameters.text("by", 20);
  if (!by.empty() && by != "foreseen" && by != "said") throw invalid("/by", "is none of foreseen, said");
  question.said = by == "said";
  question.from = parameters.day("from").value_or(question.said ? today - kTwoYears / 2 : today);
  question.to = parameters.day("to").value_or(question.said ? today : question.from + kTwoYears);
  if (question.to < question.from) throw invalid("/to", "is before from");
  question.limit = static_cast<int>(parameters.number("limit", 50, 1, 200));
  return question;
}

// The month that is asked for; the current one (UTC) unless said otherwise.
std::string month_of(Context& context) {
  Parameters parameters = context.parameters();
  const std::string month = parameters.text("month", 7);
  parameters.finish();
  return month.empty() ? to_string_day(to_day(context.parts.clock.now())).substr(0, 7) : month;
}

}  // namespace

Reply list_clients(Context& context) {
  Parameters parameters = context.parameters();
  const std::string part = parameters.text("q", 200);
  const Page page = page_of(parameters);
  return thing(
      context.read([&](Session& session) { return AccountsDesk(session, context.actor).clients(page, part); }));
}

Reply create_client(Context& context) {
  const json body = context.read_body();
  return context.write(
      [&](Session& session) { return created(AccountsDesk(session, context.actor).create_client(body)); });
}

Reply get_client(Context& context) {
  return thing(
      context.read([&](Session& session) { return AccountsDesk(session, context.actor).client(context.id()); }));
}

Reply change_client(Context& context) {
  const json patch = context.read_body();
  return context.write([&](Session& session) {
    return thing(AccountsDesk(session, context.actor).change_client(context.id(), patch, context.if_match()));
  });
}

Reply merge_client(Context& context) {
  const json body = context.read_body();
  return context.write(
      [&](Session& session) { return created(AccountsDesk(session, context.actor).merge_client(context.id(), body)); });
}

Reply merge_contact(Context& context) {
  const json body = context.read_body();
  return context.write([&](Session& session) {
    return created(AccountsDesk(session, context.actor).merge_contact(context.id(), body));
  });
}

Reply list_mergers(Context& context) {
  return thing(context.read([&](Session& session) { return AccountsDesk(session, context.actor).mergers(); }));
}

Reply undo_merger(Context& context) {
  return context.write(
      [&](Session& session) { return thing(AccountsDesk(session, context.actor).undo_merger(context.id())); });
}

Reply find_contacts(Context& context) {
  Parameters parameters = context.parameters();
  const std::string email = parameters.text("email", 320);
  parameters.finish();
  if (email.empty()) throw invalid("/email", "is missing");
  return thing(context.read([&](Session& session) { return AccountsDesk(session, context.actor).at_address(email); }));
}

Reply list_contacts(Context& context) {
  return thing(
      context.read([&](Session& session) { return AccountsDesk(session, context.actor).contacts(context.id()); }));
}

Reply create_contact(Context& context) {
  const json body = context.read_body();
  return context.write([&](Session& session) {
    return created(AccountsDesk(session, context.actor).create_contact(context.id(), body));
  });
}

Reply get_contact(Context& context) {
  return thing(
      context.read([&](Session& session) { return AccountsDesk(session, context.actor).contact(context.id()); }));
}

Reply change_contact(Context& context) {
  const json patch = context.read_body();
  return context.write([&](Session& session) {
    return thing(AccountsDesk(session, context.actor).change_contact(context.id(), patch, context.if_match()));
  });
}

Reply get_client_map(Context& context) {
  return thing(context.read([&](Session& session) { return ClientDesk(session, context.actor).map(context.id()); }));
}

Reply get_visit_card(Context& context) {
  const auto states = context.recent_states();
  OutlookQuestion peers =
      context.read([&](Session& session) { return ClientDesk(session, context.actor).peers_question(context.id()); });
  peers.reach = context.reach();
  const auto outlook = context.parts.foresights.outlook(peers);
  return thing(context.read([&](Session& session) {
    return ClientDesk(session, context.actor)
        .visit_card(context.id(), weight_of(*states, context.id()), outlook->outlook);
  }));
}

Reply list_client_questions(Context& context) {
  const auto states = context.recent_states();
  return thing(context.read([&](Session& session) {
    return ClientDesk(session, context.actor).questions(context.id(), weight_of(*states, context.id()));
  }));
}

Reply judge_question(Context& context) {
  const json body = context.read_body();
  return context.write(
      [&](Session& session) { return created(ClientDesk(session, context.actor).judge(context.id(), body)); });
}

Reply get_next_question(Context& context) {
  return thing(context.read([&](Session& session) {
    return json{{"ask", ClientDesk(session, context.actor).next_question(context.id())}};
  }));
}

Reply quieten_client(Context& context) {
  const json body = context.read_body();
  return context.write(
      [&](Session& session) { return thing(AttentionDesk(session, context.actor).quieten(context.id(), body)); });
}

Reply wake_client(Context& context) {
  return context.write(
      [&](Session& session) { return thing(AttentionDesk(session, context.actor).wake(context.id())); });
}

Reply list_deals(Context& context) {
  return thing(context.read([&](Session& session) { return ClientDesk(session, context.actor).deals(context.id()); }));
}

Reply add_deal(Context& context) {
  const json body = context.read_body();
  return context.write(
      [&](Session& session) { return created(ClientDesk(session, context.actor).add_deal(context.id(), body)); });
}

Reply remove_deal(Context& context) {
  return context.write([&](Session& session) {
    ClientDesk(session, context.actor).remove_deal(context.id());
    return nothing();
  });
}

Reply set_revenue(Context& context) {
  const json body = context.read_body();
  return context.write(
      [&](Session& session) { return thing(ClientDesk(session, context.actor).set_revenue(context.id(), body)); });
}

Reply get_what_if(Context& context) {
  return thing(
      context.read([&](Session& session) { return ClientDesk(session, context.actor).what_if(context.id()); }));
}

Reply list_employments(Context& context) {
  return thing(
      context.read([&](Session& session) { return ClientDesk(session, context.actor).employments(context.id()); }));
}

Reply add_tie(Context& context) {
  const json body = context.read_body();
  return context.write(
      [&](Session& session) { return created(ClientDesk(session, context.actor).add_tie(context.id(), body)); });
}

Reply remove_tie(Context& context) {
  return context.write([&](Session& session) {
    ClientDesk(session, context.actor).remove_tie(context.id());
    return nothing();
  });
}

Reply know_contact(Context& context) {
  const json body = context.read_body();
  return context.write(
      [&](Session& session) { return thing(ClientDesk(session, context.actor).know(context.id(), body)); });
}

Reply forget_contact(Context& context) {
  return context.write([&](Session& session) {
    ClientDesk(session, context.actor).forget(context.id(), context.words[1]);
    return nothing();
  });
}

Reply list_departures(Context& context) {
  Parameters parameters = context.parameters();
  const auto client = parameters.number("client", 0, 0, std::numeric_limits<std::int64_t>::max());
  parameters.finish();
  return thing(context.read([&](Session& session) {
    return ClientDesk(session, context.actor).departures(client ? std::optional<ClientId>(client) : std::nullopt);
  }));
}

Reply judge_departure(Context& context) {
  const json body = context.read_body();
  return context.write(
      [&](Session& session) { return created(ClientDesk(session, context.actor).judge_departure(body)); });
}

Reply undo_departure(Context& context) {
  return context.write(
      [&](Session& session) { return thing(ClientDesk(session, context.actor).undo_departure(context.id())); });
}

Reply get_criteria(Context& context) {
  return thing(context.read([&](Session& session) { return AttentionDesk(session, context.actor).criteria(); }));
}

Reply change_criteria(Context& context) {
  const json patch = context.read_body();
  return context.write(
      [&](Session& session) { return thing(AttentionDesk(session, context.actor).change_criteria(patch)); });
}

Reply list_questions(Context& context) {
  return thing(context.read([&](Session& session) { return json{{"items", questions_of(session)}}; }));
}

Reply change_questions(Context& context) {
  const json list = context.read_body();
  return context.write(
      [&](Session& session) { return thing(AttentionDesk(session, context.actor).change_questions(list)); });
}

Reply list_key_clients(Context& context) {
  Parameters parameters = context.parameters();
  const int year = static_cast<int>(parameters.number("year", 0, 0, 2200));
  parameters.finish();
  const auto states = context.states();
  return thing(context.read([&](Session& session) {
    return AttentionDesk(session, context.actor).key_clients(*states, year ? std::optional(year) : std::nullopt);
  }));
}

Reply get_personal_data(Context& context) {
  context.parameters().finish();
  const bool html = context.request.get_header_value("Accept").starts_with("text/html");
  Reply reply;
  context.read([&](Session& session) {
    const PrivacyDesk desk(session, context.actor);
    if (html)
      reply.text = desk.personal_data_html(context.id());
    else
      reply.body = desk.personal_data(context.id());
  });
  if (html) reply.type = "text/html; charset=utf-8";
  return reply;
}

Reply erase_personal_data(Context& context) {
  return thing(erase_person(context.parts.ledger, context.id(), context.actor));
}

Reply get_retention(Context& context) {
  return thing(context.read([&](Session& session) { return PrivacyDesk(session, context.actor).retention(); }));
}

Reply change_retention(Context& context) {
  const json patch = context.read_body();
  return context.write(
      [&](Session& session) { return thing(PrivacyDesk(session, context.actor).change_retention(patch)); });
}

Reply list_accesses(Context& context) {
  Parameters parameters = context.parameters();
  const std::string user = parameters.text("user", 100), subject = parameters.text("subject", 100);
  const int limit = static_cast<int>(parameters.number("limit", 50, 1, 1000));
  parameters.finish();
  return thing(context.read(
      [&](Session& session) { return PrivacyDesk(session, context.actor).accesses(user, subject, limit); }));
}

Reply get_report(Context& context) {
  const std::string month = month_of(context);
  const auto states = context.states();
  return thing(
      context.read([&](Session& session) { return ReportDesk(session, context.actor).report(*states, month); }));
}

Reply get_report_table(Context& context) {
  const std::string month = month_of(context);
  const auto states = context.states();
  Reply reply;
  reply.text = context.read(
      [&](Session& session) { return ReportDesk(session, context.actor).csv(*states, month, context.words[0]); });
  reply.type = "text/csv; charset=utf-8";
  return reply;
}

Reply list_attention(Context& context) {
  Parameters parameters = context.parameters();
  AttentionFilter filter;
  filter.owner = parameters.text("owner", 64);
  if (filter.owner == "me") filter.owner = context.actor.name;
  filter.industry = parameters.text("industry", 100);
  filter.only_key = parameters.flag("key");
  filter.quiet = parameters.flag("quiet");
  filter.limit = static_cast<int>(parameters.number("limit", 50, 1, 200));
  filter.offset = static_cast<int>(parameters.number("cursor", 0, 0, 1'000'000));
  parameters.finish();
  const auto states = context.states();
  return thing(
      context.read([&](Session& session) { return AttentionDesk(session, context.actor).attention(*states, filter); }));
}

Reply get_outlook(Context& context) {
  Parameters parameters = context.parameters();
  const OutlookQuestion question = outlook_question_of(context, parameters);
  parameters.finish();
  const auto given = context.parts.foresights.outlook(question);
  return thing(context.read([&](Session& session) { return OutlookDesk(session, context.actor).outlook(*given); }));
}

Reply list_rising_terms(Context& context) {
  Parameters parameters = context.parameters();
  OutlookQuestion question = outlook_question_of(context, parameters);
  parameters.finish();
  question.said = true;
  const auto given = context.parts.foresights.outlook(question);
  return thing(context.read([&](Session& session) { return OutlookDesk(session, context.actor).rising(*given); }));
}

Reply list_themes(Context& context) {
  return thing(context.read([&](Session& session) { return OutlookDesk(session, context.actor).themes(); }));
}

Reply create_theme(Context& context) {
  const json body = context.read_body();
  return context.write(
      [&](Session& session) { return created(OutlookDesk(session, context.actor).create_theme(body)); });
}

Reply change_theme(Context& context) {
  const json patch = context.read_body();
  return context.write([&](Session& session) {
    return thing(OutlookDesk(session, context.actor).change_theme(context.id(), patch, context.if_match()));
  });
}

Reply remove_theme(Context& context) {
  return context.write([&](Session& session) {
    OutlookDesk(session, context.actor).remove_theme(context.id());
    return nothing();
  });
}

}  // namespace tidings
