// SPDX-License-Identifier: GPL-3.0-or-later
// What is held on a person is shown whole, and gone when it is erased: not one byte of it stays in the ledger's files.
#include <fmt/format.h>

#include <filesystem>
#include <thread>

#include "indexer/base/stop.h"
#include "indexer/index/follower.h"
#include "indexer/index/store.h"
#include "indexer/ledger/audit.h"
#include "indexer/ledger/feed.h"
#include "indexer/ledger/personal_data.h"
#include "indexer/ledger/relations.h"
#include "indexer/ledger/searches.h"
#include "indexer/model/mentions.h"
#include "server/desk/privacy_desk.h"
#include "tests/support/support.h"

namespace tidings {
namespace {

ContactId contact_of(House& house, const std::string& client, const std::string& name) {
  return house.ledger.read([&](Session& session) {
    return Contacts(session).find_by_name(Clients(session).find_by_name(client).value().id, name).value().id;
  });
}

// The text in any file of the ledger, whatever its table.
template <class Walk = std::filesystem::directory_iterator>
bool in_files(const House& house, const std::string& text) {
  try {
    for (const auto& entry : Walk(house.folder.path()))
      if (entry.is_regular_file() && read_file(entry.path()).find(text) != std::string::npos) return true;
  } catch (const std::filesystem::filesystem_error&) {  // a file went away meanwhile
    return true;
  }
  return false;
}

json note(const char* key, const char* client, const char* body, json contacts = json::array()) {
  return {{"key", key},        {"client", client}, {"author", "rep-1"}, {"recorded_at", "2026-10-01"},
          {"kind", "problem"}, {"body", body},     {"title", key},      {"contacts", std::move(contacts)}};
}

}  // namespace

TEST_CASE("a person is found in a text by their whole name, and near them by a part of it") {
  const Mentions eva({"Eva Brandt"}, {"eva.b@acme.example", "+49 30 1234"}, {"Adam Brandt"});
  const auto without = [](const Mentions& who, const char* text, bool close) {
    return who.without(text, "X", close).value_or("-");
  };
  CHECK(without(eva, "I met Eva Brandt today", false) == "I met X today");
  CHECK(without(eva, "Brandt, Eva said so; EVA BRANDT too", false) == "X said so; X too");
  CHECK(without(eva, "Eva said so", false) == "-");
  CHECK(without(eva, "Eva's plan", true) == "X's plan");
  CHECK(without(eva, "Brandt said so", true) == "-");  // Adam may be meant
  CHECK(without(eva, "an eva foam seal", true) == "-");
  CHECK(without(eva, "Evalina came", true) == "-");
  CHECK(without(eva, "write to EVA.B@acme.example or +49 30 1234.", false) == "write to X or X.");
  CHECK(without(eva, "", true) == "-");

  const Mentions petrov({"Сергей Петров"}, {}, {"Ирина Сергеева"});
  CHECK(without(petrov, "Говорили с Сергеем Петровым о насосах", false) == "Говорили с X о насосах");
  CHECK(without(petrov, "Петрову Сергею обещали ответ", false) == "X обещали ответ");
  CHECK(without(petrov, "ПЕТРОВ СЕРГЕЙ", false) == "X");
  CHECK(without(petrov, "Звонил Петрову", true) == "Звонил X");
  CHECK(without(petrov, "Были в Петрозаводске", true) == "-");
}

TEST_CASE("a person is shown all that is held on them, and erased from every table, file and event") {
  House house;
  const char* const secret = "Zellweger";
  house.ledger.write([](Session& session) {
    People(session).create({.name = "rep-1"}, "", kAdmin);
    People(session).create({.name = "lead-1", .role = Role::lead}, "", kAdmin);
  });
  const InsightId own = house.keep(note("n1", "Acme", "Ottokar Zellweger wants softer seals. Zellweger leaves.",
                                        {"Ottokar Zellweger", "Ben Adams"}));
  const InsightId elsewhere = house.keep(note("n2", "Borg", "They hired Ottokar Zellweger.\nZellweger is a good man."));
  const InsightId other = house.keep(note("n3", "Cyan", "The Zellweger river floods the plant."));
  house.route();
  const ContactId who = contact_of(house, "Acme", "Ottokar Zellweger"), ben = contact_of(house, "Acme", "Ben Adams");
  house.act(house.work_of(own).id, WorkAct::claim, kLead);
  house.act(house.work_of(own).id, WorkAct::answer, kLead, {{"body", "Tell Mr Zellweger: PTFE."}});
  house.act(house.work_of(own).id, WorkAct::tell, kRep,
            {{"whom", "Ottokar Zellweger"}, {"reaction", "solved"}, {"note", "Zellweger is glad"}});
  house.ledger.write([&](Session& session) {
    Contact contact = Contacts(session).find(who);
    contact.email = "ottokar@zellweger.example";
    contact.note = "likes tea";
    contact.plans = "to retire";
    contact = Contacts(session).change(contact, kRep);
    Relations(session).add_tie({0, who, ben, TieKind::trusts, "Zellweger trusts Ben", "", {}}, kRep);
    Relations(session).know({who, "rep-1", *parse_day("2020-01-01")}, kRep);
    SearchLog(session).remember("rep-1", "ottokar zellweger seals");
    SearchLog(session).remember_empty("Zellweger, Ottokar");
    SearchLog(session).remember_empty("zellweger plans");
    Replies(session).keep("rep-1", "told", "request", {200, R"({"note": "met\nZellweger"})"});
    Replies(session).keep("rep-1", "other", "request", {201, "{}"});
  });
  house.index();
  CHECK(house.keys("zellweger") == std::vector<std::string>{"n1", "n2", "n3"});

  const json held = house.ledger.read([&](Session& session) { return PrivacyDesk(session, kLead).personal_data(who); });
  CHECK(held["contacts"][0]["plans"] == "to retire");
  CHECK(held["ties"].size() == 1);
  CHECK(held["known_by"][0]["user"] == "rep-1");
  std::set<std::string> places;
  for (const json& trace : held["traces"]) places.insert(trace["in"].get<std::string>());
  CHECK(places == std::set<std::string>{"answer", "event", "insight", "telling", "tie"});
  CHECK(house.ledger.read([&](Session& session) { return PrivacyDesk(session, kLead).personal_data_html(who); })
            .find("likes tea") != std::string::npos);
  CHECK_REFUSED(house.ledger.read([&](Session& session) { return PrivacyDesk(session, kRep).personal_data(who); }),
                Code::forbidden);
  CHECK_REFUSED(erase_person(house.ledger, who, kRep), Code::forbidden);

  const json erased = erase_person(house.ledger, who, kLead);
  CHECK(erased["contacts"] == 1);
  CHECK(erased["insights"] == 2);
  house.index();
  CHECK(house.keys("zellweger") == std::vector<std::string>{"n3"});
  CHECK(house.keys("ottokar").empty());
  CHECK(house.keys("softer seals") == std::vector<std::string>{"n1"});
  house.ledger.read([&](Session& session) {
    CHECK(Insights(session).find(own).body == fmt::format("contact {0} wants softer seals. contact {0} leaves.", who));
    CHECK(Insights(session).find(own).contacts.size() == 2);  // the seat is there still, with nobody's name
    CHECK(Insights(session).find(other).body.find(secret) != std::string::npos);
    const Contact contact = Contacts(session).find(who);
    CHECK(contact.name == fmt::format("contact {}", who));
    CHECK(contact.email.empty());
    CHECK(PersonalData(session).erasure(who).has_value());
    CHECK_FALSE(Feed(session).fault().has_value());
    // A request that is sent again is still known.
    CHECK(Replies(session).find("rep-1", "told", "request")->body.empty());
    CHECK(Replies(session).find("rep-1", "other", "request")->body == "{}");
    CHECK(PersonalData(session).held(PersonalData(session).person(who))["traces"].empty());
  });
  CHECK(audit(house.ledger, "sqlite:" + (house.folder.path() / "ledger.db").string()).empty());
  for (const char* gone : {"Ottokar", "ottokar@", "likes tea", "to retire", "Mr Zellweger", "trusts Ben",
                           "zellweger seals", "zellweger plans", "nZellweger"})
    CHECK_MESSAGE(!in_files(house, gone), std::string(gone));
  // A second time there is nothing left to do.
  CHECK(erase_person(house.ledger, who, kLead)["rows"] == 0);
  static_cast<void>(elsewhere);
}

TEST_CASE("an index that still holds the words of somebody who was erased is renewed, also after an end in between") {
  House house;
  house.import(
      R"({"key":"n1","client":"Acme","author":"rep-1","kind":"people","body":"Zellweger leaves.","contacts":["Ottokar Zellweger"]})");
  house.index();
  const auto folder = house.folder.path() / "index";
  const ContactId who = house.ledger.read([&](Session& session) {
    return Contacts(session).of(Clients(session).list({0, 1}).front().id).front().id;
  });
  erase_person(house.ledger, who, kLead);
  house.index();  // follows, and ends before anything is renewed
  const Manifest before = *read_manifest(folder);
  CHECK(before.unclean);
  Stop stop;
  std::thread following([&] { house.follower.run(stop); });
  for (int i = 0; i < 200 && read_manifest(folder)->unclean; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  stop.wish();
  following.join();
  CHECK_FALSE(read_manifest(folder)->unclean);
  CHECK(read_manifest(folder)->segments != before.segments);
}

TEST_CASE("all employments of a person are erased together") {
  House house;
  house.keep(note("n1", "Acme", "Mira Sorensen foresees robots", {"Mira Sorensen"}));
  house.keep(note("n2", "Borg", "Mira Holt-Sorensen came to us", {"Mira Holt-Sorensen"}));
  const ContactId first = contact_of(house, "Acme", "Mira Sorensen"),
                  later = contact_of(house, "Borg", "Mira Holt-Sorensen");
  house.ledger.write([&](Session& session) {
    Contact contact = Contacts(session).find(later);
    contact.person = first;
    Contacts(session).change(contact, kRep);
  });
  house.index();
  using Everywhere = std::filesystem::recursive_directory_iterator;
  CHECK(in_files<Everywhere>(house, "sorensen"));  // a term of the index
  CHECK(erase_person(house.ledger, later, kLead)["contacts"] == 2);
  CHECK_FALSE(in_files(house, "Mira"));
  CHECK_FALSE(in_files(house, "Sorensen"));
  // The index is renewed behind the scenes.
  Stop stop;
  std::thread following([&] { house.follower.run(stop); });
  for (int i = 0; i < 1000 && in_files<Everywhere>(house, "sorensen"); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  stop.wish();
  following.join();
  CHECK_FALSE(in_files<Everywhere>(house, "sorensen"));
  CHECK(house.keys("robots") == std::vector<std::string>{"n1"});
}

TEST_CASE("the words of old notes are removed when their time is over, and what they were stays") {
  House house;
  json old = note("old", "Acme", "Secret gasket trouble", {"Eva"});
  old["recorded_at"] = "2020-01-01";
  const InsightId id = house.keep(old);
  const InsightId young = house.keep(note("young", "Acme", "Young gasket trouble", {"Eva"}));
  house.route();
  CHECK(remove_old_words(house.ledger, house.clock) == 0);
  house.ledger.write([&](Session& session) {
    CHECK_REFUSED(PrivacyDesk(session, kRep).change_retention({{"problem", 365}}), Code::forbidden);
    CHECK_REFUSED(PrivacyDesk(session, kLead).change_retention({{"problem", 0}}), Code::invalid);
    CHECK(PrivacyDesk(session, kLead).change_retention({{"problem", 365}})["problem"] == 365);
  });
  CHECK(remove_old_words(house.ledger, house.clock) == 1);
  CHECK(remove_old_words(house.ledger, house.clock) == 0);
  house.index();
  CHECK(house.keys("gasket") == std::vector<std::string>{"young"});
  house.ledger.shorten_log();
  CHECK_FALSE(in_files(house, "Secret gasket"));
  house.ledger.read([&](Session& session) {
    CHECK(Insights(session).find(id).kind == Kind::problem);
    CHECK(Insights(session).find(id).contacts.empty());
    CHECK(Insights(session).find(young).body == "Young gasket trouble");
    CHECK_FALSE(Feed(session).fault().has_value());
  });
}

TEST_CASE("who looked at what is counted by day, and forgotten in time") {
  House house;
  house.ledger.write([&](Session& session) {
    Accesses accesses(session);
    accesses.note("rep-1", "contact:1", house.clock.now());
    accesses.note("rep-1", "contact:1", house.clock.now());
    accesses.note("tech-1", "contact:2", house.clock.now());
    const json items = PrivacyDesk(session, kLead).accesses("rep-1", "", 10)["items"];
    CHECK(items.size() == 1);
    CHECK(items[0]["times"] == 2);
    CHECK(PrivacyDesk(session, kLead).accesses("", "contact:2", 10)["items"][0]["user"] == "tech-1");
    CHECK_REFUSED(PrivacyDesk(session, kTech).accesses("", "", 10), Code::forbidden);
  });
  house.clock.advance(std::chrono::hours(24 * 400));
  remove_old_words(house.ledger, house.clock);
  house.ledger.read([&](Session& session) { CHECK(Accesses(session).list("", "", 10).empty()); });
}

}  // namespace tidings
