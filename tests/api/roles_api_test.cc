// SPDX-License-Identifier: GPL-3.0-or-later
// Every route for every role, and for nobody: who may not is refused before anything is looked at, who may is not.
#include <algorithm>
#include <cctype>

#include "server/desk/rights.h"
#include "tests/api/server.h"

namespace tidings {
namespace {

// What a route asks for beyond being somebody; whose thing it is is asked later. Routes that are not here ask for
// nothing more.
const std::map<std::string, Right>& asked() {
  static const std::map<std::string, Right> kAsked{
      {"GET /api/v1/access", Right::lead},
      {"GET /api/v1/clients/{id}/contacts", Right::see_contacts},
      {"GET /api/v1/clients/{id}/map", Right::see_contacts},
      {"POST /api/v1/clients/{id}/questions", Right::see_contacts},
      {"GET /api/v1/clients/{id}/questions", Right::see_contacts},
      {"GET /api/v1/clients/{id}/questions/next", Right::see_contacts},
      {"GET /api/v1/clients/{id}/visit-card", Right::see_contacts},
      {"GET /api/v1/contacts/{id}", Right::see_contacts},
      {"GET /api/v1/contacts/{id}/employments", Right::see_contacts},
      {"GET /api/v1/contacts/{id}/what-if-they-leave", Right::see_contacts},
      {"GET /api/v1/departures", Right::see_contacts},
      {"POST /api/v1/clients", Right::keep_accounts},
      {"PATCH /api/v1/clients/{id}", Right::keep_accounts},
      {"POST /api/v1/clients/{id}/contacts", Right::keep_accounts},
      {"POST /api/v1/clients/{id}/deals", Right::keep_accounts},
      {"POST /api/v1/clients/{id}/merge", Right::keep_accounts},
      {"DELETE /api/v1/clients/{id}/quiet", Right::keep_accounts},
      {"POST /api/v1/clients/{id}/quiet", Right::keep_accounts},
      {"POST /api/v1/clients/{id}/revenue", Right::lead},
      {"PATCH /api/v1/contacts/{id}", Right::keep_accounts},
      {"POST /api/v1/contacts/{id}/known", Right::keep_accounts},
      {"DELETE /api/v1/contacts/{id}/known/{name}", Right::lead},
      {"POST /api/v1/contacts/{id}/merge", Right::keep_accounts},
      {"DELETE /api/v1/contacts/{id}/personal-data", Right::lead},
      {"GET /api/v1/contacts/{id}/personal-data", Right::lead},
      {"POST /api/v1/contacts/{id}/ties", Right::keep_accounts},
      {"PATCH /api/v1/criteria", Right::lead},
      {"DELETE /api/v1/deals/{id}", Right::keep_accounts},
      {"POST /api/v1/departures", Right::keep_accounts},
      {"POST /api/v1/departures/{id}/undo", Right::keep_accounts},
      {"GET /api/v1/empty-searches", Right::lead},
      {"GET /api/v1/events", Right::lead},
      {"POST /api/v1/imports", Right::lead},
      {"POST /api/v1/mergers/{id}/undo", Right::keep_accounts},
      {"PUT /api/v1/questions", Right::lead},
      {"POST /api/v1/queues", Right::lead},
      {"PATCH /api/v1/queues/{name}", Right::lead},
      {"POST /api/v1/queues/{name}/claim", Right::work_queues},
      {"GET /api/v1/report", Right::lead},
      {"GET /api/v1/report/{table}", Right::lead},
      {"PATCH /api/v1/retention", Right::lead},
      {"POST /api/v1/router/train", Right::lead},
      {"POST /api/v1/rules", Right::lead},
      {"POST /api/v1/rules/preview", Right::lead},
      {"DELETE /api/v1/rules/{id}", Right::lead},
      {"PATCH /api/v1/rules/{id}", Right::lead},
      {"POST /api/v1/synonyms", Right::lead},
      {"DELETE /api/v1/synonyms/{id}", Right::lead},
      {"PATCH /api/v1/synonyms/{id}", Right::lead},
      {"POST /api/v1/themes", Right::keep_accounts},
      {"DELETE /api/v1/themes/{id}", Right::keep_accounts},
      {"PATCH /api/v1/themes/{id}", Right::keep_accounts},
      {"DELETE /api/v1/ties/{id}", Right::keep_accounts},
      {"GET /api/v1/users", Right::lead},
      {"POST /api/v1/users", Right::manage_people},
      {"GET /api/v1/users/{name}", Right::lead},
      {"POST /api/v1/users/{name}/invitation", Right::manage_people},
      {"POST /api/v1/users/{name}/password", Right::manage_people},
      {"DELETE /api/v1/users/{name}/second-factor", Right::manage_people},
      {"GET /api/v1/webhooks", Right::connect_systems},
      {"POST /api/v1/webhooks", Right::connect_systems},
      {"DELETE /api/v1/webhooks/{id}", Right::connect_systems},
      {"PATCH /api/v1/webhooks/{id}", Right::connect_systems},
      {"GET /api/v1/webhooks/{id}/deliveries", Right::connect_systems},
      {"POST /api/v1/webhooks/{id}/replay", Right::connect_systems},
      {"POST /api/v1/webhooks/{id}/secret", Right::connect_systems},
      {"POST /api/v1/work/claim", Right::work_queues},
  };
  return kAsked;
}

// With numbers and names of nothing.
std::string filled(std::string path) {
  for (std::size_t open = path.find('{'); open != std::string::npos; open = path.find('{')) {
    const std::size_t close = path.find('}', open);
    const std::string name = path.substr(open + 1, close - open - 1);
    path.replace(open, close - open + 1, name == "id" ? "987654" : "nothing");
  }
  return path;
}

}  // namespace

TEST_CASE("every route, for every role and for nobody") {
  Server server;
  const json& document = Contract::of_the_api().document();
  std::map<std::string, std::string> tokens{{"nobody", ""}, {"admin", server.admin_token()}};
  for (const char* role : {"rep", "technician", "lead"}) tokens[role] = server.user(role, role);
  int requests = 0;
  for (const auto& [path, item] : document["paths"].items())
    for (const auto& [method, operation] : item.items()) {
      std::string verb = method;
      std::transform(verb.begin(), verb.end(), verb.begin(), [](unsigned char letter) { return std::toupper(letter); });
      const std::string route = verb + " " + path;
      const bool is_open = operation.contains("security");
      if (route == "DELETE /api/v1/session" || verb == "PARAMETERS") continue;
      for (const auto& [role, token] : tokens) {
        server.act_as(token);
        const json body = verb == "GET" ? json() : json::object();
        const Answered answer = server.call(verb, filled(path), body);
        ++requests;
        CAPTURE(route);
        CAPTURE(role);
        CAPTURE(answer.text);
        CHECK(answer.status < 500);
        if (is_open) continue;
        if (role == "nobody") {
          CHECK(answer.status == 401);
          continue;
        }
        const auto needed = asked().find(route);
        const bool allowed = needed == asked().end() || may(*parse_name<Role>(role), needed->second);
        CHECK((answer.status == 403) == !allowed);
      }
    }
  MESSAGE(requests, " requests");
}

}  // namespace tidings
