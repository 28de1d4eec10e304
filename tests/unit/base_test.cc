// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/base/pool.h"
#include "indexer/base/secrets.h"
#include "indexer/base/text.h"
#include "indexer/model/schema.h"
#include "tests/support/support.h"

namespace tidings {

TEST_CASE("times are read with any offset and written in UTC with milliseconds") {
  CHECK(to_string(*parse_time("2026-11-23T13:15:00.5+03:00")) == "2026-11-23T10:15:00.500Z");
  CHECK(to_string(*parse_time("2026-11-23")) == "2026-11-23T00:00:00.000Z");
  CHECK(to_string(*parse_time("2024-02-29T23:59:59Z")) == "2024-02-29T23:59:59.000Z");
  CHECK(to_string(*parse_time("2026-11-23 10:15:00.123456789-00:30")) == "2026-11-23T10:45:00.123Z");
  CHECK(to_string(*parse_time("3026-11-23T10:15:00z")) == "3026-11-23T10:15:00.000Z");  // overflowed nanoseconds once
  CHECK(to_string(*parse_time("9999-12-31T23:59:59.999Z")) == "9999-12-31T23:59:59.999Z");
  for (const char* bad :
       {"", "yesterday", "2026-02-30", "2026-11-23T25:00:00Z", "2026-11-23T10:00:00", "2026-11-23T10:00Z", "1969-12-31",
        "2026-1-2", "+2026-01-01T00:00:00Z", "2026-11-23T10:15:00.Z+1:00", "2026-11-23T10:15:00123456+03:00",
        "2026-11-23T10:15:00.Z", "2026-11-23T10:15:00+99:99", "9999-12-31T23:59:59-01:00", "1970-01-01T00:00:00+01:00",
        "2026-11-23T10:15:00.1", " 2026-11-23"})
    CHECK_MESSAGE(!parse_time(bad), bad);
}

TEST_CASE("a period is a year, a quarter, a month or a day") {
  const auto span = [](const char* text) {
    const auto days = parse_period(text);
    return days ? to_string_day(days->from) + " " + to_string_day(days->to) : std::string("none");
  };
  CHECK(span("2027") == "2027-01-01 2027-12-31");
  CHECK(span("2024-02") == "2024-02-01 2024-02-29");
  CHECK(span("2027-Q4") == "2027-10-01 2027-12-31");
  CHECK(span("2027-04-30") == "2027-04-30 2027-04-30");
  CHECK(span("2027-Q5") == "none");
  CHECK(span("2027-13") == "none");
  CHECK(span("27") == "none");
}

TEST_CASE("text is folded so that case, ё and composition do not matter") {
  CHECK(fold("Ёлка НАСОС") == "елка насос");
  CHECK(fold("STRASSE") == fold("straße"));
  CHECK(fold("e\xCC\x81t\xC3\xA9") == fold("\xC3\x89T\xC3\x89"));
  CHECK(trim("\xC2\xA0 a b \t\n") == "a b");
  CHECK(cut("насос", 3) == "н");
  CHECK(split(" a, ,b ", ',') == std::vector<std::string>{"a", "b"});
}

TEST_CASE("what is not UTF-8 is named by its byte") {
  CHECK(invalid_utf8_at("abc") == std::nullopt);
  CHECK(invalid_utf8_at("ab\xFF") == 2);
  CHECK(invalid_utf8_at("\xC0\x80") == 0);
  CHECK(invalid_utf8_at("a\xED\xA0\x80") == 1);
  CHECK(invalid_utf8_at("\xD0") == 0);
}

TEST_CASE("windows-1251 and UTF-16 with a mark are recognised, other bytes refused") {
  CHECK(to_utf8("\xCD\xE0\xF1\xEE\xF1 \xF2\xE5\xF7\xB8\xF2") == "Насос течёт");
  CHECK(to_utf8(std::string_view("\xFF\xFE\x1D\x04\x30\x04", 6)) == "На");
  CHECK(to_utf8("\xEF\xBB\xBFok") == "ok");
  CHECK_REFUSED(to_utf8("ok \xFF\xFF\x81"), Code::invalid);
}

TEST_CASE("HTML is escaped whatever the text holds") {
  CHECK(escape_html("<b a='1'>&\"\x01") == "&lt;b a=&#39;1&#39;&gt;&amp;&quot;\xEF\xBF\xBD");
}

TEST_CASE("JSON is bounded in depth and refuses a name given twice") {
  CHECK(parse_json(R"({"a":[1,2]})")["a"][1] == 2);
  CHECK_REFUSED(parse_json(std::string(40, '[') + std::string(40, ']')), Code::invalid);
  CHECK_REFUSED(parse_json(R"({"a":1,"a":2})"), Code::invalid);
  CHECK_REFUSED(parse_json("{\"a\":\"\xFF\"}"), Code::invalid);
  CHECK_REFUSED(parse_json(R"({"a":1)"), Code::invalid);
  CHECK(parse_json(R"([{"a":1},{"a":2}])").size() == 2);
}

TEST_CASE("a password is known again and never stands in its hash") {
  const std::string hash = hash_password("correct horse");
  CHECK(is_password("correct horse", hash));
  CHECK_FALSE(is_password("Correct horse", hash));
  CHECK_FALSE(is_password("", ""));
  CHECK(hash.find("horse") == std::string::npos);
}

TEST_CASE("a pool closes what nobody took for a minute, and what is too many") {
  Pool<int> pool(3);
  const auto at = [](int seconds) { return Pool<int>::Clock::time_point(std::chrono::seconds(seconds)); };
  const auto give = [&](int number, int seconds) { return pool.give(std::make_unique<int>(number), at(seconds)); };
  CHECK(pool.take() == nullptr);
  for (int number : {1, 2, 3}) CHECK(give(number, 0) == nullptr);
  CHECK(*give(4, 0) == 1);  // too many
  CHECK(*pool.take() == 4);
  CHECK(give(4, 59) == nullptr);
  CHECK(*pool.take() == 4);
  CHECK(*give(4, 60) == 2);  // of a rush a minute ago
  CHECK(*pool.take() == 4);
  CHECK(*give(4, 61) == 3);
  CHECK(give(5, 62) == nullptr);
  const auto odd = pool.take_unless([](int number) { return number % 2 == 0; });
  REQUIRE(odd.size() == 1);
  CHECK(*odd.front() == 5);
  CHECK(*pool.take() == 4);
  CHECK(pool.take() == nullptr);
}

TEST_CASE("a schema's refusal names the place and what would be right") {
  const auto fault = [](const json& draft) -> std::string {
    try {
      record_schema("draft").require(draft);
      return "none";
    } catch (const Refusal& refusal) {
      return refusal.faults().at(0).pointer + " " + refusal.faults().at(0).detail;
    }
  };
  CHECK(fault({{"client", "A"}, {"body", "b"}}) == "none");
  CHECK(fault({{"client", "A"}}) == " lacks the member \"body\"");
  CHECK(fault({{"client", "A"}, {"body", "b"}, {"kynd", "x"}}) == " has an unknown member \"kynd\"");
  CHECK(fault({{"client", "A"}, {"body", "b"}, {"kind", "x"}}) == "/kind is none of change, problem, people, other");
  CHECK(fault({{"client", "A"}, {"body", 5}}) == "/body must be of type string");
  CHECK(fault({{"client", "A"}, {"body", "b"}, {"title", std::string(501, 'a')}}) ==
        "/title is longer than 500 characters");
  CHECK(fault({{"client", "A"}, {"body", "b"}, {"tags", {"a", 7}}}) == "/tags/1 must be of type string");
  CHECK(fault({{"client", "A"}, {"body", "b"}, {"foreseen", {{"from", "2027-01-01"}, {"likelihood", 2}}}}) ==
        "/foreseen/likelihood is not within 0 to 1");
}

TEST_CASE("the bounds of a note are the same in the schema and in the code") {
  const json schema = json::parse(read_file(TIDINGS_SOURCE_DIR "/schemas/records/draft.schema.json"))["properties"];
  CHECK(schema["body"]["maxLength"] == kMaxBody);
  CHECK(schema["title"]["maxLength"] == kMaxTitle);
  CHECK(schema["contacts"]["maxItems"] == kMaxContacts);
  CHECK(schema["tags"]["maxItems"] == kMaxTags);
}

}  // namespace tidings
