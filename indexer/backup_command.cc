// SPDX-License-Identifier: GPL-3.0-or-later
// tidings-indexer backup and restore.
#include <fmt/format.h>

#include <fstream>
#include <iostream>

#include "indexer/base/clock.h"
#include "indexer/base/refusal.h"
#include "indexer/base/secrets.h"
#include "indexer/commands.h"
#include "indexer/ledger/audit.h"
#include "indexer/ledger/backup.h"
#include "indexer/ledger/feed.h"
#include "indexer/ledger/personal_data.h"

namespace tidings {
namespace fs = std::filesystem;
namespace {

constexpr const char* kLedger = "ledger.db";

Passphrase passphrase_of(const std::string& file) {
  if (file.empty()) return {};
  std::ifstream in(file);
  std::string line;
  if (!std::getline(in, line) || line.empty())
    throw Refusal(Code::invalid, file + " has no passphrase on its first line");
  return Passphrase(line);
}

// A folder in `where` that goes away.
class Aside {
 public:
  explicit Aside(const fs::path& where) : path_(where / (".verify-" + random_hex(4))) { fs::create_directory(path_); }
  ~Aside() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Aside(const Aside&) = delete;
  Aside& operator=(const Aside&) = delete;
  fs::path ledger() const { return path_ / kLedger; }

 private:
  fs::path path_;
};

// Throws Refusal: broken, with what is wrong.
void require_sound(const fs::path& database, const BackupInfo& info) {
  const SystemClock clock;
  const std::string url = "sqlite:" + database.string();
  const Ledger ledger(url, clock);
  auto faults = audit(ledger, url);
  ledger.read([&](Session& session) {
    const Feed feed(session);
    if (feed.head() != info.seq || feed.head_hash() != info.hash)
      faults.emplace_back("the feed does not end where the backup says");
  });
  if (!faults.empty()) throw Refusal(Code::broken, "the backup is not sound: " + faults.front());
}

// Erases anew who was erased after this backup was made, as far as the other backups know.
std::size_t erase_again(Ledger& ledger, const std::vector<ContactId>& erased) {
  std::size_t count = 0;
  for (ContactId contact : erased) {
    const auto person = ledger.read([&](Session& session) -> std::optional<Person> {
      if (PersonalData(session).erasure(contact)) return std::nullopt;
      try {
        return PersonalData(session).person(contact);
      } catch (const Refusal&) {  // not known yet at that time
        return std::nullopt;
      }
    });
    if (!person) continue;
    ledger.write([&](Session& session) {
      PersonalData data(session);
      data.erase(*person, data.traces(*person), kOperator);
    });
    ++count;
  }
  if (count > 0) ledger.shorten_log();
  return count;
}

}  // namespace

int back_up(const DataFolder& data, const BackupCommand& command) {
  const SystemClock clock;
  const Passphrase passphrase = passphrase_of(command.passphrase_file);
  const Ledger ledger(data.ledger_url(), clock);
  if (command.target == "-") {
    if (command.verify) throw Refusal(Code::invalid, "--verify needs a folder; what went to standard output is gone");
    const BackupInfo info = back_up_to(ledger, clock, data.folder, std::cout, passphrase);
    std::cerr << fmt::format("backed up {} events, {} pages\n", info.seq, info.pages);
    return kExitDone;
  }
  const fs::path folder = command.target;
  const BackupMade made = back_up(ledger, clock, folder, passphrase, command.full);
  std::cout << made.file.string() << "\n";
  std::cerr << fmt::format("backed up {} events; {} of {} pages written, {}\n", made.info.seq, made.written,
                           made.info.pages,
                           made.info.base.empty() ? "standing on none" : "standing on " + made.info.base);
  std::vector<std::string> damaged;
  for (const auto& [file, info] : backups_in(folder, passphrase, damaged))
    if (info.ledger == made.info.ledger && info.erased.size() < made.info.erased.size())
      std::cerr << fmt::format(
          "{} holds people who were erased since; restoring erases them again, deleting it is better\n",
          file.filename().string());
  for (const std::string& each : damaged) std::cerr << each << "\n";
  if (command.verify) {
    const Aside aside(folder);
    const BackupInfo info = unpack(made.file, aside.ledger(), passphrase);
    require_sound(aside.ledger(), info);
    std::cerr << "verified: every page, the feed's chain and all records\n";
  }
  return damaged.empty() ? kExitDone : kExitSome;
}

int restore(const DataFolder& data, const RestoreCommand& command) {
  if (!data.ledger.empty())
    throw Refusal(Code::invalid, "restore writes ledger.db in the data folder; leave --ledger out");
  const fs::path to = data.folder / kLedger;
  if (fs::exists(to))
    throw Refusal(Code::conflict, to.string() + " is there already; restore into an empty data folder");
  const Passphrase passphrase = passphrase_of(command.passphrase_file);
  std::optional<Time> until;
  if (!command.until.empty()) {
    until = parse_time(command.until);
    if (!until) throw Refusal(Code::invalid, "--until is no time such as 2026-11-24T08:00:00Z");
  }
  // Unpacked aside: a restore that is cut off leaves no half a ledger.
  const Aside aside(data.folder);
  BackupInfo info;
  std::vector<ContactId> erased;
  if (command.source == "-") {
    info = unpack_from(std::cin, aside.ledger(), passphrase);
  } else {
    fs::path file = command.source;
    const fs::path folder = fs::is_directory(file) ? file : file.parent_path();
    std::vector<std::string> damaged;
    const auto backups = backups_in(folder.empty() ? "." : folder, passphrase, damaged);
    for (const std::string& each : damaged) std::cerr << each << "\n";
    if (fs::is_directory(file)) {
      file.clear();
      for (const auto& [path, each] : backups)
        if (!until || each.at <= *until) file = path;
      if (file.empty())
        throw Refusal(Code::not_found, backups.empty()
                                           ? "there is no backup in " + folder.string()
                                           : fmt::format("the first backup is of {}", to_string(backups[0].second.at)));
    }
    info = unpack(file, aside.ledger(), passphrase);
    for (const auto& [path, each] : backups)
      if (each.ledger == info.ledger && each.erased.size() > erased.size()) erased = each.erased;
  }
  require_sound(aside.ledger(), info);
  std::size_t again = 0;
  {
    const SystemClock clock;
    Ledger ledger("sqlite:" + aside.ledger().string(), clock);
    again = erase_again(ledger, erased);
  }
  fs::rename(aside.ledger(), to);
  std::cerr << fmt::format(
      "restored {} events, as of {}; {} people erased again; the index is made anew when followed\n", info.seq,
      to_string(info.at), again);
  return kExitDone;
}

}  // namespace tidings
