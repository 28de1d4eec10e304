// SPDX-License-Identifier: GPL-3.0-or-later
// What was kept twice becomes one, in every figure, and two again.
#include <random>

#include "indexer/ledger/insights.h"
#include "indexer/ledger/mergers.h"
#include "indexer/ledger/relations.h"
#include "server/accounts/book.h"
#include "server/accounts/foresight_book.h"
#include "tests/support/support.h"

namespace tidings {
namespace {

struct Twice : House {
  template <class F>
  auto with(F&& f) {
    return ledger.write([&](Session& session) { return f(session); });
  }
  Client client(const std::string& name) {
    return with([&](Session& session) { return Clients(session).find_by_name(name).value(); });
  }
  Contact contact(const std::string& of, const std::string& name) {
    return with([&](Session& session) {
      return Contacts(session).find_by_name(Clients(session).find_by_name(of).value().id, name).value();
    });
  }
  Merger merge(const std::string& kept, const std::string& lost) {
    const ClientId one = client(kept).id, other = client(lost).id;
    return with([&](Session& session) { return Mergers(session).merge_clients(one, other, kLead); });
  }
  void undo(const Merger& merger) {
    with([&](Session& session) { return Mergers(session).undo(merger.id, kLead).id; });
  }
  // Everything that a merger may touch, without versions.
  json state() {
    return with([&](Session& session) {
      json all = json::array();
      for (const Client& each : Clients(session).list({0, 1000})) {
        json one = {{"client", each},
                    {"contacts", Contacts(session).of(each.id)},
                    {"ties", Relations(session).ties(each.id)},
                    {"deals", Relations(session).deals(each.id)},
                    {"revenue", Relations(session).revenues(each.id)}};
        one["client"].erase("version");
        for (json& contact : one["contacts"]) contact.erase("version");
        for (InsightId id : Insights(session).ids(0, 1000, each.id)) {
          json names = json::array();
          for (const ContactName& name : Insights(session).find(id).contacts) names.push_back(name.id);
          one["notes"].push_back({id, names});
        }
        all.push_back(one);
      }
      return all;
    });
  }
};

void refused(Code code, const std::function<void()>& act) {
  try {
    act();
    FAIL("was not refused");
  } catch (const Refusal& refusal) {
    CHECK(refusal.code() == code);
  }
}

}  // namespace

TEST_CASE("two records of a client become one, and two again") {
  Twice house;
  const json draft = {{"key", "n1"},
                      {"client", "Acme GmbH"},
                      {"kind", "change"},
                      {"body", "PFAS will go"},
                      {"contacts", {"Eva", "Ben"}}};
  house.keep({{"client", "Acme"}, {"kind", "problem"}, {"body", "The seal leaks"}, {"contacts", {"Eva"}}});
  const InsightId moved = house.keep(draft);
  house.with([&](Session& session) {
    Client lost = Clients(session).find_by_name("Acme GmbH").value();
    lost.industry = "Chemicals";
    lost.domain = "acme.example";
    Clients(session).change(lost, kLead);
    Contact eva = Contacts(session).find_by_name(lost.id, "Eva").value();
    eva.email = "Eva@acme.example";
    Contacts(session).change(eva, kLead);
    return 0;
  });
  const json before = house.state();
  house.index();
  CHECK(house.search("client:\"Acme GmbH\"").hits.size() == 1);

  const Merger merger = house.merge("Acme", "Acme GmbH");
  CHECK(json(merger)["moved"] == json({{"insight", 1}, {"contact", 1}}));
  CHECK(house.client("Acme GmbH").name == "Acme");  // the old name finds the one that counts
  CHECK(house.client("Acme").industry == "Chemicals");
  CHECK(house.contact("Acme", "Eva").email == "Eva@acme.example");
  const json merged = house.state();
  REQUIRE(merged.size() == 1);
  CHECK(merged[0]["contacts"].size() == 2);
  CHECK(merged[0]["notes"].size() == 2);
  house.index();
  CHECK(house.search("client:Acme").hits.size() == 2);
  CHECK(house.search("client:GmbH").hits.empty());
  CHECK(house.keep(draft) == moved);  // sent again by a phone that did not know
  house.with([&](Session& session) {
    CHECK(Clients(session).find_by_domain("acme.example").value().name == "Acme");
    CHECK(Contacts(session).find_by_email("eva@ACME.example").size() == 1);
    return 0;
  });
  const ClientId lost = merger.lost;
  refused(Code::conflict, [&] {
    house.with([&](Session& session) { return Contacts(session).create({.client = lost, .name = "New"}, kLead).id; });
  });

  house.undo(merger);
  CHECK(house.state() == before);
  house.index();
  CHECK(house.search("client:\"Acme GmbH\"").hits.size() == 1);
  refused(Code::conflict, [&] { house.undo(merger); });
}

TEST_CASE("what came after a merger stays or goes back with the person who said it; later mergers are undone first") {
  Twice house;
  house.keep({{"client", "A"}, {"body", "one"}, {"contacts", {"Ann"}}});
  house.keep({{"client", "B"}, {"body", "two"}, {"contacts", {"Bob"}}});
  house.keep({{"client", "C"}, {"body", "three"}});
  const Merger first = house.merge("A", "B");
  const InsightId of_bob = house.keep({{"client", "A"}, {"body", "four"}, {"contacts", {"Bob"}}});
  const InsightId of_ann = house.keep({{"client", "B"}, {"body", "five"}, {"contacts", {"Ann"}}});
  const Merger second = house.merge("C", "A");
  refused(Code::conflict, [&] { house.undo(first); });
  refused(Code::invalid, [&] { house.merge("C", "A"); });  // the name A finds C: the same one
  house.undo(second);
  house.undo(first);
  house.with([&](Session& session) {
    CHECK(Insights(session).whole(of_bob).client.name == "B");
    CHECK(Insights(session).whole(of_ann).client.name == "A");
    return 0;
  });
}

TEST_CASE("contacts of one client become one; of two clients they do not") {
  Twice house;
  house.keep({{"client", "A"}, {"body", "one"}, {"contacts", {"Ann Lee", "A. Lee"}}});
  house.keep({{"client", "A"}, {"body", "two"}, {"contacts", {"A. Lee"}}});
  house.keep({{"client", "B"}, {"body", "three"}, {"contacts", {"Ann"}}});
  const Contact kept = house.contact("A", "Ann Lee"), lost = house.contact("A", "A. Lee"),
                other = house.contact("B", "Ann");
  house.with([&](Session& session) {
    Contact boss = kept;
    boss.reports_to = lost.id;
    Contacts(session).change(boss, kLead);
    Relations(session).add_tie({.contact = kept.id, .other = lost.id}, kLead);
    return 0;
  });
  const json before = house.state();
  const Merger merger =
      house.with([&](Session& session) { return Mergers(session).merge_contacts(kept.id, lost.id, kLead); });
  const json merged = house.state();
  CHECK(merged[0]["contacts"].size() == 1);
  CHECK(merged[0]["contacts"][0]["reports_to"].is_null());
  CHECK(merged[0]["ties"].empty());
  CHECK(merged[0]["notes"] == json::array({{1, {kept.id}}, {2, {kept.id}}}));
  refused(Code::invalid, [&] {
    house.with([&](Session& session) { return Mergers(session).merge_contacts(kept.id, other.id, kLead).id; });
  });
  house.undo(merger);
  CHECK(house.state() == before);
}

TEST_CASE("any merger that is undone leaves no trace, and witnesses count once between") {
  std::mt19937 random(11);
  for (int round = 0; round < 12; ++round) {
    CAPTURE(round);
    Twice house;
    AccountBook book{house.ledger, house.clock};
    ForesightBook foresights{house.ledger, book, house.clock};
    const std::string clients[] = {"A", "B", "C"}, people[] = {"Ann", "Bob", "Cid"};
    for (const std::string& client : clients)
      house.keep({{"client", client},
                  {"kind", "change"},
                  {"body", "PFAS gaskets will be banned"},
                  {"foreseen", {{"from", "2027-02-01"}, {"to", "2027-02-01"}}}});
    for (int note = 0; note < 12; ++note)
      house.keep({{"client", clients[random() % 3]},
                  {"body", "note " + std::to_string(note)},
                  {"contacts", json::array({people[random() % 3], people[random() % 3]})}});
    house.with([&](Session& session) {
      for (const std::string& name : clients) {
        const ClientId id = Clients(session).find_by_name(name).value().id;
        const auto contacts = Contacts(session).of(id);
        if (random() % 2) Relations(session).set_revenue({id, 2026, static_cast<double>(random() % 9 + 1)}, kLead);
        if (random() % 2)
          Relations(session).add_deal({.client = id, .title = "Pumps", .signed_on = day("2026-05-05")}, kLead);
        if (contacts.size() > 1 && random() % 2) {
          Contact one = contacts[0];
          one.reports_to = contacts[1].id;
          Contacts(session).change(one, kLead);
          Relations(session).add_tie({.contact = contacts[0].id, .other = contacts[1].id}, kLead);
        }
      }
      return 0;
    });
    OutlookQuestion question;
    question.from = day("2026-11-23");
    question.to = day("2028-11-23");
    const auto witnesses = [&] { return foresights.outlook(question)->outlook.themes.at(0).witnesses; };
    CHECK(witnesses() == 3);
    const json before = house.state();
    const Merger first = house.merge("A", "B");
    CHECK(witnesses() == 2);
    const json between = house.state();
    const Merger second = random() % 2 ? house.merge("A", "C") : house.merge("C", "A");
    CHECK(house.state().size() == 1);
    CHECK(book.states()->size() == 1);
    house.undo(second);
    CHECK(json::diff(between, house.state()) == json::array());
    CHECK(witnesses() == 2);
    house.undo(first);
    CHECK(json::diff(before, house.state()) == json::array());
    CHECK(witnesses() == 3);
    CHECK(book.states()->size() == 3);
  }
}

}  // namespace tidings
