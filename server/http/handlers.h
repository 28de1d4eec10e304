// SPDX-License-Identifier: GPL-3.0-or-later
// The handlers: parse, check, call, respond. schemas/openapi.yaml says what each takes and answers.
#pragma once

#include "server/http/app.h"

namespace tidings {

// What most of them answer with.
Reply thing(json body, int status = 200);  // a thing, with its version as ETag
Reply created(json body);                  // 201
Reply nothing();                           // 204

Reply get_health(Context& context);
Reply get_readiness(Context& context);
Reply await_changes(Context& context);
Reply add_attachment(Context& context);
Reply get_attachment(Context& context);
Reply remove_attachment(Context& context);
Reply get_unsent(Context& context);
Reply keep_unsent(Context& context);
Reply get_metrics(Context& context);
Reply get_openapi(Context& context);
Reply get_record_schema(Context& context);
Reply get_first_page(Context& context);
Reply get_page(Context& context);

Reply sign_in(Context& context);
Reply get_session(Context& context);
Reply sign_out(Context& context);
Reply accept_invitation(Context& context);
Reply list_ways_in(Context& context);
Reply begin_open_id(Context& context);
Reply end_open_id(Context& context);
Reply list_sign_ins(Context& context);
Reply end_sign_in(Context& context);
Reply invite_user(Context& context);
Reply begin_second_factor(Context& context);
Reply confirm_second_factor(Context& context);
Reply remove_second_factor(Context& context);

// search_handlers.cc
Reply search(Context& context);
Reply suggest(Context& context);
Reply get_similar(Context& context);
Reply list_saved_searches(Context& context);
Reply create_saved_search(Context& context);
Reply remove_saved_search(Context& context);
Reply list_notifications(Context& context);
Reply see_notifications(Context& context);
Reply list_synonyms(Context& context);
Reply create_synonym(Context& context);
Reply change_synonym(Context& context);
Reply remove_synonym(Context& context);
Reply list_empty_searches(Context& context);

Reply keep_insight(Context& context);
Reply preview_insight(Context& context);
Reply get_insight(Context& context);
Reply change_insight(Context& context);
Reply get_history(Context& context);

// work_handlers.cc
Reply list_queues(Context& context);
Reply create_queue(Context& context);
Reply get_queue(Context& context);
Reply change_queue(Context& context);
Reply list_queue_work(Context& context);
Reply claim_next(Context& context);
Reply claim_next_of_all(Context& context);
Reply list_work(Context& context);
Reply list_told(Context& context);
Reply list_follow_ups(Context& context);
Reply list_foresights(Context& context);
Reply judge_insight(Context& context);
Reply list_doubtful_answers(Context& context);
Reply get_answer(Context& context);
Reply flag_answer(Context& context);
Reply review_answer(Context& context);
Reply get_alike_work(Context& context);
Reply look_at_work(Context& context);
Reply get_work(Context& context);
Reply act_on_work(Context& context);

Reply list_rules(Context& context);
Reply create_rule(Context& context);
Reply preview_rule(Context& context);
Reply get_router(Context& context);
Reply train_router(Context& context);
Reply change_rule(Context& context);
Reply remove_rule(Context& context);

// sending_handlers.cc
Reply list_webhooks(Context& context);
Reply create_webhook(Context& context);
Reply change_webhook(Context& context);
Reply remove_webhook(Context& context);
Reply rotate_webhook(Context& context);
Reply list_deliveries(Context& context);
Reply replay_delivery(Context& context);
Reply replay_parked(Context& context);
Reply make_calendar(Context& context);
Reply remove_calendar(Context& context);
Reply get_calendar(Context& context);

// account_handlers.cc
Reply get_client_map(Context& context);
Reply get_visit_card(Context& context);
Reply list_client_questions(Context& context);
Reply judge_question(Context& context);
Reply get_next_question(Context& context);
Reply quieten_client(Context& context);
Reply wake_client(Context& context);
Reply list_deals(Context& context);
Reply add_deal(Context& context);
Reply remove_deal(Context& context);
Reply set_revenue(Context& context);
Reply get_what_if(Context& context);
Reply list_employments(Context& context);
Reply add_tie(Context& context);
Reply remove_tie(Context& context);
Reply know_contact(Context& context);
Reply forget_contact(Context& context);
Reply list_departures(Context& context);
Reply merge_client(Context& context);
Reply merge_contact(Context& context);
Reply list_mergers(Context& context);
Reply undo_merger(Context& context);
Reply find_contacts(Context& context);
Reply get_personal_data(Context& context);
Reply erase_personal_data(Context& context);
Reply get_retention(Context& context);
Reply change_retention(Context& context);
Reply list_accesses(Context& context);
Reply get_report(Context& context);
Reply get_report_table(Context& context);
Reply judge_departure(Context& context);
Reply undo_departure(Context& context);
Reply get_criteria(Context& context);
Reply change_criteria(Context& context);
Reply list_questions(Context& context);
Reply change_questions(Context& context);
Reply list_key_clients(Context& context);
Reply list_attention(Context& context);
Reply get_outlook(Context& context);
Reply list_rising_terms(Context& context);
Reply list_themes(Context& context);
Reply create_theme(Context& context);
Reply change_theme(Context& context);
Reply remove_theme(Context& context);
Reply list_clients(Context& context);
Reply create_client(Context& context);
Reply get_client(Context& context);
Reply change_client(Context& context);
Reply list_contacts(Context& context);
Reply create_contact(Context& context);
Reply get_contact(Context& context);
Reply change_contact(Context& context);

Reply list_users(Context& context);
Reply create_user(Context& context);
Reply get_user(Context& context);
Reply change_user(Context& context);
Reply set_password(Context& context);
Reply list_tokens(Context& context);
Reply create_token(Context& context);
Reply remove_token(Context& context);
Reply list_events(Context& context);

}  // namespace tidings
