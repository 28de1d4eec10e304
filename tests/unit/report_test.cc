// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/ledger/accounts.h"
#include "server/accounts/book.h"
#include "server/desk/report_desk.h"
#include "tests/support/support.h"

namespace tidings {

TEST_CASE("the monthly report adds up, and a spreadsheet does not take a name for a formula") {
  House house;
  AccountBook book(house.ledger, house.clock);
  house.keep({{"client", "=Acme"},
              {"kind", "change"},
              {"author", "rep-1"},
              {"body", "PFAS gaskets will be banned"},
              {"recorded_at", "2026-11-02"},
              {"contacts", {"Eva"}}});
  house.keep({{"client", "=Acme"},
              {"kind", "change"},
              {"author", "rep-1"},
              {"body", "No more PFAS from spring on"},
              {"recorded_at", "2026-11-05"},
              {"contacts", {"Eva"}}});
  house.keep({{"client", "=Acme"},
              {"kind", "change"},
              {"author", "rep-1"},
              {"body", "Prices of steel rise"},
              {"recorded_at", "2026-10-31"},
              {"contacts", {"Eva"}}});
  house.ledger.write([&](Session& session) {
    Client acme = Clients(session).find_by_name("=Acme").value();
    acme.industry = "Chemicals";
    acme.revenue = 100;
    Clients(session).change(acme, kLead);
  });
  const auto states = book.states();
  const auto report = [&](const Actor& by, const std::string& month) {
    return house.ledger.read([&](Session& session) { return ReportDesk(session, by).report(*states, month); });
  };
  const json november = report(kLead, "2026-11");
  const auto rows = [&](int table) { return november["tables"][table]["rows"]; };
  CHECK(rows(0)[0]["cells"][0] == "=Acme");
  CHECK(rows(0)[0]["cells"][2] == 1);
  CHECK(rows(1)[0]["cells"] == json({"=Acme", "Eva", 1, 0, "rep-1", 1}));
  CHECK(rows(2).size() == 1);
  CHECK(rows(2)[0]["cells"] == json({"Chemicals", 2, 1, 0, 1}));  // two in November, one in October
  CHECK(rows(3).empty());
  CHECK_THROWS_AS(report(kLead, "2026"), Refusal);
  CHECK_THROWS_AS(report({"rep-1", Role::rep}, "2026-11"), Refusal);
  const std::string csv = house.ledger.read(
      [&](Session& session) { return ReportDesk(session, kLead).csv(*states, "2026-11", "single_source"); });
  CHECK(csv.find("\"'=Acme\",\"Eva\"") != std::string::npos);
}

}  // namespace tidings
