// SPDX-License-Identifier: GPL-3.0-or-later
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "indexer/ledger/feed.h"
#include "server/desk/capture.h"
#include "tests/support/support.h"

namespace tidings {
namespace {

// A house with one waiting work in triage for each body.
struct Desk : House {
  explicit Desk(int count = 1) {
    for (int i = 0; i < count; ++i)
      keep({{"client", "Acme"}, {"body", "note " + std::to_string(i)}, {"author", "rep-1"}});
    route();
  }
  std::optional<json> claim_next(const Actor& by) {
    return ledger.write([&](Session& session) { return QueueDesk(session, by).claim_next("triage", json::object()); });
  }
};

}  // namespace

TEST_CASE("the whole round: waiting, claimed, answered, told") {
  Desk desk;
  const auto claimed = desk.claim_next(kTech);
  REQUIRE(claimed);
  const WorkId id = (*claimed)["id"];
  CHECK((*claimed)["state"] == "claimed");
  CHECK((*claimed)["holder"] == "tech-1");
  CHECK_FALSE(desk.claim_next(kOtherTech));
  CHECK(desk.act(id, WorkAct::answer, kTech, {{"body", "Use the other seal."}})["state"] == "answered");
  const auto to_tell = desk.ledger.read([](Session& session) {
    WorkFilter filter;
    filter.states = {WorkState::answered};
    filter.author = "rep-1";
    return QueueDesk(session, kRep).list(filter);
  });
  CHECK(to_tell["items"].size() == 1);
  const json told = desk.act(id, WorkAct::tell, kRep, {{"whom", "Ann"}, {"reaction", "solved"}, {"note", "Great"}});
  CHECK(told["state"] == "told");
  CHECK(told["tellings"][0]["whom"] == "Ann");
  CHECK(desk.act(id, WorkAct::reopen, kRep, {{"reason", "it leaks again"}})["state"] == "waiting");
}

TEST_CASE("a claim that is not kept alive returns the work to its queue") {
  Desk desk;
  const WorkId id = (*desk.claim_next(kTech))["id"];
  desk.clock.advance(std::chrono::minutes(20));
  desk.act(id, WorkAct::heartbeat, kTech);
  desk.clock.advance(std::chrono::minutes(20));
  CHECK(desk.attendant.watch_leases() == 0);
  SUBCASE("by the dispatcher") {
    desk.clock.advance(std::chrono::minutes(11));
    CHECK(desk.attendant.watch_leases() == 1);
    CHECK(desk.work_of(1).state == WorkState::waiting);
    CHECK_REFUSED(desk.act(id, WorkAct::answer, kTech, {{"body", "…too late"}}), Code::conflict);
  }
  SUBCASE("by itself, when somebody comes before the dispatcher") {
    desk.clock.advance(std::chrono::minutes(11));
    CHECK_REFUSED(desk.act(id, WorkAct::answer, kTech, {{"body", "…too late"}}), Code::conflict);
    CHECK((*desk.claim_next(kOtherTech))["holder"] == "tech-2");
    CHECK_REFUSED(desk.act(id, WorkAct::heartbeat, kTech), Code::conflict);
  }
}

TEST_CASE("who may do what to work") {
  Desk desk;
  const WorkId id = desk.work_of(1).id;
  CHECK_REFUSED(desk.act(id, WorkAct::claim, kRep), Code::forbidden);
  desk.act(id, WorkAct::claim, kTech);
  CHECK_REFUSED(desk.act(id, WorkAct::answer, kOtherTech, {{"body", "x"}}), Code::conflict);
  CHECK_REFUSED(desk.act(id, WorkAct::release, kOtherTech), Code::conflict);
  CHECK_REFUSED(desk.act(id, WorkAct::lapse, kLead), Code::forbidden);
  CHECK_REFUSED(desk.act(id, WorkAct::answer, kTech, {{"body", "  "}}), Code::invalid);
  CHECK_REFUSED(desk.act(id, WorkAct::reroute, kTech, {{"queue", "nowhere"}}), Code::invalid);
  desk.act(id, WorkAct::answer, kTech, {{"body", "x"}});
  CHECK_REFUSED(desk.act(id, WorkAct::tell, {"rep-2", Role::rep}, {{"whom", "Ann"}}), Code::forbidden);
  CHECK_REFUSED(desk.act(id, WorkAct::tell, kRep, {{"whom", "Ann"}, {"reaction", "cheered"}}), Code::invalid);
  CHECK_REFUSED(desk.act(99, WorkAct::claim, kTech), Code::not_found);
  desk.act(id, WorkAct::tell, kLead, {{"whom", "Ann"}});
}

TEST_CASE("a queue with members is worked by them and by leads") {
  Desk desk;
  desk.ledger.write([](Session& session) {
    QueueDesk(session, kLead).change_queue("triage", {{"members", {"tech-2"}}}, {});
  });
  CHECK_REFUSED(desk.claim_next(kTech), Code::forbidden);
  CHECK(desk.claim_next(kOtherTech));
}

TEST_CASE("the most urgent work is claimed first, and a day of waiting counts a point") {
  House house;
  house.import(R"({"record":"client","name":"Small","revenue":1}
{"record":"client","name":"Big","revenue":99}
{"client":"Small","kind":"problem","body":"small problem"}
)");
  house.route();
  house.clock.advance(std::chrono::days(10));
  house.import(R"({"client":"Big","kind":"other","body":"big chat"}
{"client":"Big","kind":"people","body":"big news"}
)");
  house.route();
  // 30 + 8 (1 % of the revenue) + 10 days, against 40 + 0 and 40 + 10.
  const auto next = [&] {
    return house.ledger.write([](Session& session) {
      return (*QueueDesk(session, kTech).claim_next("triage", json::object()))["about"]["excerpt"];
    });
  };
  CHECK(next() == "big news");
  CHECK(next() == "small problem");
  CHECK(next() == "big chat");
}

TEST_CASE("32 technicians claim from one queue: no work is held twice, none is lost, each history is legal") {
  constexpr int kCount = 200;
  Desk desk(kCount);
  std::mutex mutex;
  std::map<WorkId, int> claims;
  std::vector<std::thread> threads;
  for (int t = 0; t < 32; ++t)
    threads.emplace_back([&, t] {
      const Actor me{"tech-" + std::to_string(t), Role::technician};
      while (const auto work = desk.claim_next(me)) {
        CHECK((*work)["holder"] == me.name);
        const WorkId id = (*work)["id"];
        std::lock_guard lock(mutex);
        ++claims[id];
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(claims.size() == kCount);
  for (const auto& [id, times] : claims) CHECK(times == 1);
  CHECK_FALSE(desk.ledger.read([](Session& session) { return Feed(session).fault(); }));
}

TEST_CASE("a rep logs in their own name, changes their own notes, and brings no history") {
  House house;
  house.keep({{"client", "Acme"}, {"body", "first"}});
  const auto log = [&](const Actor& by, const json& draft) {
    return house.ledger.write([&](Session& session) { return Capture(session, by).keep(draft); });
  };
  CHECK(log(kRep, {{"client", "acme"}, {"body", "x"}})["author"] == "rep-1");
  CHECK_REFUSED(log(kRep, {{"client", "acme"}, {"body", "x"}, {"author", "rep-2"}}), Code::forbidden);
  CHECK_REFUSED(log(kRep, {{"client", "acme"}, {"body", "x"}, {"queue", "triage"}}), Code::forbidden);
  CHECK_REFUSED(log(kRep, {{"client", "unknown"}, {"body", "x"}}), Code::invalid);
  const json mine =
      log(kRep, {{"client", "acme"}, {"body", "mine"}, {"tags", {"a"}}, {"foreseen", {{"from", "2027-01-01"}}}});
  const auto change = [&](const Actor& by, const json& patch, std::optional<std::int64_t> version = {}) {
    return house.ledger.write(
        [&](Session& session) { return Capture(session, by).change(mine["id"], patch, version); });
  };
  const json changed = change(kRep, {{"title", "New"}, {"foreseen", nullptr}, {"contacts", {"Ann"}}}, 1);
  CHECK(changed["title"] == "New");
  CHECK(changed["body"] == "mine");
  CHECK(changed["tags"] == json{"a"});
  CHECK(changed["foreseen"].is_null());
  CHECK(changed["version"] == 2);
  CHECK_REFUSED(change(kRep, {{"title", "Again"}}, 1), Code::stale);
  CHECK_REFUSED(change({"rep-2", Role::rep}, {{"title", "Theirs"}}), Code::forbidden);
  CHECK_REFUSED(change(kRep, {{"body", ""}}), Code::invalid);
  CHECK_REFUSED(change(kRep, {{"key", "k"}}), Code::invalid);
  change(kLead, {{"title", "Lead's"}});
  const json history = house.ledger.read([&](Session& session) { return Capture(session, kRep).history(mine["id"]); });
  CHECK(history["items"].size() == 3);
}

TEST_CASE("a preview says where a draft would go, and keeps nothing") {
  Desk desk;
  desk.ledger.write([](Session& session) {
    QueueDesk(session, kLead).create_queue({{"name", "pumps"}});
    QueueDesk(session, kLead).create_rule({{"name", "p"}, {"query", "pump"}, {"queue", "pumps"}});
  });
  const json preview = desk.ledger.read([&](Session& session) {
    return Capture(session, kRep)
        .preview({{"client", "Nobody"}, {"body", "pumps hum"}}, desk.router, desk.searcher, kEverything);
  });
  CHECK(preview["route"]["queue"] == "pumps");
  CHECK(preview["route"]["by"] == "rule");
  CHECK(preview["client_known"] == false);
  CHECK(desk.ledger.read([](Session& session) { return Insights(session).count(); }) == 1);
}

}  // namespace tidings
