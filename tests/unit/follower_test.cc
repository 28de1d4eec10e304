// SPDX-License-Identifier: GPL-3.0-or-later
// The index says what the ledger says, whatever happens to it.
#include <fstream>
#include <thread>

#include "indexer/index/compare.h"
#include "indexer/index/store.h"
#include "tests/support/support.h"

namespace tidings {
namespace {

void fill(House& house, int from, int to) {
  std::string notes;
  for (int i = from; i < to; ++i)
    notes += json{{"key", "k" + std::to_string(i)},
                  {"client", "Client " + std::to_string(i % 7)},
                  {"body", "note " + std::to_string(i) + " on pumps"}}
                 .dump() +
             "\n";
  house.import(notes);
}

bool agrees(const House& house) { return compare_index(house.ledger, house.folder.path() / "index").empty(); }

}  // namespace

TEST_CASE("the index follows the ledger, change by change") {
  House house;
  fill(house, 0, 30);
  house.index();
  CHECK(agrees(house));
  CHECK(house.search("").total.value == 30);
  house.route();
  CHECK_FALSE(agrees(house));
  house.index();
  CHECK(agrees(house));
  // A client's new name shows in the hits of all its notes.
  house.ledger.write([](Session& session) {
    Client client = *Clients(session).find_by_name("Client 3");
    client.name = "Renamed";
    Clients(session).change(client, kRep);
  });
  house.index();
  CHECK(agrees(house));
  CHECK(house.search("client:renamed").total.value == 4);
  CHECK(house.search("client:\"client 3\"").total.value == 0);
}

TEST_CASE("a follower resumes exactly where it was") {
  House house;
  fill(house, 0, 10);
  house.index();
  const auto place = house.searcher.place().place;
  fill(house, 10, 20);
  Follower(house.ledger, house.folder.path() / "index").catch_up(Stop{});
  CHECK(house.searcher.place().place > place);
  CHECK(agrees(house));
}

TEST_CASE("while there is no index, searches answer and say that results are incomplete") {
  House house;
  fill(house, 0, 3);
  const Hits hits = house.search("pumps");
  CHECK(hits.incomplete);
  CHECK(hits.hits.empty());
  house.index();
  CHECK_FALSE(house.search("pumps").incomplete);
  CHECK(house.search("pumps").total.value == 3);
}

TEST_CASE("a missing, damaged, truncated or foreign index is made anew, also under a searcher that has it open") {
  House house;
  fill(house, 0, 50);
  house.index();
  CHECK(house.search("pumps").total.value == 50);
  const auto index = house.folder.path() / "index";
  SUBCASE("deleted") { std::filesystem::remove_all(index); }
  SUBCASE("its version file is garbage") { std::ofstream(index / "iamglass", std::ios::trunc) << "garbage"; }
  SUBCASE("a table is cut short") { std::filesystem::resize_file(index / "postlist.glass", 100); }
  SUBCASE("a table is overwritten in place") {
    const auto size = std::filesystem::file_size(index / "postlist.glass");
    std::fstream table(index / "postlist.glass", std::ios::in | std::ios::out | std::ios::binary);
    table << std::string(size, '\x5A');
  }
  SUBCASE("a table is gone") { std::filesystem::remove(index / "termlist.glass"); }
  SUBCASE("a file stands in its place") {
    std::filesystem::remove_all(index);
    std::ofstream(index) << "not a folder";
  }
  SUBCASE("of a newer format") {
    Xapian::WritableDatabase database(index.string());
    database.set_metadata("format", "999");
    database.commit();
  }
  SUBCASE("of another ledger") {
    Xapian::WritableDatabase database(index.string());
    database.set_metadata("ledger", "another");
    database.commit();
  }
  static_cast<void>(house.search("pumps"));  // whatever it says, it does not fail
  Follower(house.ledger, index).catch_up(Stop{});
  CHECK(agrees(house));
  CHECK(house.search("pumps").total.value == 50);
}

TEST_CASE("an index whose folder is deleted while it is followed is made anew") {
  House house;
  fill(house, 0, 20);
  house.index();
  Stop stop;
  std::thread following([&] { house.follower.run(stop); });
  // As rm -r does, but not stopped by a file that appears meanwhile.
  for (std::error_code error; std::filesystem::remove_all(house.folder.path() / "index", error), error;) error.clear();
  fill(house, 20, 40);
  for (int i = 0; i < 200 && !(house.searcher.place().complete && house.search("").total.value == 40); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  stop.wish();
  following.join();
  CHECK(agrees(house));
}

TEST_CASE("a second follower waits for its turn") {
  House house;
  fill(house, 0, 5);
  Stop first_stop, second_stop;
  Follower second(house.ledger, house.folder.path() / "index");
  std::thread first_thread([&] { house.follower.run(first_stop); });
  std::thread second_thread([&] { second.run(second_stop); });
  const auto wait_for = [&](int count) {
    for (int i = 0; i < 200 && house.search("").total.value != count; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    CHECK(house.search("").total.value == count);
  };
  wait_for(5);
  first_stop.wish();
  first_thread.join();
  fill(house, 5, 9);
  wait_for(9);
  second_stop.wish();
  second_thread.join();
  CHECK(agrees(house));
}

TEST_CASE("filling a new index stops and goes on") {
  House house;
  fill(house, 0, 2500);
  Stop stop;
  house.follower.catch_up(stop, [&](std::int64_t done, std::int64_t) {
    if (done >= 1000) stop.wish();
  });
  CHECK(house.search("").incomplete);
  fill(house, 2500, 2510);
  house.index();
  CHECK(agrees(house));
  CHECK_FALSE(house.search("").incomplete);
}

}  // namespace tidings
