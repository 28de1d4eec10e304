// SPDX-License-Identifier: GPL-3.0-or-later
#include <random>

#include "server/search/query_language.h"
#include "tests/support/support.h"

namespace tidings {
namespace {

std::string tree(const std::string& query) { return to_string(parse_query(query).root); }
std::size_t hints(const std::string& query) { return parse_query(query).hints.size(); }

}  // namespace

TEST_CASE("the query language is read as it is written") {
  CHECK(tree("") == "*");
  CHECK(tree("pump") == "pump");
  CHECK(tree("pump seal") == "(pump seal)");
  CHECK(tree("\"dry run\" pump") == "(\"dry run\" pump)");
  CHECK(tree("a AND b OR c") == "((a & b) | c)");
  CHECK(tree("a b OR c d") == "((a b) | (c d))");
  CHECK(tree("(a OR b) AND c") == "((a | b) & c)");
  CHECK(tree("a -b") == "(a !b)");
  CHECK(tree("a NOT (b c)") == "(a !(b c))");
  CHECK(tree("-b") == "(!b)");
  CHECK(tree("+a b") == "(+a b)");
  CHECK(tree("bear*") == "bear*");
  CHECK(tree("kind:problem title:\"dry run\" Client:acme") == "(kind:problem title:\"dry run\" client:acme)");
  CHECK(tree("«сухой ход» “a b”") == "(\"сухой ход\" \"a b\")");
  CHECK(tree("date:2026-03") == "date:2026-03-01..2026-03-31");
  CHECK(tree("foreseen:2027-Q2..") == "foreseen:2027-04-01..");
  CHECK(tree("date:..2026") == "date:..2026-12-31");
  CHECK(hints("a AND b OR -c \"d e\" kind:change date:2026") == 0);
}

TEST_CASE("what is no syntax is searched as words, with a hint") {
  CHECK(tree("a AND") == "a");
  CHECK(hints("a AND") == 1);
  CHECK(tree("OR") == "*");
  CHECK(tree("(a b") == "(a b)");
  CHECK(hints("(a b") == 1);
  CHECK(tree("a) b") == "(a b)");
  CHECK(tree("\"a b") == "\"a b\"");
  CHECK(hints("\"a b") == 1);
  CHECK(tree("klient:acme") == "klient:acme");
  CHECK(hints("klient:acme") == 1);
  CHECK(tree("http://a.b") == "http://a.b");
  CHECK(hints("http://a.b") == 0);
  CHECK(tree("date:soon") == "soon");
  CHECK(hints("date:soon") == 1);
  CHECK(tree("c++ - -- + a--b") == "(c++ - -- + a--b)");
  CHECK(tree(":x") == ":x");
  CHECK(hints("kind:") == 1);
}

TEST_CASE("queries are bounded in length, depth and words") {
  CHECK(hints(std::string(5000, 'a')) == 1);
  CHECK(hints(std::string(500, '(') + "a") > 0);
  std::string many;
  for (int i = 0; i < 500; ++i) many += "a ";
  CHECK(hints(many) == 1);
}

TEST_CASE("anything typed is read: random strings of the language's own marks") {
  std::mt19937 random(3);
  const std::vector<std::string> pieces = {"a",   "насос", " ",     "\"",    "(", ")", "-", "+",  "AND",  "OR",
                                           "NOT", ":",     "kind:", "date:", "*", "«", "»", "..", "2027", "\t"};
  for (int i = 0; i < 3000; ++i) {
    std::string query;
    for (std::size_t n = random() % 20; n > 0; --n)
      query += pieces[random() % pieces.size()] + (random() % 2 ? " " : "");
    static_cast<void>(to_string(parse_query(query).root));
  }
}

}  // namespace tidings
