// SPDX-License-Identifier: GPL-3.0-or-later
// Backups made while others write are each a moment of the ledger; damage is never restored.
#include <fmt/format.h>

#include <atomic>
#include <fstream>
#include <random>
#include <sstream>
#include <thread>

#include "indexer/ledger/audit.h"
#include "indexer/ledger/backup.h"
#include "indexer/ledger/feed.h"
#include "tests/support/support.h"

namespace tidings {
namespace {

namespace fs = std::filesystem;

json event_rows(const Ledger& ledger, std::int64_t until) {
  json rows = json::array();
  ledger.read([&](Session& session) {
    for (const Event& event : Feed(session).after(0, static_cast<int>(until), true))
      rows.push_back({event.seq, event.kind, event.subject, event.body});
  });
  return rows;
}

void keep_some(House& house, int from, int to) {
  for (int i = from; i < to; ++i)
    house.keep({{"key", fmt::format("n{}", i)},
                {"client", fmt::format("Client {}", i % 7)},
                {"author", "rep-1"},
                {"recorded_at", "2026-10-01"},
                {"kind", "problem"},
                {"body", fmt::format("pump {} leaks", i)}});
}

}  // namespace

TEST_CASE("each backup made under load is one moment of the ledger, and comes back as that") {
  House house;
  Passphrase passphrase;
  SUBCASE("open") {}
  SUBCASE("sealed") { passphrase = Passphrase("correct horse battery staple"); }
  keep_some(house, 0, 200);
  std::atomic<bool> done = false;
  std::thread writer([&] {
    for (int i = 200; !done; ++i) keep_some(house, i, i + 1);
  });
  const fs::path folder = house.folder.path() / "backups";
  std::vector<BackupMade> made;
  for (int i = 0; i < 5; ++i) {
    house.clock.advance(Millis(1000));
    made.push_back(back_up(house.ledger, house.clock, folder, passphrase, i == 3));
  }
  done = true;
  writer.join();
  CHECK(made[0].info.base.empty());
  CHECK(made[1].info.base == made[0].file.filename().string());
  CHECK(made[3].info.base.empty());
  CHECK(made[4].info.base == made[3].file.filename().string());
  CHECK(made[1].written < made[1].info.pages);
  for (std::size_t i = 0; i < made.size(); ++i) {
    const fs::path to = house.folder.path() / fmt::format("restored-{}.db", i);
    const BackupInfo info = unpack(made[i].file, to, passphrase);
    CHECK(info.seq == made[i].info.seq);
    const Ledger restored("sqlite:" + to.string(), house.clock);
    CHECK(audit(restored, "sqlite:" + to.string()).empty());
    CHECK(restored.id() == house.ledger.id());
    CHECK(event_rows(restored, info.seq) == event_rows(house.ledger, info.seq));
    CHECK(restored.read([](Session& session) { return Feed(session).head(); }) == info.seq);
  }
  CHECK_REFUSED(unpack(made[4].file, house.folder.path() / "restored-0.db", passphrase), Code::conflict);
  fs::remove(made[0].file);
  CHECK_REFUSED(unpack(made[1].file, house.folder.path() / "orphan.db", passphrase), Code::not_found);
  if (passphrase.is_given()) {
    CHECK_REFUSED(unpack(made[3].file, house.folder.path() / "a.db", {}), Code::invalid);
    CHECK_REFUSED(unpack(made[3].file, house.folder.path() / "b.db", Passphrase("another")), Code::broken);
    CHECK(read_file(made[3].file).find("leaks") == std::string::npos);
  }
}

TEST_CASE("a damaged backup is refused, wherever it is damaged, and a stream can be restored like a file") {
  House house;
  keep_some(house, 0, 5);
  std::ostringstream out;
  const BackupInfo info = back_up_to(house.ledger, house.clock, house.folder.path(), out, {});
  const std::string whole = out.str();
  const fs::path to = house.folder.path() / "restored.db";
  {
    std::istringstream in(whole);
    CHECK(unpack_from(in, to, {}).seq == info.seq);
    fs::remove(to);
  }
  std::mt19937 random(7);
  for (int round = 0; round < 150; ++round) {
    std::string bytes = whole;
    if (round % 2 == 0) {
      bytes.resize(random() % whole.size());
    } else {
      bytes[random() % bytes.size()] ^= static_cast<char>(1 << random() % 8);
    }
    std::istringstream in(bytes);
    bool refused = false;
    try {
      unpack_from(in, to, {});
    } catch (const Refusal& refusal) {
      refused = true;
    }
    CHECK(refused);
    CHECK_FALSE(fs::exists(to));
  }
}

}  // namespace tidings
