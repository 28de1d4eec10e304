// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/reading/export.h"
#include "indexer/reading/shift.h"
#include "tests/support/support.h"

namespace tidings {
namespace {

// All that a reader tells of `bytes`, fed in pieces of `piece` bytes.
std::vector<Record> read_all(const ReadOptions& options, const std::string& bytes, std::size_t piece = 7) {
  std::vector<Record> records;
  const auto reader = make_reader(options, [&](Record record) { records.push_back(std::move(record)); });
  for (std::size_t at = 0; at < bytes.size(); at += piece) reader->feed(std::string_view(bytes).substr(at, piece));
  reader->finish();
  return records;
}

std::vector<Record> read_csv(const std::string& bytes, std::map<std::string, std::string> columns = {}) {
  return read_all({Format::csv, std::move(columns), {}}, bytes);
}

}  // namespace

TEST_CASE("NDJSON is read line by line, and a bad line costs that line") {
  const auto records = read_all({}, "{\"a\":1}\n\n  \r\n{\"b\":\n[1]\n{\"c\":\"\xFF\"}\n{\"d\":4}");
  REQUIRE(records.size() == 5);
  CHECK(records[0].value["a"] == 1);
  CHECK(records[1].line == 4);
  CHECK(records[1].refusal->detail() == "is not JSON: error at byte 6");
  CHECK(records[2].refusal->detail() == "is not a JSON object");
  CHECK(records[3].line == 6);
  CHECK(records[3].refusal);
  CHECK(records[4].value["d"] == 4);
  CHECK(records[4].line == 7);
}

TEST_CASE("a line past the bound is refused and the next one read") {
  const auto records = read_all({}, std::string(kMaxRecord + 10, 'x') + "\n{\"a\":1}\n", 1 << 16);
  REQUIRE(records.size() == 2);
  CHECK(records[0].refusal->code() == Code::too_large);
  CHECK(records[1].value["a"] == 1);
}

TEST_CASE("NDJSON in UTF-16 and windows-1251 is converted") {
  const std::string utf16("\xFF\xFE{\0\"\0k\0\"\0:\0\"\0\x1D\x04\"\0}\0", 20);
  for (std::size_t piece : {1, 2, 3, 100}) CHECK(read_all({}, utf16, piece).at(0).value["k"] == "Н");
  CHECK(read_all({}, "{\"k\":\"\xCD\xE0\xF1\xEE\xF1\"}\n").at(0).value["k"] == "Насос");
}

TEST_CASE("CSV gives members by its header, renamed ones too") {
  const auto records = read_csv(
      "Клиент;Комментарий;contacts;likelihood;foreseen_from;extra\nАкме;\"насос; "
      "течёт\nсильно\";Анна|Борис;0.5;2027-01-01;x\n",
      {{"client", "клиент"}, {"body", "Комментарий"}});
  REQUIRE(records.size() == 1);
  CHECK(records[0].line == 2);
  CHECK(records[0].value == json{{"client", "Акме"},
                                 {"body", "насос; течёт\nсильно"},
                                 {"contacts", {"Анна", "Борис"}},
                                 {"foreseen", {{"likelihood", 0.5}, {"from", "2027-01-01"}}}});
}

TEST_CASE("CSV in windows-1251, even with one short word a row") {
  const auto records =
      read_csv("client,body\n\xC0\xEA\xEC\xE5,\xED\xE0\xF1\xEE\xF1 \xF2\xE5\xF7\xE5\xF2\nA,\xC4\xC0\n");
  REQUIRE(records.size() == 2);
  CHECK(records[0].value["body"] == "насос течет");
  CHECK(records[1].value["body"] == "ДА");
}

TEST_CASE("bad CSV rows are refused with their line, the rest goes on") {
  const auto records = read_csv("client,body\nA,\"x\"y\nB,ok\nC\nD,ok2\n");
  REQUIRE(records.size() == 4);
  CHECK(records[0].refusal->detail() == "has a quote in the wrong place");
  CHECK(records[0].line == 2);
  CHECK(records[1].value["client"] == "B");
  CHECK(records[2].refusal->detail() == "has 1 cells where the header has 2");
  CHECK(records[2].line == 4);
  CHECK(records[3].line == 5);
  CHECK(read_csv("").at(0).refusal->detail() == "is empty: there is no header row");
  CHECK(read_csv("client,body\nA,\"open").at(0).refusal->detail() == "ends inside a quoted cell");
  CHECK_REFUSED(read_csv("client\n", {{"nonsense", "x"}}), Code::invalid);
}

TEST_CASE("Markdown takes its members from the front matter and its title from the first heading") {
  const auto records = read_all({Format::markdown, {}, {{"author", "anna"}}},
                                "---\nclient: Acme\ncontacts: [Ann, Bob]\nforeseen: {from: 2027-01-01, likelihood: "
                                "0.5}\n---\n# New rule\n\nThey *expect* it.\n");
  REQUIRE(records.size() == 1);
  CHECK(records[0].value == json{{"client", "Acme"},
                                 {"contacts", {"Ann", "Bob"}},
                                 {"author", "anna"},
                                 {"title", "New rule"},
                                 {"body", "They *expect* it."},
                                 {"foreseen", {{"from", "2027-01-01"}, {"likelihood", 0.5}}}});
  CHECK(read_all({Format::text, {}, {{"client", "Acme"}}}, "just text\n").at(0).value ==
        json{{"client", "Acme"}, {"body", "just text"}});
}

TEST_CASE("front matter that is broken, endless or a bomb is refused") {
  const auto refused = [](const std::string& text) {
    return read_all({Format::markdown, {}, {}}, text, 4096).at(0).refusal.has_value();
  };
  CHECK(refused("---\nclient: [\n---\nx"));
  CHECK(refused("---\nclient: A\n"));
  CHECK(refused("---\n- a\n---\nx"));
  std::string bomb = "---\na0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before + "," + before + "," + before + "," +
            before + "," + before + "]\n";
  }
  CHECK(refused(bomb + "---\nx"));
  CHECK(refused("---\n" + std::string(5000, '[') + "\n---\nx"));
}

