// SPDX-License-Identifier: GPL-3.0-or-later
// The index says what the ledger says, whatever happens to it.
#include <sys/resource.h>

#include <csignal>
#include <fstream>
#include <random>
#include <set>
#include <thread>

#include "indexer/index/compare.h"
#include "indexer/index/store.h"
#include "tests/support/support.h"

namespace tidings {
namespace {

// Notes, each with so many words of its own besides.
void fill(House& house, int from, int to, int words = 0) {
  std::string notes;
  for (int i = from; i < to; ++i) {
    std::mt19937 random(static_cast<unsigned>(i));
    std::string body = "note " + std::to_string(i) + " on pumps";
    for (int word = 0; word < words; ++word) body += " " + std::to_string(random());
    notes +=
        json{{"key", "k" + std::to_string(i)}, {"client", "Client " + std::to_string(i % 7)}, {"body", body}}.dump() +
        "\n";
  }
  house.import(notes);
}

bool agrees(const House& house) { return compare_index(house.ledger, house.folder.path() / "index").empty(); }

// Files of a house that are removed and still open.
int removed_but_open(const House& house) {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code closed;  // by now
    const std::string file = std::filesystem::read_symlink(entry, closed);
    files += file.starts_with(house.folder.path().string()) && file.ends_with("(deleted)");
  }
  return files;
}

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
  const auto manifest = index / "manifest.json";
  const auto base = index / json::parse(read_file(manifest))["segments"][0].get<std::string>();
  const auto change_manifest = [&](const char* member, const json& value) {
    json changed = json::parse(read_file(manifest));
    changed[member] = value;
    std::ofstream(manifest) << changed;
  };
  SUBCASE("deleted") { std::filesystem::remove_all(index); }
  SUBCASE("its manifest is garbage") { std::ofstream(manifest, std::ios::trunc) << "garbage"; }
  SUBCASE("its manifest is gone") { std::filesystem::remove(manifest); }
  SUBCASE("a segment's version file is garbage") { std::ofstream(base / "iamglass", std::ios::trunc) << "garbage"; }
  SUBCASE("a table is cut short") { std::filesystem::resize_file(base / "postlist.glass", 100); }
  SUBCASE("a table is overwritten in place") {
    const auto size = std::filesystem::file_size(base / "postlist.glass");
    std::fstream table(base / "postlist.glass", std::ios::in | std::ios::out | std::ios::binary);
    table << std::string(size, '\x5A');
  }
  SUBCASE("a table is gone") { std::filesystem::remove(base / "termlist.glass"); }
  SUBCASE("a segment is gone") { std::filesystem::remove_all(base); }
  SUBCASE("a file stands in its place") {
    std::filesystem::remove_all(index);
    std::ofstream(index) << "not a folder";
  }
  SUBCASE("of a newer format") { change_manifest("format", 999); }
  SUBCASE("of another ledger") { change_manifest("ledger", "another"); }
  SUBCASE("built halfway") { change_manifest("filling", true); }
  static_cast<void>(house.search("pumps"));  // whatever it says, it does not fail
  Follower(house.ledger, index).catch_up(Stop{});
  CHECK(agrees(house));
  CHECK(house.search("pumps").total.value == 50);
}

