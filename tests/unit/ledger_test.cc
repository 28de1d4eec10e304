// SPDX-License-Identifier: GPL-3.0-or-later
// The ledger's contract. Every backend passes all of it.
#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "indexer/base/secrets.h"
#include "indexer/ledger/attachments.h"
#include "indexer/ledger/audit.h"
#include "indexer/ledger/feed.h"
#include "indexer/ledger/sign_ins.h"
#include "tests/support/support.h"

namespace tidings {
namespace {

json draft(const std::string& key, const std::string& body = "the pump leaks") {
  return {{"key", key}, {"client", "Acme"}, {"body", body}};
}

std::int64_t count(House& house) {
  return house.ledger.read([](Session& session) { return Insights(session).count(); });
}

// Runs SQL past the ledger, as a vandal or a newer program would.
void vandalise(const House& house, const char* sql) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open((house.folder.path() / "ledger.db").c_str(), &database) == SQLITE_OK);
  REQUIRE(sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(database);
}

// The most bytes of the log during `writes` of 200 KB each, while two keep reading for `length` at a time, one always
// under way.
std::uintmax_t log_beside_reads(std::chrono::milliseconds length, int writes) {
  House house;
  std::atomic<bool> ended = false;
  const auto read = [&](std::chrono::milliseconds offset) {
    std::this_thread::sleep_for(offset);
    while (!ended)
      house.ledger.read([&](Session& session) {
        Insights(session).count();
        std::this_thread::sleep_for(length);
      });
  };
  std::thread one(read, 0 * length), other(read, length / 2);
  const std::string much(200'000, 'x');
  std::uintmax_t log = 0;
  for (int i = 0; i < writes; ++i) {
    house.ledger.write([&](Session& session) { Feed(session).append(kLead, "test.said", "test:1", {{"text", much}}); });
    log = std::max(log, std::filesystem::file_size(house.folder.path() / "ledger.db-wal"));
  }
  ended = true;
  one.join();
  other.join();
  return log;
}

}  // namespace

TEST_CASE("a kept note is read back whole") {
  House house;
  const InsightId id = house.keep({{"key", "k1"},
                                   {"client", "Acme"},
                                   {"author", "anna"},
                                   {"kind", "change"},
                                   {"title", "New rule"},
                                   {"body", "They expect a new rule."},
                                   {"contacts", {"Ann", "Bob"}},
                                   {"tags", {"law"}},
                                   {"recorded_at", "2026-03-01T08:00:00+02:00"},
                                   {"foreseen", {{"from", "2027-01-01"}, {"to", "2027-06-30"}, {"likelihood", 0.7}}}});
  const WholeInsight whole = house.ledger.read([&](Session& session) { return Insights(session).whole(id); });
  CHECK(whole.client.name == "Acme");
  CHECK(whole.insight.author == "anna");
  CHECK(to_string(whole.insight.recorded_at) == "2026-03-01T06:00:00.000Z");
  CHECK(whole.insight.contacts.at(1).name == "Bob");
  CHECK(whole.insight.tags == std::vector<std::string>{"law"});
  CHECK(to_string_day(whole.insight.foreseen->to) == "2027-06-30");
  CHECK(whole.insight.foreseen->likelihood == 0.7);
  CHECK_FALSE(whole.work);
}

TEST_CASE("the same note sent twice is kept once, another under its key is refused") {
  House house;
  const InsightId id = house.keep(draft("k1"));
  CHECK(house.keep(draft("k1")) == id);
  CHECK_REFUSED(house.keep(draft("k1", "something else")), Code::conflict);
  CHECK(count(house) == 1);
  // Changed here, it is still the note that was sent: both the old and the new text are known.
  house.ledger.write([&](Session& session) {
    Insight insight = Insights(session).find(id);
    insight.body = "the pump leaks badly";
    Insights(session).change(insight, {}, kRep);
  });
  CHECK(house.keep(draft("k1")) == id);
  CHECK(house.keep(draft("k1", "the pump leaks badly")) == id);
}

TEST_CASE("an unknown client is refused unless it may be made, and names are compared folded") {
  House house;
  const auto keep = [&](const char* client, bool create) {
    return house.ledger.write([&](Session& session) {
      return Insights(session).keep(to_draft({{"client", client}, {"body", "x"}}), {create}, kRep).id;
    });
  };
  CHECK_REFUSED(keep("Ёлочка", false), Code::invalid);
  keep("Ёлочка", true);
  keep("  елочка ", false);
  CHECK(house.ledger.read([](Session& session) { return Clients(session).list({}).size(); }) == 1);
}

TEST_CASE("a refused change in the lane does not harm its neighbours") {
  House house;
  std::vector<std::thread> threads;
  std::atomic<int> kept{0}, refused{0};
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        try {
          if (i % 4 == 3)
            house.ledger.write([&](Session& session) {
              Insights(session).keep(to_draft(draft("bad")), {true}, kRep);
              throw invalid("", "on purpose");
            });
          house.keep(draft("k" + std::to_string(t) + "-" + std::to_string(i)));
          ++kept;
        } catch (const Refusal&) {
          ++refused;
        }
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(kept == 120);
  CHECK(refused == 40);
  CHECK(count(house) == 120);
  CHECK_FALSE(house.ledger.read([](Session& session) { return Feed(session).fault(); }));
}

TEST_CASE("two ledgers on one file take turns and lose nothing") {
  House house;
  Ledger other("sqlite:" + (house.folder.path() / "ledger.db").string(), house.clock);
  const auto fill = [](Ledger& ledger, const std::string& name) {
    for (int i = 0; i < 50; ++i)
      ledger.write(
          [&](Session& session) { Insights(session).keep(to_draft(draft(name + std::to_string(i))), {true}, kRep); });
  };
  std::thread thread([&] { fill(other, "a"); });
  fill(house.ledger, "b");
  thread.join();
  CHECK(count(house) == 100);
  CHECK(house.ledger.id() == other.id());
  CHECK_FALSE(house.ledger.read([](Session& session) { return Feed(session).fault(); }));
}

TEST_CASE("the log stays short while reads overlap without end") {
  using namespace std::chrono_literals;
  // It is cut at 16 MiB. Where that fails, because reads are long or the machine is slow, it is cut at twice that, and
  // waited for as long as it takes.
  CHECK(log_beside_reads(20ms, 250) < 33 << 20);
  CHECK(log_beside_reads(1000ms, 300) < 33 << 20);
}

TEST_CASE("the feed names who did what and is broken by any change to it") {
  House house;
  house.keep(draft("k1"));
  const auto events = house.ledger.read([](Session& session) { return Feed(session).after(0, 100, true); });
  REQUIRE(events.size() == 2);
  CHECK(events[0].kind == "client.created");
  CHECK(events[1].kind == "insight.kept");
  CHECK(events[1].actor == "rep-1");
  CHECK(events[1].body["body"] == "the pump leaks");
  const auto fault = [&] {
    return house.ledger.read([](Session& session) { return Feed(session).fault(); }).value_or("");
  };
  CHECK(fault().empty());
  SUBCASE("a body that was changed") {
    vandalise(house, "update event set body = replace(body, 'leaks', 'sings') where seq = 2");
    CHECK(fault() == "the body of event 2 (insight.kept) was changed");
  }
  SUBCASE("an actor that was changed") {
    vandalise(house, "update event set actor = 'nobody' where seq = 1");
    CHECK(fault() == "event 1 (client.created) does not follow from the one before");
  }
  SUBCASE("an event that was taken out") {
    vandalise(house, "delete from event where seq = 1");
    CHECK(fault() == "event 1 is missing from the feed");
  }
  SUBCASE("an event that was cut off at the end") {
    vandalise(house, "delete from event where seq = 2");
    CHECK(fault() == "the feed's head says 2 events, there are 1");
  }
  SUBCASE("but a body may be erased") {
    vandalise(house, "update event set body = null, salt = null where seq = 2");
    CHECK(fault().empty());
  }
}

TEST_CASE("the audit finds what the tables lack") {
  House house;
  house.keep(draft("k1"));
  const std::string url = "sqlite:" + (house.folder.path() / "ledger.db").string();
  CHECK(audit(house.ledger, url).empty());
  vandalise(house, "delete from insight");
  CHECK(audit(house.ledger, url).size() == 1);
}

TEST_CASE("the audit finds an attachment of which one byte is another") {
  House house;
  const InsightId id = house.keep(draft("k1"));
  house.ledger.write([&](Session& session) {
    Attachments(session).add({.insight = id, .name = "a.txt", .type = "text/plain"}, "as it was", kAdmin);
  });
  const std::string url = "sqlite:" + (house.folder.path() / "ledger.db").string();
  CHECK(audit(house.ledger, url).empty());
  vandalise(house, "update attachment set bytes = cast('As it was' as blob)");
  CHECK(audit(house.ledger, url) == Keys{"attachment 1 of insight 1 is not as it was attached"});
}

TEST_CASE("a newer ledger is refused and left as it is") {
  House house;
  vandalise(house, "update ledger_version set version = 9000");
  CHECK_REFUSED(Ledger("sqlite:" + (house.folder.path() / "ledger.db").string(), house.clock), Code::conflict);
}

TEST_CASE("a ledger that is no database is refused with the remedy") {
  const TempFolder folder;
  const HandClock clock;
  folder.write("ledger.db", std::string(8192, 'x'));
  CHECK_REFUSED(Ledger("sqlite:" + (folder.path() / "ledger.db").string(), clock), Code::broken);
  CHECK_REFUSED(Ledger("sqlite:" + (folder.path() / "no" / "such" / "ledger.db").string(), clock), Code::unavailable);
  CHECK_REFUSED(Ledger("papyrus:x", clock), Code::invalid);
}

TEST_CASE("a change to a version that is no longer current is refused") {
  House house;
  house.keep(draft("k1"));
  const Client first = house.ledger.read([](Session& session) { return *Clients(session).find_by_name("acme"); });
  Client changed = first;
  changed.region = "North";
  house.ledger.write([&](Session& session) { Clients(session).change(changed, kRep); });
  CHECK_REFUSED(house.ledger.write([&](Session& session) { Clients(session).change(changed, kRep); }), Code::stale);
}

TEST_CASE("contacts belong to one client, and superiors to the same") {
  House house;
  house.ledger.write([&](Session& session) {
    Clients clients(session);
    Contacts contacts(session);
    Client a, b;
    a.name = "A", b.name = "B";
    a = clients.create(a, kRep), b = clients.create(b, kRep);
    Contact boss;
    boss.client = a.id, boss.name = "Boss";
    boss = contacts.create(boss, kRep);
    Contact stranger;
    stranger.client = b.id, stranger.name = "Stranger", stranger.reports_to = boss.id;
    CHECK_REFUSED(contacts.create(stranger, kRep), Code::invalid);
    boss.reports_to = boss.id;
    CHECK_REFUSED(contacts.change(boss, kRep), Code::invalid);
    Contact twin;
    twin.client = a.id, twin.name = "BOSS";
    CHECK_REFUSED(contacts.create(twin, kRep), Code::conflict);
  });
}

TEST_CASE("tokens and sign-ins are kept as digests, and end") {
  House house;
  const std::string token = house.ledger.write([&](Session& session) {
    User user;
    user.name = "anna";
    People(session).create(user, hash_password("long enough"), kAdmin);
    return People(session).create_token({.name = "phone", .user = "anna"}, kAdmin).second;
  });
  const auto who = [&](const std::string& with) {
    return house.ledger.read([&](Session& session) { return People(session).by_token(with); });
  };
  CHECK(who(token)->first.name == "anna");
  CHECK_FALSE(who(token + "x"));
  CHECK(read_file(house.folder.path() / "ledger.db").find(token) == std::string::npos);
  CHECK(read_file(house.folder.path() / "ledger.db-wal").find(token) == std::string::npos);
  const std::string cookie = house.ledger.write(
      [&](Session& session) { return SignIns(session).open("anna", session.now() + std::chrono::hours(1), "", ""); });
  const auto signed_in = [&] {
    return house.ledger.read([&](Session& session) { return SignIns(session).find(cookie).has_value(); });
  };
  CHECK(signed_in());
  house.clock.advance(std::chrono::hours(2));
  CHECK_FALSE(signed_in());
  house.ledger.write([&](Session& session) {
    User user = People(session).find("anna");
    user.active = false;
    People(session).change(user, kAdmin);
  });
  CHECK_FALSE(who(token));
}

TEST_CASE("names that are identities are plain") {
  for (const char* bad : {"", "Anna", "a b", "-a", "анна", "a/b"})
    CHECK_REFUSED(require_identity(bad, ".-_"), Code::invalid);
  require_identity("anna.k-2", ".-_");
}

TEST_CASE("a reply is given again for the same request and refused for another") {
  House house;
  house.ledger.write([](Session& session) { Replies(session).keep("anna", "key", "request", {201, "{}"}); });
  const auto find = [&](const char* actor, const char* request) {
    return house.ledger.read([&](Session& session) { return Replies(session).find(actor, "key", request); });
  };
  CHECK(find("anna", "request")->status == 201);
  CHECK_FALSE(find("boris", "request"));
  CHECK_REFUSED(find("anna", "another"), Code::conflict);
}

}  // namespace tidings
