// SPDX-License-Identifier: GPL-3.0-or-later
// The learned router: what it learns, when it abstains, how it explains itself, and that its file is only derived.
#include <cmath>
#include <random>

#include "indexer/ledger/searches.h"
#include "server/desk/training.h"
#include "server/routing/trainer.h"
#include "tests/support/support.h"

namespace tidings {
namespace {

// Notes of three kinds of trouble in both languages, some words of each and some that say nothing.
std::vector<Example> lessons(int count, unsigned seed = 1) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> kinds = {
      {"pumps", {"pump", "seal", "impeller", "leaks", "насос", "течёт", "уплотнение"}},
      {"drives", {"inverter", "drive", "frequency", "trips", "частотник", "привод", "перегрев"}},
      {"valves", {"valve", "actuator", "stuck", "positioner", "клапан", "задвижка", "заклинило"}}};
  const std::vector<std::string> plain = {"the",   "client", "says",  "line", "again",
                                          "since", "monday", "опять", "линия"};
  std::mt19937 random(seed);
  const auto one_of = [&](const std::vector<std::string>& words) { return words[random() % words.size()]; };
  std::vector<Example> examples;
  for (int i = 0; i < count; ++i) {
    const auto& [queue, words] = kinds[random() % kinds.size()];
    Example example;
    example.insight = i + 1;
    example.queue = queue;
    for (int word = 0; word < 8; ++word) example.text.body += (word % 3 == 0 ? one_of(words) : one_of(plain)) + " ";
    examples.push_back(std::move(example));
  }
  return examples;
}

const Wanted kNine = [](const std::string&) { return 0.9; };

TEST_CASE("the router learns queues from words in both languages, and abstains from what it never saw") {
  const auto model = train(lessons(300), {}, Stop{});
  REQUIRE(model);
  CHECK(model->queues() == std::vector<std::string>{"drives", "pumps", "valves"});
  int right = 0;
  const auto asked = lessons(100, 7);
  for (const Example& each : asked) {
    const Judgement judgement = model->judge(each.text, kNine);
    right += judgement.sure && judgement.candidates.front().queue == each.queue;
    double sum = 0;
    for (const Candidate& candidate : judgement.candidates) sum += candidate.probability;
    CHECK(sum <= 1 + 1e-9);
  }
  CHECK(right >= 95);
  const Judgement unknown = model->judge({"", "Invoices arrive late and nobody answers the phone", "", ""}, kNine);
  CHECK_FALSE(unknown.sure);
  CHECK_FALSE(model->judge({"", "", "", ""}, kNine).sure);
  CHECK_FALSE(model->judge({"", "pump seal leaks", "", ""}, [](const std::string&) { return 2.0; }).sure);
}

TEST_CASE("it says which words spoke for a queue and against it, and what would have changed it") {
  const auto model = train(lessons(300), {}, Stop{});
  REQUIRE(model);
  const Judgement judgement = model->judge({"", "the client says the насос has a seal that is stuck", "", ""}, kNine);
  CHECK(judgement.candidates.front().queue == "pumps");
  CHECK((judgement.speaks_for.front().word == "насос" || judgement.speaks_for.front().word == "seal"));
  REQUIRE(!judgement.speaks_against.empty());
  CHECK(judgement.speaks_against.front().word == "stuck");
  CHECK(judgement.margin > 0);
  CHECK(judgement.examples > 50);
  const Judgement sure = model->judge({"", "impeller seal leaks", "", ""}, kNine);
  CHECK(sure.sure);
  CHECK(sure.would_go == (sure.would_change.empty() ? "" : "triage"));
}

TEST_CASE("training is the same to the bit, whoever else is at work, and its file gives back the same model") {
  const TempFolder folder;
  const auto first = train(lessons(200), {5, 6}, Stop{}), second = train(lessons(200), {5, 6}, Stop{});
  REQUIRE(first);
  REQUIRE(second);
  CHECK(first->parts().weights == second->parts().weights);
  CHECK(first->parts().calibration.slope == second->parts().calibration.slope);
  const auto path = folder.path() / "router.model";
  first->save(path);
  const auto loaded = RoutingModel::load(path);
  REQUIRE(loaded);
  CHECK(loaded->parts().weights == first->parts().weights);
  CHECK(loaded->parts().age.place == 5);
  const NoteText text{"Pump", "The seal leaks", "chemicals", "problem"};
  CHECK(loaded->judge(text, kNine).candidates.front().probability ==
        first->judge(text, kNine).candidates.front().probability);
  // Damaged anywhere, it is not taken.
  std::string bytes = read_file(path);
  for (std::size_t at : {std::size_t{0}, bytes.size() / 2, bytes.size() - 1}) {
    std::string damaged = bytes;
    damaged[at] ^= 1;
    CHECK_FALSE(RoutingModel::load(folder.write("damaged", damaged)));
  }
  CHECK_FALSE(RoutingModel::load(folder.write("short", bytes.substr(0, 100))));
  CHECK_FALSE(RoutingModel::load(folder.path() / "none"));
}

TEST_CASE("held-out guesses are as right as a queue wants them to be") {
  auto noisy = lessons(900);
  for (std::size_t i = 0; i < noisy.size(); i += 6) noisy[i].queue = i % 12 == 0 ? "pumps" : "drives";  // misfiled
  const auto model = train(noisy, {}, Stop{});
  REQUIRE(model);
  for (double wanted : {0.5, 0.8, 0.9}) {
    double routed = 0, right = 0;
    for (const HeldOut& each : model->parts().held_out) {
      const auto threshold = model->threshold(each.guessed, wanted);
      if (!threshold || each.score < *threshold) continue;
      ++routed;
      right += each.guessed == each.queue;
    }
    if (routed > 0) CHECK(right / routed >= wanted - 0.03);
  }
}

TEST_CASE("counter-examples and weak examples count; too few teach nothing; training can be stopped") {
  CHECK_FALSE(train({}, {}, Stop{}));
  CHECK_FALSE(train(lessons(6), {}, Stop{}));
  Stop stop;
  stop.wish();
  CHECK_FALSE(train(lessons(300), {}, stop));
  // "gasket" stands in notes of both queues; those that were declined in pumps speak against it there.
  auto with = lessons(200);
  for (int i = 0; i < 40; ++i) {
    Example declined;
    declined.insight = 1000 + i;
    declined.not_here = "pumps";
    declined.text.body = "gasket of the lid " + std::to_string(i);
    with.push_back(declined);
  }
  const auto score = [](const RoutingModel& model) {
    return model.scores(model.parts().book.weigh(read_note({"", "gasket of the lid", "", ""}), 100))[1];
  };
  const auto model = train(with, {}, Stop{});
  REQUIRE(model);
  CHECK(score(*model) < score(*train(lessons(200), {}, Stop{})));
  // The same notes said to belong to two queues: the strong say more than the weak.
  std::vector<Example> torn = lessons(200);
  for (int i = 0; i < 20; ++i)
    for (const bool weak : {true, false}) {
      Example example;
      example.insight = 2000 + 2 * i + weak;
      example.queue = weak ? "pumps" : "valves";
      example.weak = weak;
      example.text.body = "thermowell broken";
      torn.push_back(example);
    }
  const auto judged = train(torn, {}, Stop{})->judge({"", "thermowell broken", "", ""}, kNine);
  CHECK(judged.candidates.front().queue == "valves");
}

TEST_CASE("letters, borders and question marks are read; long words and long notes are bounded") {
  CHECK(read_note({"", "Насос?", "", ""}).words == std::vector<std::string>{"насос", "?"});
  CHECK(read_note({"Pump", "seal", "Chemicals", "problem"}).words ==
        std::vector<std::string>{"pump", "seal", "Chemicals", "problem"});
  CHECK(read_note({"", "", "", ""}).occurrences.empty());
  const ReadNote longest = read_note({"", std::string(5000, 'x') + " " + std::string(100'000, ' ') + "end", "", ""});
  CHECK(longest.words.size() == 1);
  CHECK(longest.occurrences.size() < 200);
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "w" + std::to_string(i) + " ";
  CHECK(read_note({"", many, "", ""}).words.size() == kMaxWordsRead);
}

// A base in which notes of two queues were answered.
void answer_notes(House& house, int from, int to) {
  house.ledger.write([&](Session& session) {
    Queues queues(session);
    for (const char* name : {"pumps", "drives"})
      if (!queues.has(name)) queues.create({.name = name}, kAdmin);
  });
  std::string notes;
  for (int i = from; i < to; ++i)
    notes += json({{"key", "n" + std::to_string(i)},
                   {"client", "A"},
                   {"kind", "problem"},
                   {"body", (i % 2 ? "The pump seal leaks in hall " : "The inverter of the drive trips in hall ") +
                                std::to_string(i)},
                   {"queue", i % 2 ? "pumps" : "drives"},
                   {"answer", "done"}})
                 .dump() +
             "\n";
  house.import(notes);
}

TEST_CASE("a base with too few answers proposes by what is alike; with enough it routes, and learns from being moved") {
  House house;
  Stop stop;
  const auto file = house.folder.path() / "router.model";
  Training training(house.ledger, house.router, house.clock, file, stop);
  answer_notes(house, 0, 4);
  house.index();
  CHECK_FALSE(training.train_now());
  InsightId id = house.keep({{"client", "A"}, {"kind", "problem"}, {"body", "The pump seal leaks in hall nine"}});
  house.route();
  Work work = house.work_of(id);
  CHECK(work.queue == "triage");
  CHECK(work.route.candidates.front().queue == "pumps");
  CHECK(work.route.reasons.back().starts_with("Alike and answered: "));

  answer_notes(house, 4, 80);
  CHECK(training.train_now());
  CHECK(std::filesystem::exists(file));
  id = house.keep({{"client", "B"}, {"kind", "problem"}, {"body", "A pump with a leaking seal"}});
  house.route();
  work = house.work_of(id);
  CHECK(work.queue == "pumps");
  CHECK(work.route.by == RoutedBy::learned);
  CHECK(work.route.confidence > 0.5);
  CHECK(work.route.evidence["examples"] == 40);
  // Moved: counted against the router, and learned.
  house.act(work.id, WorkAct::reroute, kLead, {{"queue", "drives"}});
  const json report = house.ledger.read([&](Session& session) { return training.report(session); });
  CHECK(report["weeks"].at(0)["corrected"] == 1);
  for (const json& queue : report["queues"])
    if (queue["name"] == "pumps") CHECK(queue["kept"].get<double>() < 1);
  CHECK(report["queues"][0]["drift"].is_null());  // too few to tell
  CHECK(report["queues"].size() == 2);
  CHECK(report["queues"][1]["precision"] == 1.0);
  const auto before = house.router.model();
  CHECK(training.train_now());
  CHECK(house.router.model()->parts().held_out.size() == before->parts().held_out.size() + 1);
  // Queues that are gone get nothing.
  CHECK_FALSE(house.router.model()->judge({"", "pump seal", "", ""}, wanted_by({})).sure);
}

TEST_CASE("rules set queue, priority, tags and who is told; what becomes of it is counted; a preview keeps nothing") {
  House house;
  house.ledger.write([&](Session& session) {
    Queues(session).create({.name = "pumps"}, kAdmin);
    People(session).create({.name = "tech-1", .role = Role::technician}, "", kAdmin);
  });
  const auto as_lead = [&](auto&& use) {
    return house.ledger.write([&](Session& session) { return use(QueueDesk(session, kLead)); });
  };
  const json first = as_lead([](QueueDesk desk) {
    return desk.create_rule({{"name", "Seals"},
                             {"query", "seal"},
                             {"queue", "pumps"},
                             {"rank", 10},
                             {"priority", 50},
                             {"tags", {"sealing", "urgent"}},
                             {"notify", {"user:tech-1"}}});
  });
  const InsightId id = house.keep({{"client", "A"}, {"body", "The seal leaks"}, {"tags", {"urgent"}}});
  const InsightId other = house.keep({{"client", "A"}, {"body", "The shaft seal of a pump hums"}});
  const InsightId third = house.keep({{"client", "A"}, {"body", "A pump hums"}});
  house.route();
  CHECK(house.work_of(id).queue == "pumps");
  CHECK(house.work_of(id).priority >= 50);
  house.ledger.read([&](Session& session) {
    CHECK(Insights(session).find(id).tags == std::vector<std::string>{"urgent", "sealing"});
    const auto told = Notifications(session).list("tech-1", true, 0, 10);
    CHECK(told.size() == 2);
    CHECK(told.back().kind == NoticeKind::routed);
    CHECK(told.back().insight == id);
  });
  house.act(house.work_of(other).id, WorkAct::reroute, kLead, {{"queue", "triage"}});
  const json rules = as_lead([](QueueDesk desk) { return desk.rules(); });
  CHECK(rules["items"][0]["hits"] == 2);
  CHECK(rules["items"][0]["rerouted"] == 1);
  CHECK(rules["items"][0]["last_hit"] == "2026-11-23T10:00:00.000Z");
  const json preview = as_lead([](QueueDesk desk) { return desk.preview_rule({{"query", "pump"}, {"rank", 20}}); });
  CHECK(preview["looked_at"] == 3);
  CHECK(preview["matches"] == 2);
  CHECK(preview["taken"] == 1);
  CHECK(preview["items"][0]["insight"] == third);
  CHECK(preview["items"][0]["taken_by"].is_null());
  CHECK(preview["items"][1]["taken_by"]["name"] == "Seals");
  // The rule itself, changed, is not before itself.
  CHECK(as_lead([&](QueueDesk desk) {
          return desk.preview_rule({{"id", first["id"]}, {"query", "pump"}, {"rank", 20}});
        })["taken"] == 0);
  CHECK_REFUSED(as_lead([](QueueDesk desk) { return desk.preview_rule({{"query", "-pump"}}); }), Code::invalid);
  CHECK_REFUSED(house.ledger.read([](Session& session) {
    return QueueDesk(session, kRep).preview_rule({{"query", "x"}});
  }),
                Code::forbidden);
}

}  // namespace
}  // namespace tidings
