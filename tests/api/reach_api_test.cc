// SPDX-License-Identifier: GPL-3.0-or-later
// Reach: what is out of it is not there, on any route, by any word, count or number.
#include <algorithm>
#include <cctype>
#include <regex>
#include <set>

#include "tests/api/server.h"

namespace tidings {
namespace {

constexpr std::int64_t kMissing = 987654;

// Words that stand in what is hidden and nowhere else.
constexpr const char* kCanaries[] = {"Borealis",     "Quorthon",      "kryptonglow",
                                     "obsidianleaf", "palladiumdust", "vantablack"};

// A base where much is hidden from rep anna: client Borealis of team north, with people, notes, work, answer, tie, deal
// and a merger; and nils' confidential note at Helios, which all may see.
struct Divided {
  Divided() {
    for (const auto& [name, role] :
         {std::pair("anna", "rep"), std::pair("nils", "rep"), std::pair("hans", "technician"),
          std::pair("petra", "technician"), std::pair("lead", "lead")})
      tokens[name] = server.user(name, role);
    CHECK(server.call("PATCH", "/api/v1/users/nils", {{"teams", {"north"}}}).status == 200);
    CHECK(
        server.call("POST", "/api/v1/queues", {{"name", "seals"}, {"title", "Seals"}, {"members", {"petra"}}}).status ==
        201);
    helios = made("/api/v1/clients", {{"name", "Helios"}, {"industry", "chemicals"}, {"revenue", 10}});
    borealis = made("/api/v1/clients", {{"name", "Borealis"},
                                        {"industry", "chemicals"},
                                        {"owner", "nils"},
                                        {"team", "north"},
                                        {"revenue", 90},
                                        {"pinned", true}});
    const std::int64_t twin = made("/api/v1/clients", {{"name", "Borealis twin"}, {"team", "north"}});
    person = made(path("clients", helios, "contacts"), {{"name", "Ines Sol"}, {"email", "ines@helios.example"}});
    hidden["contacts"] =
        made(path("clients", borealis, "contacts"), {{"name", "Quorthon Vantablack"}, {"email", "q@borealis.example"}});
    const std::int64_t other = made(path("clients", borealis, "contacts"), {{"name", "Quorthon Elder"}});
    hidden["clients"] = borealis;
    hidden["ties"] = made(path("contacts", hidden["contacts"], "ties"), {{"other", other}, {"kind", "trusts"}});
    hidden["deals"] =
        made(path("clients", borealis, "deals"), {{"title", "palladiumdust"}, {"signed_on", "2026-01-01"}});
    hidden["mergers"] = made(path("clients", borealis, "merge"), {{"lost", twin}});
    server.act_as(tokens["nils"]);
    note = made("/api/v1/insights", {{"client", borealis},
                                     {"kind", "change"},
                                     {"title", "kryptonglow pumps"},
                                     {"body", "They foresee that kryptonglow pumps replace seals"},
                                     {"contacts", {"Quorthon Vantablack"}},
                                     {"tags", {"kryptonglow"}},
                                     {"foreseen", {{"from", "2027-01-01"}, {"to", "2027-06-30"}}}});
    whispered = made("/api/v1/insights", {{"client", "Helios"},
                                          {"kind", "change"},
                                          {"body", "obsidianleaf pumps replace seals, said in confidence"},
                                          {"confidential", true},
                                          {"foreseen", {{"from", "2027-01-01"}, {"to", "2027-06-30"}}}});
    hidden["insights"] = note;
    const std::int64_t gone = made("/api/v1/insights", {{"client", borealis},
                                                        {"kind", "people"},
                                                        {"body", "Quorthon Elder left the company for Helios"},
                                                        {"contacts", {"Quorthon Elder"}}});
    server.act_as(server.admin_token());
    hidden["departures"] =
        made("/api/v1/departures", {{"insight", gone}, {"contact", other}, {"judgement", "dismissed"}});
    server.act_as(tokens["anna"]);
    open_note = made("/api/v1/insights", {{"client", "Helios"},
                                          {"kind", "change"},
                                          {"body", "Pumps replace seals"},
                                          {"contacts", {"Ines Sol"}},
                                          {"foreseen", {{"from", "2027-01-01"}, {"to", "2027-06-30"}}}});
    server.act_as(server.admin_token());
    server.settle();
    hidden["work"] = work_of(note);
    whispered_work = work_of(whispered);
    CHECK(server.call("POST", path("work", hidden["work"], "claim"), json::object()).status == 200);
    CHECK(server.call("POST", path("work", hidden["work"], "answer"), {{"body", "Use palladiumdust"}}).status == 200);
    hidden["answers"] = server.call("GET", path("insights", note)).body["answers"][0]["id"];
    server.settle();
  }