TEST_CASE("whoever asks the index to stand still reads it to the end, however fast it is written") {
  House house;
  fill(house, 0, 50);
  house.index();
  fill(house, 50, 60, 900);
  house.index();
  const auto folder = house.folder.path() / "index";
  const auto read_all = [](const OpenIndex& index) {
    std::size_t read = 0;
    for (auto term = index.all.allterms_begin(); term != index.all.allterms_end(); ++term)
      read += index.all.get_collection_freq(*term);
    for (auto it = index.all.postlist_begin(""); it != index.all.postlist_end(""); ++it)
      read += index.all.get_document(*it).get_data().size() + index.all.get_document(*it).termlist_count();
    return read;
  };
  const auto overtaken = [&](const OpenIndex& index, Millis within) {
    try {
      for (const auto end = std::chrono::steady_clock::now() + within; std::chrono::steady_clock::now() < end;) {
        read_all(index);
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
      }
      return false;
    } catch (const Xapian::Error&) {
      return true;
    }
  };
  Stop stop;
  std::thread following([&] { house.follower.run(stop); });
  std::thread writing([&] {
    for (int i = 60; !stop.wished(); ++i) {
      fill(house, i, i + 1, 100);
      stop.wait_for(Millis(10));
    }
  });
  CHECK(overtaken(OpenIndex(folder, *read_manifest(folder)), Millis(10'000)));
  {
    const Standstill still(folder);
    const OpenIndex index(folder, *read_manifest(folder));
    CHECK_FALSE(overtaken(index, Millis(500)));
  }
  CHECK(overtaken(OpenIndex(folder, *read_manifest(folder)), Millis(10'000)));  // it goes on
  {
    const Standstill forgotten(folder);  // the follower waits a second, and no longer
    const std::string state = index_state(folder);
    for (int wait = 0; wait < 500 && index_state(folder) == state; ++wait)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    CHECK(index_state(folder) != state);
  }
  stop.wish();
  following.join();
  writing.join();
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

TEST_CASE("building a new index stops when asked, and is begun anew") {
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

// Follows with `limits` while notes arrive and somebody turns pages all the time; `until` tells when enough happened.
void follow_while_read(House& house, Follower::Limits limits, const std::function<bool(const Manifest&)>& until) {
  fill(house, 0, 40);
  const auto index = house.folder.path() / "index";
  Follower follower(house.ledger, index, limits);
  follower.catch_up(Stop{});
  Stop stop;
  std::atomic<int> kept = 40, rounds = 0, gaps = 0, doubles = 0;
  std::thread following([&] { follower.run(stop); });
  std::thread reading([&] {
    while (!stop.wished()) {
      Question question{.q = "pumps", .limit = 100, .budget = Millis(60'000)};
      std::multiset<std::int64_t> seen;
      do {
        const Hits hits = house.searcher.search(question);
        for (const json& hit : hits.hits) seen.insert(hit["id"].get<std::int64_t>());
        question.cursor = hits.cursor;
      } while (!question.cursor.empty());
      const std::set<std::int64_t> distinct(seen.begin(), seen.end());
      doubles += distinct.size() != seen.size();
      // Ids are given in order: whoever sees one sees all before it.
      gaps += distinct.size() < 40 || *distinct.rbegin() != static_cast<std::int64_t>(distinct.size());
      ++rounds;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  });
  for (int i = 0; i < 20; ++i) {
    kept += 10;
    fill(house, 40 + i * 10, 50 + i * 10);
    house.route();
    for (int wait = 0; wait < 200 && house.search("").total.value < 50 + i * 10; ++wait)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  bool came = false;  // it may pass again: the follower goes on
  for (int wait = 0; wait < 9000 && !came; ++wait) {
    came = until(*read_manifest(index));
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  CHECK(came);
  stop.wish();
  following.join();
  reading.join();
  house.index();
  CHECK(agrees(house));
  CHECK(rounds > 10);
  CHECK(gaps == 0);
  CHECK(doubles == 0);
}

TEST_CASE("segments are folded in the background, and no reader sees a gap or a double") {
  House house;
  follow_while_read(house, {.live = 5}, [](const Manifest& manifest) { return manifest.segments.size() < 10; });
}

TEST_CASE("an index that is out of order is renewed in the background, and no reader sees a gap or a double") {
  House house;
  follow_while_read(house, {.live = 5, .out_of_order = 30, .quiet = Millis(1)},
                    [](const Manifest& manifest) { return manifest.newest_first > 150; });
  const std::size_t folders =
      static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(house.folder.path() / "index"), {}));
  CHECK(folders < 20);  // nothing of what was made on the way is left
}

TEST_CASE("an index that was replaced is let go of by the next search, however many had it open") {
  House house;
  fill(house, 0, 40);
  house.index();
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      for (int round = 0; round < 200; ++round) house.search("pumps");
    });
  for (std::thread& thread : threads) thread.join();
  std::filesystem::remove_all(house.folder.path() / "index");
  house.index();
  CHECK(house.search("pumps").total.value == 40);
  CHECK(removed_but_open(house) == 0);
}

TEST_CASE("after the machine went down, the live segment is not trusted and followed anew") {
  House house;
  fill(house, 0, 20);
  house.index();
  fill(house, 20, 30);
  house.index();
  const auto index = house.folder.path() / "index";
  Manifest manifest = *read_manifest(index);
  SUBCASE("another boot") {
    manifest.boot = "another";
    publish(index, manifest);
  }
  SUBCASE("damaged") {
    for (const auto& entry : std::filesystem::directory_iterator(index / manifest.segments.back()))
      std::filesystem::resize_file(entry.path(), 10);
  }
  house.index();
  CHECK(agrees(house));
  CHECK(house.search("pumps").total.value == 30);
  CHECK(read_manifest(index)->segments.front() == manifest.segments.front());
}

TEST_CASE("a fold that fails is not tried again at once, and the index is followed all the same") {
  House house;
  const auto index = house.folder.path() / "index";
  Follower follower(house.ledger, index, {.live = 5});
  for (int i = 0; i < 8; ++i) {
    fill(house, i * 10, i * 10 + 10, 900);
    follower.catch_up(Stop{});
  }
  CHECK(read_manifest(index)->segments.size() == 9);
  fill(house, 80, 81);
  // No file may grow as large as the folded segment would be: as on a disk that is full.
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
  const rlimit small{400'000, before.rlim_max};
  REQUIRE(setrlimit(RLIMIT_FSIZE, &small) == 0);
  Stop stop;
  std::thread following([&] { follower.run(stop); });
  std::this_thread::sleep_for(std::chrono::seconds(2));
  for (int wait = 0; wait < 500 && house.search("pumps").total.value < 81; ++wait)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  stop.wish();
  following.join();
  REQUIRE(setrlimit(RLIMIT_FSIZE, &before) == 0);
  CHECK(house.search("pumps").total.value == 81);
  CHECK(read_manifest(index)->segments.size() == 9);  // not folded
  CHECK(removed_but_open(house) <= 1);                // what Xapian leaves open of a compaction that failed
  house.index();                                      // a new follower tries at once
  CHECK(agrees(house));
}

TEST_CASE("what is folded: the newest segments, with older ones that are not much larger") {
  CHECK(segments_to_fold({1000, 2, 2, 2, 2, 2, 2}) == 0);
  CHECK(segments_to_fold({1000, 2, 2, 2, 2, 2, 2, 2}) == 7);
  CHECK(segments_to_fold({1000, 40, 2, 2, 2, 2, 2, 2, 2}) == 8);
  CHECK(segments_to_fold({200, 40, 2, 2, 2, 2, 2, 2, 2}) == 9);
}

}  // namespace tidings
