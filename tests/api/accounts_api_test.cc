// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/api/server.h"

namespace tidings {

TEST_CASE("clients and contacts are made, changed and listed page by page") {
  Server server;
  for (int i = 0; i < 5; ++i)
    CHECK(
        server.call("POST", "/api/v1/clients", {{"name", "Client " + std::to_string(i)}, {"revenue", i * 10}}).status ==
        201);
  CHECK(server.call("POST", "/api/v1/clients", {{"name", "CLIENT 1"}}).status == 409);
  CHECK(server.call("POST", "/api/v1/clients", {{"name", "x"}, {"revenue", -1}}).status == 422);
  CHECK(server.call("POST", "/api/v1/clients", json::array()).status == 422);
  const json first = server.call("GET", "/api/v1/clients?limit=3").body;
  CHECK(first["items"].size() == 3);
  const json second = server.call("GET", "/api/v1/clients?limit=3&cursor=" + first["cursor"].get<std::string>()).body;
  CHECK(second["items"].size() == 2);
  CHECK(second["cursor"].is_null());
  CHECK(server.call("GET", "/api/v1/clients?q=ent%204").body["items"].size() == 1);
  CHECK(server.call("GET", "/api/v1/clients?q=%25").body["items"].empty());
  CHECK(server.call("PATCH", "/api/v1/clients/1", {{"revenue", nullptr}, {"owner", "anna"}}, {{"If-Match", "\"v1\""}})
            .body["revenue"]
            .is_null());
  CHECK(server.call("PATCH", "/api/v1/clients/1", {{"owner", "bob"}}, {{"If-Match", "\"v1\""}}).status == 412);

  const Answered boss = server.call("POST", "/api/v1/clients/1/contacts", {{"name", "Boss"}, {"influence", "decides"}});
  CHECK(boss.status == 201);
  const json worker =
      server.call("POST", "/api/v1/clients/1/contacts", {{"name", "Worker"}, {"reports_to", boss.body["id"]}}).body;
  CHECK(worker["reports_to"] == boss.body["id"]);
  CHECK(server.call("POST", "/api/v1/clients/2/contacts", {{"name", "Stranger"}, {"reports_to", boss.body["id"]}})
            .status == 422);
  CHECK(server.call("POST", "/api/v1/clients/99/contacts", {{"name", "Nobody"}}).status == 404);
  CHECK(server.call("GET", "/api/v1/clients/1/contacts").body["items"].size() == 2);
  CHECK(server.call("PATCH", "/api/v1/contacts/2", {{"left_on", "2026-02-30"}}).status == 422);
  CHECK(server.call("PATCH", "/api/v1/contacts/2", {{"left_on", "2026-02-27"}, {"reports_to", nullptr}})
            .body["left_on"] == "2026-02-27");
  CHECK(server.call("GET", "/api/v1/contacts/2").body["reports_to"].is_null());
}

TEST_CASE("clients kept twice are merged and parted; an old address still finds its contact") {
  Server server;
  const json kept = server.call("POST", "/api/v1/clients", {{"name", "Acme"}}).body;
  const json lost = server.call("POST", "/api/v1/clients", {{"name", "Acme GmbH"}}).body;
  const std::string one = "/api/v1/clients/" + kept["id"].dump(), other = "/api/v1/clients/" + lost["id"].dump();
  server.call("POST", one + "/contacts", {{"name", "Eva"}, {"email", "eva@acme.example"}});
  const json eva =
      server.call("POST", other + "/contacts", {{"name", "Eva"}, {"email", "e.old@acme-gmbh.example"}}).body;
  CHECK(server.call("POST", one + "/merge", {{"lost", kept["id"]}}).status == 422);
  CHECK(server.call("POST", one + "/merge", {{"lost", 99}}).status == 404);
  CHECK(server.call("POST", one + "/merge", {{"lost", "x"}}).status == 422);
  const Answered merged = server.call("POST", one + "/merge", {{"lost", lost["id"]}});
  REQUIRE(merged.status == 201);
  CHECK(server.call("POST", one + "/merge", {{"lost", lost["id"]}}).status == 409);
  CHECK(server.call("GET", "/api/v1/clients").body["items"].size() == 1);
  CHECK(server.call("GET", other).body["merged_into"] == kept["id"]);
  CHECK(server.call("PATCH", other, {{"owner", "anna"}}).status == 409);
  const json found = server.call("GET", "/api/v1/contacts?email=E.OLD%40acme-gmbh.example").body["items"];
  REQUIRE(found.size() == 1);
  CHECK(found[0]["email"] == "eva@acme.example");
  CHECK(found[0]["client_name"] == "Acme");
  CHECK(server.call("GET", "/api/v1/contacts").status == 422);
  CHECK(server.call("GET", "/api/v1/mergers").body["items"].size() == 2);  // of the clients, and of Eva
  const std::string merger = "/api/v1/mergers/" + merged.body["id"].dump() + "/undo";
  CHECK(server.call("POST", merger).body["undone_at"].is_string());
  CHECK(server.call("POST", merger).status == 409);
  CHECK(server.call("GET", other + "/contacts").body["items"][0]["id"] == eva["id"]);
}

TEST_CASE("the monthly report is tables, and each is a CSV") {
  Server server;
  const json report = server.call("GET", "/api/v1/report").body;
  REQUIRE(report["tables"].size() == 5);
  for (const json& table : report["tables"])
    CHECK(server.call("GET", "/api/v1/report/" + table["name"].get<std::string>() + "?month=2026-11").status == 200);
  CHECK(server.call("GET", "/api/v1/report/nothing").status == 404);
  CHECK(server.call("GET", "/api/v1/report?month=2026-13").status == 422);
}

TEST_CASE("the feed tells of every change") {
  Server server;
  server.call("POST", "/api/v1/clients", {{"name", "A"}});
  const json events = server.call("GET", "/api/v1/events?after=0").body;
  CHECK(events["items"].back()["kind"] == "client.created");
  CHECK(events["items"].back()["actor"] == "admin");
  CHECK(server.call("GET", "/api/v1/events?after=" + events["cursor"].get<std::string>()).body["items"].empty());
}

TEST_CASE("how we stand with a client, over HTTP") {
  Server server;
  server.user("rep-2", "rep");
  server.act_as(server.admin_token());
  const auto id = [](const json& body) { return std::to_string(body["id"].get<std::int64_t>()); };
  const std::string acme = id(
      server.call("POST", "/api/v1/clients", {{"name", "Acme"}, {"industry", "Chemicals"}, {"domain", "acme.example"}})
          .body);
  const std::string borg =
      id(server.call("POST", "/api/v1/clients", {{"name", "Borg"}, {"industry", "Chemicals"}}).body);
  const std::string contacts = "/api/v1/clients/" + acme + "/contacts";
  const json ben = server.call("POST", contacts, {{"name", "Ben"}, {"role", "Buyer"}, {"plans", "To retire"}}).body;
  const json eva = server.call("POST", contacts, {{"name", "Eva"}, {"influence", "decides"}}).body;
  for (const char* client : {"Acme", "Borg"})
    CHECK(server
              .call("POST", "/api/v1/insights",
                    {{"client", client},
                     {"kind", "change"},
                     {"recorded_at", "2026-01-01"},
                     {"body", "PFAS gaskets will be banned. Somebody signs off the orders."},
                     {"foreseen", {{"from", "2027-02-01"}, {"to", "2037-03-01"}, {"likelihood", 0.5}}}})
              .status == 201);
  const json note = server
                        .call("POST", "/api/v1/insights",
                              {{"client", "Acme"},
                               {"kind", "people"},
                               {"contacts", {"Ben"}},
                               {"body", "Ben has left for Corto Works."}})
                        .body;
  server.settle();

  // Deals, revenue, ties, who knows whom.
  const std::string client = "/api/v1/clients/" + acme;
  const json deal =
      server.call("POST", client + "/deals", {{"title", "Pumps"}, {"signed_on", "2026-02-01"}, {"value", 5}}).body;
  CHECK(server.call("POST", client + "/deals", {{"title", "Pumps"}, {"signed_on", "2026-02-01"}}).status == 409);
  CHECK(server.call("POST", client + "/deals", {{"signed_on", "2026-02-30"}}).status == 422);
  CHECK(server.call("POST", client + "/revenue", {{"year", 2025}, {"amount", 100}}).status == 200);
  CHECK(server.call("POST", client + "/revenue", {{"year", 2026}, {"amount", 90}}).status == 200);
  CHECK(server.call("POST", "/api/v1/clients/" + borg + "/revenue", {{"year", 2026}, {"amount", 400}}).status == 200);
  CHECK(server.call("GET", client + "/deals").body["revenue"].size() == 2);
  const std::string ben_path = "/api/v1/contacts/" + id(ben);
  const json tie = server.call("POST", ben_path + "/ties", {{"other", eva["id"]}, {"kind", "promoted_by"}}).body;
  CHECK(server.call("POST", ben_path + "/ties", {{"other", ben["id"]}, {"kind", "trusts"}}).status == 422);
  CHECK(server.call("POST", ben_path + "/ties", {{"other", 999}, {"kind", "trusts"}}).status == 422);
  CHECK(server.call("POST", ben_path + "/known", {{"user", "rep-2"}, {"since", "2020-01-01"}}).status == 200);
  CHECK(server.call("POST", ben_path + "/known", {{"since", "2999-01-01"}}).status == 422);
  const json map = server.call("GET", client + "/map").body;
  CHECK(map["ties"][0]["other_name"] == "Eva");
  CHECK(map["deals"].size() == 1);
  CHECK(map["bonds"].size() == 2);
  CHECK(server.call("GET", "/api/v1/clients/999/map").status == 404);
  CHECK(server.call("GET", ben_path + "/what-if-they-leave").body["contact"]["name"] == "Ben");
  CHECK(server.call("DELETE", ben_path + "/known/rep-2").status == 204);
  CHECK(server.call("DELETE", ben_path + "/known/rep-2").status == 404);
  CHECK(server.call("DELETE", "/api/v1/ties/" + id(tie)).status == 204);

  // Key clients, attention, quiet.
  const json keys = server.call("GET", "/api/v1/key-clients").body;
  CHECK(keys["items"][0]["client"]["name"] == "Borg");
  CHECK(keys["moved_in"][0]["name"] == "Borg");
  CHECK(keys["moved_out"][0]["name"] == "Acme");
  CHECK(server.call("GET", "/api/v1/key-clients?year=2025").body["items"].size() == 1);
  CHECK(server.call("PATCH", "/api/v1/criteria", {{"usual_gap", 5}, {"ladder", {1, 2}}}).body["usual_gap"] == 5);
  CHECK(server.call("PATCH", "/api/v1/criteria", {{"key_share", 7}}).status == 422);
  CHECK(server.call("GET", "/api/v1/criteria").body["ladder"] == json({1, 2}));
  CHECK(server.call("GET", "/api/v1/attention").status == 200);
  CHECK(server.call("GET", "/api/v1/attention?owner=me&key=true&quiet=true&limit=1").status == 200);
  const std::string next_month = to_string_day(to_day(SystemClock().now()) + std::chrono::days(30));
  CHECK(server.call("POST", client + "/quiet", {{"until", next_month}, {"reason", "shut"}}).body["quiet"]["by"] ==
        "admin");
  CHECK(server.call("POST", client + "/quiet", {{"until", "2020-01-01"}, {"reason", "shut"}}).status == 422);
  CHECK(server.call("DELETE", client + "/quiet").body["quiet"].is_null());

  // What is held on a person, and its end.
  const std::string held_path = ben_path + "/personal-data";
  CHECK(server.call("GET", held_path).body["contacts"][0]["name"] == "Ben");
  CHECK(server.send("GET", held_path, "", "", {{"Accept", "text/html"}}).text.find("<h1>What is held on: Ben</h1>") !=
        std::string::npos);
  CHECK(server.call("PATCH", "/api/v1/retention", {{"people", 1000}}).body["people"] == 1000);
  CHECK(server.call("PATCH", "/api/v1/retention", {{"people", 0}}).status == 422);
  CHECK(server.call("GET", "/api/v1/retention").body["access"] == 365);
  for (int i = 0; i < 100 && server.call("GET", "/api/v1/access?subject=contact:" + id(ben)).body["items"].empty(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  CHECK(server.call("GET", "/api/v1/access?user=admin&subject=contact:" + id(ben)).body["items"].size() == 1);

  // Questions and the card.
  const json gaps = server.call("GET", client + "/questions").body["items"];
  CHECK(gaps.size() > 10);
  CHECK(server.call("GET", client + "/questions/next").body["ask"].is_object());
  const auto asked_in = [&](const char* language) {
    return server.call("GET", client + "/questions", nullptr, {{"Accept-Language", language}}).body["items"][0]["text"];
  };
  CHECK(asked_in("ru-RU,ru;q=0.9") != asked_in("en-US"));
  CHECK(asked_in("en") == gaps[0]["text"]);  // the admin's own language
  CHECK(asked_in("de") == gaps[0]["text"]);
  const json judging = {{"question", "rivals"}, {"sentence", "Only we"}, {"judgement", "confirmed"}};
  CHECK(server.call("POST", client + "/questions", judging).status == 201);
  CHECK(
      server
          .call("POST", client + "/questions", {{"question", "nothing"}, {"sentence", "x"}, {"judgement", "dismissed"}})
          .status == 422);
  const json card = server.call("GET", client + "/visit-card").body;
  CHECK(card["unknown"].size() == 3);
  CHECK(card["meet"].size() == 2);
  const json list = server.call("GET", "/api/v1/questions").body["items"];
  CHECK(server.call("PUT", "/api/v1/questions", list).body["items"] == list);
  json twice = list;
  twice.push_back(list[0]);
  CHECK(server.call("PUT", "/api/v1/questions", twice).status == 422);

  // What is coming.
  const json outlook = server.call("GET", "/api/v1/outlook?from=2027-01-01&to=2027-12-31").body;
  CHECK(outlook["items"][0]["witnesses"] == 2);
  CHECK(outlook["items"][0]["first_heard"] == "2026-Q1");
  CHECK(server.call("GET", "/api/v1/outlook?by=said&from=2025-01-01&industry=chemicals").body["foresights"] == 2);
  CHECK(server.call("GET", "/api/v1/outlook?by=never").status == 422);
  CHECK(server.call("GET", "/api/v1/outlook?from=2027-01-01&to=2026-01-01").status == 422);
  CHECK(server.call("GET", "/api/v1/outlook/terms").status == 200);
  const json theme = server.call("POST", "/api/v1/themes", {{"title", "PFAS"}, {"terms", {"pfas"}}}).body;
  const std::string theme_path = "/api/v1/themes/" + id(theme);
  CHECK(server.call("PATCH", theme_path, {{"title", "No PFAS"}}).body["version"] == 2);
  CHECK(server.call("GET", "/api/v1/themes").body["items"].size() == 1);
  CHECK(server.call("GET", "/api/v1/outlook?from=2027-01-01&to=2027-12-31").body["items"][0]["title"] == "No PFAS");
  CHECK(server.call("DELETE", theme_path).status == 204);

  // Who went.
  const json proposed = server.call("GET", "/api/v1/departures?client=" + acme).body["items"];
  REQUIRE(proposed.size() == 1);
  CHECK(proposed[0]["to_client"] == "Corto Works");
  const json departure = {
      {"insight", note["id"]}, {"contact", ben["id"]}, {"judgement", "confirmed"}, {"to_client", "Corto Works"}};
  const json gone = server.call("POST", "/api/v1/departures", departure).body;
  CHECK(gone["next"][0]["contact"]["name"] == "Eva");
  CHECK(server.call("GET", ben_path + "/employments").body["items"].size() == 2);
  CHECK(server.call("POST", "/api/v1/departures", departure).status == 409);
  CHECK(server.call("GET", "/api/v1/departures").body["judged"][0]["name"] == "Ben");
  CHECK(server.call("POST", "/api/v1/departures/" + id(gone) + "/undo").body["state"] == "undone");
  CHECK(server.call("POST", "/api/v1/departures/" + id(gone) + "/undo").status == 409);
  CHECK(server.call("DELETE", "/api/v1/deals/" + id(deal)).status == 204);

  server.act_as(server.user("tech-1", "technician"));
  CHECK(server.call("PATCH", "/api/v1/criteria", {{"usual_gap", 5}}).status == 403);
  CHECK(server.call("PUT", "/api/v1/questions", list).status == 403);
  CHECK(server.call("POST", "/api/v1/themes", {{"title", "x"}, {"terms", {"yy"}}}).status == 403);
}

}  // namespace tidings
