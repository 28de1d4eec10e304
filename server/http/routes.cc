// SPDX-License-Identifier: GPL-3.0-or-later
// All routes on one screen. A more particular pattern stands before a more general one.
#include "server/http/handlers.h"

namespace tidings {

const std::vector<Endpoint>& endpoints() {
  using enum Endpoint::Asks;
  static const std::vector<Endpoint> all = {
      {"GET", "/healthz", nobody, get_health},
      {"GET", "/readyz", nobody, get_readiness},
      {"GET", "/metrics", nobody, get_metrics},
      {"GET", "/openapi.yaml", nobody, get_openapi},
      {"GET", "/records/{file}", nobody, get_record_schema},

      {"POST", "/api/v1/session", nobody, sign_in},
      {"GET", "/api/v1/session", anybody, get_session},
      {"DELETE", "/api/v1/session", anybody, sign_out},

      {"GET", "/api/v1/search", anybody, search},
      {"GET", "/api/v1/suggest", anybody, suggest},
      {"GET", "/api/v1/saved-searches", anybody, list_saved_searches},
      {"POST", "/api/v1/saved-searches", anybody, create_saved_search},
      {"DELETE", "/api/v1/saved-searches/{id}", anybody, remove_saved_search},
      {"GET", "/api/v1/notifications", anybody, list_notifications},
      {"POST", "/api/v1/notifications/seen", anybody, see_notifications},
      {"GET", "/api/v1/synonyms", anybody, list_synonyms},
      {"POST", "/api/v1/synonyms", anybody, create_synonym},
      {"PATCH", "/api/v1/synonyms/{id}", anybody, change_synonym},
      {"DELETE", "/api/v1/synonyms/{id}", anybody, remove_synonym},
      {"GET", "/api/v1/empty-searches", anybody, list_empty_searches},

      {"POST", "/api/v1/insights", anybody, keep_insight},
      {"POST", "/api/v1/insights/preview", anybody, preview_insight},
      {"GET", "/api/v1/insights/{id}", anybody, get_insight},
      {"PATCH", "/api/v1/insights/{id}", anybody, change_insight},
      {"GET", "/api/v1/insights/{id}/history", anybody, get_history},
      {"GET", "/api/v1/insights/{id}/similar", anybody, get_similar},
      {"POST", "/api/v1/insights/{id}/outcome", anybody, judge_insight},
      {"POST", "/api/v1/imports", import, nullptr},

      {"GET", "/api/v1/queues", anybody, list_queues},
      {"POST", "/api/v1/queues", anybody, create_queue},
      {"GET", "/api/v1/queues/{name}", anybody, get_queue},
      {"PATCH", "/api/v1/queues/{name}", anybody, change_queue},
      {"GET", "/api/v1/queues/{name}/work", anybody, list_queue_work},
      {"POST", "/api/v1/queues/{name}/claim", anybody, claim_next},
      {"GET", "/api/v1/work", anybody, list_work},
      {"GET", "/api/v1/told", anybody, list_told},
      {"POST", "/api/v1/work/claim", anybody, claim_next_of_all},
      {"GET", "/api/v1/work/{id}", anybody, get_work},
      {"GET", "/api/v1/work/{id}/alike", anybody, get_alike_work},
      {"POST", "/api/v1/work/{id}/look", anybody, look_at_work},
      {"POST", "/api/v1/work/{id}/{act}", anybody, act_on_work},
      {"GET", "/api/v1/follow-ups", anybody, list_follow_ups},
      {"GET", "/api/v1/foresights", anybody, list_foresights},
      {"GET", "/api/v1/answers", anybody, list_doubtful_answers},
      {"GET", "/api/v1/answers/{id}", anybody, get_answer},
      {"POST", "/api/v1/answers/{id}/flag", anybody, flag_answer},
      {"POST", "/api/v1/answers/{id}/review", anybody, review_answer},

      {"GET", "/api/v1/rules", anybody, list_rules},
      {"POST", "/api/v1/rules", anybody, create_rule},
      {"POST", "/api/v1/rules/preview", anybody, preview_rule},
      {"PATCH", "/api/v1/rules/{id}", anybody, change_rule},
      {"DELETE", "/api/v1/rules/{id}", anybody, remove_rule},

      {"GET", "/api/v1/router", anybody, get_router},
      {"POST", "/api/v1/router/train", anybody, train_router},

      {"GET", "/api/v1/webhooks", anybody, list_webhooks},
      {"POST", "/api/v1/webhooks", anybody, create_webhook},
      {"PATCH", "/api/v1/webhooks/{id}", anybody, change_webhook},
      {"DELETE", "/api/v1/webhooks/{id}", anybody, remove_webhook},
      {"POST", "/api/v1/webhooks/{id}/secret", anybody, rotate_webhook},
      {"GET", "/api/v1/webhooks/{id}/deliveries", anybody, list_deliveries},
      {"POST", "/api/v1/webhooks/{id}/deliveries/{delivery}/replay", anybody, replay_delivery},
      {"POST", "/api/v1/webhooks/{id}/replay", anybody, replay_parked},
      {"POST", "/api/v1/calendar", anybody, make_calendar},
      {"DELETE", "/api/v1/calendar", anybody, remove_calendar},
      {"GET", "/calendar/{file}", nobody, get_calendar},

      {"GET", "/api/v1/clients", anybody, list_clients},
      {"POST", "/api/v1/clients", anybody, create_client},
      {"GET", "/api/v1/clients/{id}", anybody, get_client},
      {"PATCH", "/api/v1/clients/{id}", anybody, change_client},
      {"GET", "/api/v1/clients/{id}/contacts", anybody, list_contacts},
      {"POST", "/api/v1/clients/{id}/contacts", anybody, create_contact},
      {"GET", "/api/v1/contacts/{id}", anybody, get_contact},
      {"PATCH", "/api/v1/contacts/{id}", anybody, change_contact},

      {"GET", "/api/v1/users", anybody, list_users},
      {"POST", "/api/v1/users", anybody, create_user},
      {"GET", "/api/v1/users/{name}", anybody, get_user},
      {"PATCH", "/api/v1/users/{name}", anybody, change_user},
      {"POST", "/api/v1/users/{name}/password", anybody, set_password},
      {"GET", "/api/v1/tokens", anybody, list_tokens},
      {"POST", "/api/v1/tokens", anybody, create_token},
      {"DELETE", "/api/v1/tokens/{id}", anybody, remove_token},
      {"GET", "/api/v1/events", anybody, list_events},

      {"GET", "/", nobody, get_page},
      {"GET", "/{file}", nobody, get_page},
  };
  return all;
}

}  // namespace tidings
