// SPDX-License-Identifier: GPL-3.0-or-later
// The end of the loop: answers that stay right, clients asked again, foresights judged.
#include <soci/soci.h>

#include "indexer/ledger/feed.h"
#include "indexer/ledger/sign_ins.h"
#include "server/desk/answers_desk.h"
#include "server/desk/capture.h"
#include "server/desk/search_desk.h"
#include "tests/support/support.h"

namespace tidings {
namespace {

struct Loop : House {
  Loop() {
    ledger.write([](Session& session) {
      People(session).create({.name = "rep-1", .role = Role::rep}, "", kAdmin);
      People(session).create({.name = "tech-1", .role = Role::technician}, "", kAdmin);
      People(session).create({.name = "lead-1", .role = Role::lead}, "", kAdmin);
    });
  }
  WorkId log(const std::string& client, const std::string& body) {
    const InsightId id = keep({{"client", client}, {"body", body}, {"author", "rep-1"}});
    route();
    return work_of(id).id;
  }
  AnswerId answer(WorkId work, json body = {{"body", "Blue seal"}}) {
    act(work, WorkAct::claim, kTech);
    return act(work, WorkAct::answer, kTech, body)["answers"].back()["id"];
  }
  template <class F>
  json answers(const Actor& who, F&& f) {
    return ledger.write([&](Session& session) { return f(AnswersDesk(session, who)); });
  }
  json doubtful() {
    return answers(kTech, [](auto desk) { return desk.doubtful(0, 50)["items"]; });
  }
  json to_do() {
    return ledger.read([](Session& session) { return FollowUpDesk(session, kRep).to_do()["items"]; });
  }
  int told(const std::string& who, const std::string& kind) {
    int count = 0;
    const Actor actor{who, Role::rep};
    for (const json& item : ledger.read(
             [&](Session& session) { return SearchDesk(session, actor).notifications(false, 0, 100)["items"]; }))
      count += item["kind"] == kind;
    return count;
  }
};

}  // namespace

TEST_CASE("an answer is to be looked at again on its day; repeating it does not push that back") {
  Loop loop;
  const WorkId first = loop.log("A", "The seal leaks"), second = loop.log("B", "Leaking seal");
  const AnswerId original = loop.answer(first);
  loop.clock.advance(std::chrono::days(300));
  const AnswerId repeat = loop.answer(second, {{"repeats", original}});
  CHECK(loop.doubtful().empty());
  loop.clock.advance(std::chrono::days(66));
  REQUIRE(loop.doubtful().size() == 1);
  CHECK(loop.doubtful()[0]["id"] == original);
  CHECK(loop.doubtful()[0]["repeated"] == 1);
  const json shown = loop.ledger.read(
      [&](Session& session) { return Capture(session, kRep).show(Works(session).find(second).insight)["answers"][0]; });
  CHECK(shown["outdated"] == true);
  // Looked at again, it is good for another year; so is what repeats it.
  CHECK_REFUSED(loop.answers(kRep, [&](auto desk) { return desk.review(original, json::object()); }), Code::forbidden);
  CHECK_REFUSED(loop.answers(kTech,
                             [&](auto desk) {
                               return desk.review(original, {{"review_on", "2020-01-01"}});
                             }),
                Code::invalid);
  loop.answers(kTech, [&](auto desk) { return desk.review(repeat, json::object()); });
  CHECK(loop.doubtful().empty());
  CHECK(loop.answers(kTech, [&](auto desk) { return desk.show(original); })["outdated"] == false);
}

TEST_CASE("flag it or fix it: a doubtful answer says so everywhere, and a mended one is told to who told it") {
  Loop loop;
  const WorkId first = loop.log("A", "The seal leaks"), second = loop.log("B", "Leaking seal"),
               third = loop.log("C", "Seal leaks");
  const AnswerId original = loop.answer(first);
  loop.answer(second, {{"repeats", original}});
  loop.answer(third, {{"repeats", original}, {"body", "Blue seal, the small one"}});
  loop.act(second, WorkAct::tell, kRep, {{"whom", "Ben"}, {"reaction", "helped"}});
  CHECK_REFUSED(loop.answers(kRep, [&](auto desk) { return desk.flag(original, {{"reason", " "}}); }), Code::invalid);
  loop.answers(kRep, [&](auto desk) { return desk.flag(original, {{"reason", "Out of production"}}); });
  CHECK_REFUSED(loop.answers(kRep,
                             [&](auto desk) {
                               return desk.flag(original, {{"reason", "Again"}});
                             }),
                Code::conflict);
  CHECK(loop.told("tech-1", "flagged") == 1);
  loop.index();
  for (const json& hit : loop.search("seal").hits) CHECK(hit["answer_flagged"] == true);
  CHECK(loop.doubtful()[0]["flag"]["reason"] == "Out of production");

  const json mended = loop.answers(kTech, [&](auto desk) { return desk.review(original, {{"body", "Green seal"}}); });
  CHECK(mended["flag"].is_null());
  CHECK(mended["same"][0]["body"] == "Green seal");
  CHECK(mended["same"][1]["body"] == "Blue seal, the small one");  // its own words
  CHECK(loop.told("rep-1", "mended") == 1);                        // of the one that was told
  loop.index();
  CHECK(loop.keys("green").size() == 2);
  for (const json& hit : loop.search("seal").hits) CHECK(hit["answer_flagged"] == false);
  CHECK_FALSE(loop.ledger.read([](Session& session) { return Feed(session).fault(); }));
}

TEST_CASE("the rep's list: questions, answers to tell, clients to ask again, outcomes to learn; each told once") {
  Loop loop;
  const WorkId asked = loop.log("A", "one"), told = loop.log("B", "two"), answered = loop.log("C", "three");
  loop.keep({{"client", "D"},
             {"author", "rep-1"},
             {"kind", "change"},
             {"body", "four"},
             {"foreseen", {{"from", "2026-11-25"}}}});
  loop.answer(answered);
  loop.answer(told);
  loop.act(asked, WorkAct::claim, kTech);
  loop.act(asked, WorkAct::ask, kTech, {{"text", "Which size?"}});
  loop.act(told, WorkAct::tell, kRep, {{"whom", "Ben"}});
  const auto whats = [&] {
    std::map<std::string, int> counts;
    for (const json& item : loop.to_do()) ++counts[item["what"]];
    return counts;
  };
  CHECK(whats() == std::map<std::string, int>{{"reply", 1}, {"tell", 1}});
  CHECK(loop.attendant.remind() == 0);
  loop.clock.advance(std::chrono::days(15));
  CHECK(whats() == std::map<std::string, int>{{"reply", 1}, {"tell", 1}, {"ask_again", 1}, {"outcome", 1}});
  for (const json& item : loop.to_do())
    CHECK(item["days"] == (item["what"] == "ask_again" ? 1 : item["what"] == "outcome" ? 12 : 15));
  CHECK(loop.attendant.remind() == 6);
  CHECK(loop.attendant.remind() == 0);
  for (const char* name : {"rep-1", "lead-1"}) CHECK(loop.told(name, "left_lying") == 2);
  CHECK(loop.told("rep-1", "ask_again") == 1);
  CHECK(loop.told("rep-1", "outcome") == 1);
  // Told again, with a reaction.
  loop.act(told, WorkAct::tell, kRep, {{"whom", "Ben"}, {"reaction", "solved"}});
  CHECK(whats() == std::map<std::string, int>{{"reply", 1}, {"tell", 1}, {"outcome", 1}});
}

TEST_CASE("who answered learns that it did not solve it") {
  Loop loop;
  const WorkId id = loop.log("A", "one");
  loop.answer(id);
  loop.act(id, WorkAct::tell, kRep, {{"whom", "Ben"}, {"reaction", "not_solved"}, {"note", "It weeps still"}});
  CHECK(loop.told("tech-1", "unsolved") == 1);
  CHECK(loop.told("rep-1", "answered") == 1);
}

TEST_CASE("foresights are judged, and their sources' record is kept") {
  Loop loop;
  const auto foresee = [&](const char* client, std::optional<double> likelihood, const char* from) {
    json draft = {
        {"client", client}, {"author", "rep-1"}, {"kind", "change"}, {"body", "A change"}, {"contacts", {"Ben"}}};
    draft["foreseen"] = {{"from", from}};
    if (likelihood) draft["foreseen"]["likelihood"] = *likelihood;
    return loop.keep(draft);
  };
  const auto judge = [&](const Actor& who, InsightId id, const json& body) {
    return loop.ledger.write([&](Session& session) { return FollowUpDesk(session, who).judge(id, body); });
  };
  const InsightId sure = foresee("A", 0.9, "2027-03-03"), wrong = foresee("A", 0.6, "2027-03-03"),
                  open = foresee("B", {}, "2027-03-03");
  CHECK_REFUSED(judge({"rep-2", Role::rep}, sure, {{"outcome", "happened"}}), Code::forbidden);
  CHECK_REFUSED(judge(kRep, sure, {{"outcome", "did_not"}, {"happened_on", "2027-03-05"}}), Code::invalid);
  CHECK_REFUSED(
      judge(kRep, loop.keep({{"client", "A"}, {"author", "rep-1"}, {"body", "x"}}), {{"outcome", "happened"}}),
      Code::conflict);
  CHECK(judge(kRep, sure, {{"outcome", "happened"}, {"happened_on", "2027-03-13"}})["foreseen"]["happened_on"] ==
        "2027-03-13");
  judge(kRep, wrong, {{"outcome", "did_not"}});
  judge(kLead, open, {{"outcome", "happened"}});
  const auto record = [&](const char* by) {
    return loop.ledger.read([&](Session& session) { return FollowUpDesk(session, kRep).foresights(by)["items"]; });
  };
  const json clients = record("client");
  CHECK(clients[0]["name"] == "A");
  CHECK(clients[0]["judged"] == 2);
  CHECK(clients[0]["happened"] == 1);
  CHECK(clients[0]["brier"] == doctest::Approx((0.01 + 0.36) / 2));
  CHECK(clients[0]["median_days_ahead"] == doctest::Approx(109.583).epsilon(0.001));  // from 23 November, ten o'clock
  CHECK(clients[1]["brier"].is_null());
  CHECK(record("author")[0]["judged"] == 3);
  CHECK(record("contact").size() == 2);  // one Ben at each client
  CHECK_REFUSED(record("queue"), Code::invalid);
}

TEST_CASE("what is asked day after day is one statement, whatever the day") {
  Loop loop;
  loop.answer(loop.log("A", "The seal leaks"));
  // Statements that are kept, of the one that reads and the one that writes.
  const auto kept = [&] {
    loop.to_do();
    loop.ledger.read([](Session& session) { SignIns(session).list(""); });
    loop.attendant.watch_leases();
    loop.attendant.hand_out();
    loop.attendant.escalate();
    loop.attendant.weigh();
    loop.attendant.remind();
    std::pair<int, int> counts;
    const auto count = [](int& into_it) {
      return [&](Session& session) { session.sql() << "select count(*) from sqlite_stmt", soci::into(into_it); };
    };
    loop.ledger.read(count(counts.first));
    loop.ledger.write(count(counts.second));
    return counts;
  };
  kept();
  const auto before = kept();
  loop.clock.advance(std::chrono::days(1));
  CHECK(kept() == before);
}

}  // namespace tidings