TEST_CASE("an import keeps what is good, names what is bad, and can be run again") {
  House house;
  const std::string notes =
      "{\"client\":\"Acme\",\"body\":\"one\"}\n"
      "{\"client\":\"Acme\",\"body\":\"two\",\"foreseen\":{\"from\":\"2027-05-01\",\"to\":\"2027-04-01\"}}\n"
      "{\"client\":\"Acme\",\"body\":\"   \"}\n"
      "{\"client\":\"Acme\",\"body\":\"three\",\"answer\":\"yes\"}\n"
      "{\"client\":\"Acme\",\"body\":\"four\",\"queue\":\"nowhere\"}\n"
      "{\"record\":\"cat\"}\n";
  const auto outcomes = house.import(notes);
  REQUIRE(outcomes.size() == 6);
  CHECK(outcomes[0].status == ImportStatus::kept);
  const auto fault = [&](std::size_t i) {
    return outcomes[i].errors.at(0).pointer + " " + outcomes[i].errors.at(0).detail;
  };
  CHECK(fault(1) == "/foreseen/to lies before /foreseen/from");
  CHECK(fault(2) == "/body is empty");
  CHECK(fault(3) == "/queue is missing: an answer or a telling belongs to the queue where the note was worked");
  CHECK(fault(4) == "/queue \"nowhere\" is not known");
  CHECK(fault(5) == "/record is none of insight, client, contact, queue, rule, user");
  const auto again = house.import(notes);
  CHECK(again[0].status == ImportStatus::known);
  CHECK(again[0].id == outcomes[0].id);
}

TEST_CASE("a dry run says the same and changes nothing") {
  House house;
  const auto outcomes =
      house.import("{\"client\":\"Acme\",\"body\":\"one\"}\n{\"client\":\"Acme\"}\n", {true, true, true});
  CHECK(outcomes.at(0).status == ImportStatus::kept);
  CHECK(outcomes.at(1).status == ImportStatus::refused);
  CHECK(house.ledger.read([](Session& session) { return Insights(session).count(); }) == 0);
}

TEST_CASE("what is exported is taken back, all of it, and known where it came from") {
  House house;
  for (const char* file : {"1-desk.ndjson", "2-accounts.ndjson", "3-notes.ndjson"})
    for (const ImportOutcome& outcome :
         house.import(read_file(std::filesystem::path(TIDINGS_SOURCE_DIR) / "indexer/sample" / file)))
      CHECK(outcome.status == ImportStatus::kept);
  house.route();
  const auto exported = [](const Ledger& ledger) {
    std::string text;
    export_all(ledger, [&](const json& record) { text += record.dump() + "\n"; });
    return text;
  };
  const std::string first = exported(house.ledger);
  House other;
  for (const ImportOutcome& outcome : other.import(first)) CHECK(outcome.status != ImportStatus::refused);
  CHECK(exported(other.ledger) == first);
  for (const ImportOutcome& outcome : house.import(first)) CHECK(outcome.status == ImportStatus::known);
}

TEST_CASE("a sample is shifted in time as a whole") {
  json record = {{"recorded_at", "2026-01-01T10:00:00Z"},
                 {"foreseen", {{"from", "2026-12-31"}}},
                 {"told", {{"at", "2026-02-28"}}},
                 {"body", "2026-01-01"}};
  shift(record, 1);
  CHECK(record == json{{"recorded_at", "2026-01-02T10:00:00.000Z"},
                       {"foreseen", {{"from", "2027-01-01"}}},
                       {"told", {{"at", "2026-03-01"}}},
                       {"body", "2026-01-01"}});
}

}  // namespace tidings