  static std::string path(const std::string& of, std::int64_t id, const std::string& more = "") {
    return "/api/v1/" + of + "/" + std::to_string(id) + (more.empty() ? "" : "/" + more);
  }
  std::int64_t made(const std::string& where, const json& body) {
    const Answered answered = server.call("POST", where, body);
    REQUIRE_MESSAGE(answered.status == 201, where, " ", answered.text);
    return answered.body["id"];
  }
  std::int64_t work_of(std::int64_t insight) {
    return server.call("GET", path("insights", insight)).body["work"]["id"];
  }
  void as(const std::string& name) { server.act_as(tokens.at(name)); }

  Server server;
  std::map<std::string, std::string> tokens;
  std::map<std::string, std::int64_t> hidden;  // by the path's word
  std::int64_t helios = 0, borealis = 0, person = 0, note = 0, whispered = 0, whispered_work = 0, open_note = 0;
};

void check_silent(const std::string& what, const std::string& text) {
  for (const char* canary : kCanaries) CHECK_MESSAGE(text.find(canary) == std::string::npos, what, " says ", canary);
}

std::string noun_of(const std::string& route) {
  static const std::regex noun("/api/v1/([a-z]+)/\\{id\\}.*");
  std::smatch found;
  return std::regex_match(route, found, noun) ? found[1].str() : "";
}

std::string with_id(std::string route, std::int64_t id, const std::string& act = "") {
  route.replace(route.find("{id}"), 4, std::to_string(id));
  if (const auto at = route.find("{act}"); at != std::string::npos) route.replace(at, 5, act);
  if (const auto at = route.find("{name}"); at != std::string::npos) route.replace(at, 6, "anna");
  return route;
}

// A refusal without what differs by itself: the number in its words, and which request it was.
json plain(const Answered& answered, std::int64_t number) {
  if (answered.body.is_null()) return answered.text;
  json body = answered.body;
  body.erase("request");
  const std::regex digits("\\b" + std::to_string(number) + "\\b");
  body["detail"] = std::regex_replace(body.value("detail", ""), digits, "N");
  for (json& error : body["errors"]) error["detail"] = std::regex_replace(error.value("detail", ""), digits, "N");
  return body;
}

}  // namespace

TEST_CASE("what is out of reach cannot be told from what is not there, on every route with a number") {
  Divided base;
  // Bodies that go past the schemas.
  const std::map<std::string, json> bodies{
      {"PATCH /api/v1/insights/{id}", {{"title", "x"}}},
      {"POST /api/v1/insights/{id}/outcome", {{"outcome", "happened"}}},
      {"PATCH /api/v1/clients/{id}", {{"region", "x"}}},
      {"POST /api/v1/clients/{id}/contacts", {{"name", "New"}}},
      {"POST /api/v1/clients/{id}/deals", {{"title", "x"}, {"signed_on", "2026-02-02"}}},
      {"POST /api/v1/clients/{id}/merge", {{"lost", base.helios}}},
      {"POST /api/v1/clients/{id}/quiet", {{"until", "2027-01-01"}, {"reason", "x"}}},
      {"POST /api/v1/clients/{id}/questions",
       {{"question", "competitors"}, {"sentence", "x"}, {"judgement", "confirmed"}}},
      {"PATCH /api/v1/contacts/{id}", {{"role", "x"}}},
      {"POST /api/v1/contacts/{id}/ties", {{"other", base.person}, {"kind", "trusts"}}},
      {"POST /api/v1/contacts/{id}/merge", {{"lost", base.person}}},
      {"POST /api/v1/answers/{id}/flag", {{"reason", "x"}}},
      {"POST /api/v1/answers/{id}/review", {{"body", "x"}}},
      {"POST /api/v1/work/{id}/tell", {{"whom", "x"}}},
      {"POST /api/v1/work/{id}/reopen", {{"reason", "x"}}},
      {"POST /api/v1/work/{id}/reply", {{"text", "x"}}},
      {"POST /api/v1/work/{id}/ask", {{"text", "x"}}},
      {"POST /api/v1/work/{id}/reroute", {{"queue", "triage"}, {"reason", "x"}}},
      {"POST /api/v1/work/{id}/answer", {{"body", "x"}}},
      {"POST /api/v1/work/{id}/gather", {{"works", {1}}}},
  };
  int compared = 0;
  const json& document = Contract::of_the_api().document();
  for (const std::string who : {"anna", "hans"}) {
    for (const auto& [route, item] : document["paths"].items()) {
      const std::string noun = noun_of(route);
      if (!base.hidden.contains(noun)) continue;
      // A technician serves every client: of theirs, only the confidential note is hidden.
      if (who == "hans" && noun != "insights" && noun != "work") continue;
      if (who == "hans") {
        base.hidden["insights"] = base.whispered;
        base.hidden["work"] = base.whispered_work;
        base.server.act_as(base.server.admin_token());
        if (base.server.call("GET", Divided::path("work", base.whispered_work)).body["queue"] != "seals")
          CHECK(base.server
                    .call("POST", Divided::path("work", base.whispered_work, "reroute"),
                          {{"queue", "seals"}, {"reason", "x"}})
                    .status == 200);
      }
      for (const auto& [method, operation] : item.items()) {
        std::string verb = method;
        std::transform(verb.begin(), verb.end(), verb.begin(), [](unsigned char c) { return std::toupper(c); });
        if (verb == "PARAMETERS") continue;
        std::vector<std::string> acts{""};
        if (route.find("{act}") != std::string::npos)
          acts = {"claim",   "assign", "heartbeat", "release", "ask",    "reply", "reroute",
                  "decline", "answer", "tell",      "reopen",  "gather", "part"};
        for (const std::string& act : acts) {
          std::string named = verb + " " + route;
          if (!act.empty()) named.replace(named.find("{act}"), 5, act);
          const auto body = bodies.find(named);
          const json sent = verb == "GET" ? json() : body == bodies.end() ? json::object() : body->second;
          base.as(who);
          const Answered of_hidden = base.server.call(verb, with_id(route, base.hidden[noun], act), sent);
          const Answered of_missing = base.server.call(verb, with_id(route, kMissing, act), sent);
          CAPTURE(named);
          CAPTURE(who);
          CHECK(of_hidden.status >= 400);
          CHECK(of_hidden.status == of_missing.status);
          CHECK(plain(of_hidden, base.hidden[noun]) == plain(of_missing, kMissing));
          ++compared;
        }
      }
    }
  }
  MESSAGE(compared, " routes compared");
  CHECK(compared >= 70);
}

TEST_CASE("nothing that is out of reach shines through lists, search, facets, suggestions, counts or outlooks") {
  Divided base;
  base.as("anna");
  const json& document = Contract::of_the_api().document();
  for (const auto& [route, item] : document["paths"].items()) {
    if (!item.contains("get") || route == "/openapi.yaml" || route == "/records/{file}") continue;
    const std::string noun = noun_of(route);
    std::string asked = route;
    if (!noun.empty()) {
      const std::map<std::string, std::int64_t> seen{{"insights", base.open_note},
                                                     {"clients", base.helios},
                                                     {"contacts", base.person},
                                                     {"work", base.work_of(base.open_note)}};
      if (!seen.contains(noun)) continue;
      asked = with_id(route, seen.at(noun));
    } else if (route.find('{') != std::string::npos) {
      continue;
    }
    const Answered answered =
        base.server.call("GET", asked + (route == "/api/v1/contacts" ? "?email=q@borealis.example" : ""));
    check_silent(asked, answered.text);
  }
  const auto search = [&](const std::string& query) { return base.server.call("GET", "/api/v1/search?" + query); };
  for (const std::string query :
       {"q=pumps&facets=client,tag,author,quarter,year&histogram=month&explain=true&rising=true",
        "q=seals&exact_total=true", "facets=client,tag", "q=pumps&sort=newest", "q=pumps&sort=foreseen",
        "q=pump*&typing=true", "like=1,2,3,4&q=", "q=kind:change", "q=foreseen:2027", "quarter=2027-Q1"}) {
    const Answered answered = search(query);
    CHECK(answered.status == 200);
    check_silent(query, answered.text);
  }
  CHECK(search("q=pumps&exact_total=true").body["total"]["value"] == 1);
  CHECK(search("").body["total"] == json({{"value", 1}, {"relation", "exact"}}));
  for (const std::string word :
       {"kryptonglow", "kryptongloww", "krypton*", "obsidianleaf", "client:Borealis", "contact:Quorthon",
        "tag:kryptonglow", "id:1", "palladiumdust", "answer:palladiumdust"}) {
    const json found = search("q=" + word).body;
    CAPTURE(word);
    CHECK(found["hits"].empty());
    CHECK(found["total"]["value"] == 0);
    CHECK(found["corrections"].empty());
  }
  CHECK(search("client=Borealis").body["total"]["value"] == 0);
  CHECK(search("client=" + std::to_string(base.borealis)).body["total"]["value"] == 0);
  for (const std::string beginning : {"kryp", "obsid", "bor", "quor", "pall"})
    CHECK(base.server.call("GET", "/api/v1/suggest?q=" + beginning).body["items"].empty());
  const json suggested = base.server.call("GET", "/api/v1/suggest?q=pum").body["items"];
  CHECK_FALSE(suggested.empty());
  for (const json& item : suggested)
    if (item["kind"] != "past") CHECK(item["count"] <= 1);  // how often one asked before is one's own

  const json outlook = base.server.call("GET", "/api/v1/outlook?from=2026-12-01&to=2027-12-31").body;
  CHECK(outlook["foresights"] == 1);
  const json preview = base.server
                           .call("POST", "/api/v1/insights/preview",
                                 {{"client", "Helios"}, {"body", "kryptonglow pumps replace seals obsidianleaf"}})
                           .body;
  check_silent("a preview", preview.dump());
  CHECK(base.server.call("POST", "/api/v1/insights/preview", {{"client", "Borealis"}, {"body", "x"}})
            .body["client_known"] == false);

  const Answered unknown = base.server.call("POST", "/api/v1/insights", {{"client", "Nowhere"}, {"body", "x"}});
  const Answered hidden = base.server.call("POST", "/api/v1/insights", {{"client", "Borealis"}, {"body", "x"}});
  CHECK(hidden.status == unknown.status);
  CHECK(std::regex_replace(plain(hidden, 0).dump(), std::regex("Borealis"), "Nowhere") == plain(unknown, 0).dump());
  const Answered by_number = base.server.call("POST", "/api/v1/insights", {{"client", base.borealis}, {"body", "x"}});
  const Answered by_missing = base.server.call("POST", "/api/v1/insights", {{"client", kMissing}, {"body", "x"}});
  CHECK(plain(by_number, base.borealis) == plain(by_missing, kMissing));
  for (const auto& [where, member, number, valid] :
       {std::tuple(Divided::path("contacts", base.person, "ties"), "other", base.hidden["contacts"],
                   json{{"kind", "trusts"}}),
        std::tuple(Divided::path("clients", base.helios, "merge"), "lost", base.borealis, json::object()),
        std::tuple(Divided::path("contacts", base.person, "merge"), "lost", base.hidden["contacts"], json::object()),
        std::tuple(std::string("/api/v1/departures"), "insight", base.note,
                   json{{"contact", base.person}, {"judgement", "confirmed"}})}) {
    json body = valid;
    body[member] = number;
    const Answered of_hidden = base.server.call("POST", where, body);
    body[member] = kMissing;
    const Answered of_missing = base.server.call("POST", where, body);
    CAPTURE(where);
    CHECK(of_hidden.status >= 400);
    CHECK(plain(of_hidden, number) == plain(of_missing, kMissing));
  }
}

TEST_CASE("who reaches it sees it, and moving the border counts from the next request on") {
  Divided base;
  base.as("nils");
  CHECK(base.server.call("GET", Divided::path("insights", base.note)).status == 200);
  CHECK(base.server.call("GET", Divided::path("insights", base.whispered)).status == 200);
  CHECK(base.server.call("GET", "/api/v1/search?q=kryptonglow").body["hits"].size() == 1);
  CHECK(base.server.call("GET", "/api/v1/suggest?q=kryp").body["items"].size() == 1);
  base.as("anna");
  CHECK(base.server.call("GET", Divided::path("insights", base.whispered)).status == 404);
  base.server.act_as(base.server.admin_token());
  CHECK(base.server.call("PATCH", Divided::path("clients", base.helios), {{"owner", "anna"}}).status == 200);
  base.as("anna");  // owns Helios now, so she sees what is said there in confidence
  CHECK(base.server.call("GET", Divided::path("insights", base.whispered)).status == 200);
  CHECK(base.server.call("GET", "/api/v1/search?q=obsidianleaf").body["hits"].size() == 1);
  base.as("hans");  // works triage, where the confidential note lies
  CHECK(base.server.call("GET", Divided::path("insights", base.whispered)).status == 200);
  CHECK(base.server.call("GET", Divided::path("insights", base.note)).status == 200);
  CHECK(base.server.call("GET", Divided::path("clients", base.borealis, "map")).status == 403);
  CHECK(base.server.call("GET", Divided::path("clients", base.borealis, "visit-card")).status == 403);
  CHECK(base.server.call("GET", Divided::path("contacts", base.hidden["contacts"])).status == 403);

  base.server.act_as(base.server.admin_token());
  CHECK(base.server.call("PATCH", "/api/v1/users/hans", {{"sees_contacts", true}}).status == 200);
  CHECK(base.server.call("PATCH", "/api/v1/users/anna", {{"teams", {"south", "north"}}}).status == 200);
  CHECK(base.server
            .call("POST", Divided::path("work", base.whispered_work, "reroute"), {{"queue", "seals"}, {"reason", "x"}})
            .status == 200);
  base.as("hans");
  CHECK(base.server.call("GET", Divided::path("clients", base.borealis, "map")).status == 200);
  CHECK(base.server.call("GET", Divided::path("insights", base.whispered)).status == 404);
  CHECK(base.server.call("GET", "/api/v1/search?q=obsidianleaf").body["hits"].empty());
  base.as("petra");
  CHECK(base.server.call("GET", Divided::path("insights", base.whispered)).status == 200);
  CHECK(base.server.call("POST", "/api/v1/queues/seals/claim", json::object()).status == 200);
  base.as("anna");
  CHECK(base.server.call("GET", "/api/v1/search?q=kryptonglow").body["hits"].size() == 1);
  // Nobody shuts others out of a client, or gives it to a team of others, but a lead.
  CHECK(base.server.call("PATCH", Divided::path("clients", base.borealis), {{"team", ""}}).status == 403);
  CHECK(base.server.call("PATCH", Divided::path("clients", base.helios), {{"team", "west"}}).status == 403);
  CHECK(base.server.call("PATCH", Divided::path("clients", base.helios), {{"team", "south"}}).status == 200);
  base.as("nils");  // wrote a confidential note there, and serves it no more
  CHECK(base.server.call("GET", Divided::path("clients", base.helios)).status == 404);
  CHECK(base.server.call("GET", Divided::path("insights", base.whispered)).status == 404);
}

}  // namespace tidings
