// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/commands.h"

#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <fstream>
#include <iostream>

#include "indexer/base/clock.h"
#include "indexer/base/refusal.h"
#include "indexer/base/secrets.h"
#include "indexer/base/stop.h"
#include "indexer/base/text.h"
#include "indexer/index/compare.h"
#include "indexer/index/follower.h"
#include "indexer/ledger/audit.h"
#include "indexer/ledger/feed.h"
#include "indexer/ledger/insights.h"
#include "indexer/ledger/people.h"
#include "indexer/reading/export.h"

namespace tidings {
namespace {

std::string ask_password() {
  termios before{};
  const bool terminal = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &before) == 0;
  if (terminal) {
    termios silent = before;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    std::cerr << "New password: ";
  }
  std::string password;
  std::getline(std::cin, password);
  if (terminal) {
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    std::cerr << "\n";
  }
  return password;
}

}  // namespace

std::string DataFolder::ledger_url() const {
  return ledger.empty() ? "sqlite:" + (folder / "ledger.db").string() : ledger;
}

void DataFolder::require() const {
  std::error_code error;
  const bool made = std::filesystem::create_directories(folder, error);
  if (error)
    throw Refusal(Code::unavailable,
                  fmt::format("the data folder {} cannot be made: {}", folder.string(), error.message()));
  if (made) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
}

int export_records(const DataFolder& data, const std::string& file) {
  const SystemClock clock;
  const Ledger ledger(data.ledger_url(), clock);
  std::ofstream to_file;
  if (file != "-") {
    to_file.open(file, std::ios::binary);
    if (!to_file) throw Refusal(Code::unavailable, file + " cannot be written");
  }
  std::ostream& out = file == "-" ? std::cout : to_file;
  const auto count = export_all(ledger, [&](const json& record) { out << record.dump() << '\n'; });
  out.flush();
  if (!out) throw Refusal(Code::unavailable, file + " could not be written to its end");
  std::cerr << fmt::format("{} records exported\n", count);
  return kExitDone;
}

int follow(const DataFolder& data) {
  Stop stop;
  const StopOnSignal signals(stop);
  const SystemClock clock;
  Ledger ledger(data.ledger_url(), clock);
  Follower(ledger, data.index()).run(stop);
  return kExitDone;
}

int rebuild(const DataFolder& data) {
  Stop stop;
  const StopOnSignal signals(stop);
  const SystemClock clock;
  Ledger ledger(data.ledger_url(), clock);
  Follower follower(ledger, data.index());
  follower.discard();
  const bool terminal = isatty(STDERR_FILENO);
  follower.catch_up(stop, [&](std::int64_t done, std::int64_t all) {
    if (terminal) std::cerr << fmt::format("\r{} of {} insights indexed", done, all) << std::flush;
  });
  if (terminal) std::cerr << "\n";
  if (stop.wished()) std::cerr << "stopped; the index goes on from here when it is next followed\n";
  return stop.wished() ? kExitSome : kExitDone;
}

int check(const DataFolder& data) {
  const SystemClock clock;
  const Ledger ledger(data.ledger_url(), clock);
  std::vector<std::string> faults = audit(ledger, data.ledger_url());
  const auto index_faults = compare_index(ledger, data.index());
  faults.insert(faults.end(), index_faults.begin(), index_faults.end());
  for (const std::string& fault : faults) std::cout << "fault: " << fault << "\n";
  if (!faults.empty()) return kExitSome;
  const auto [events, insights] =
      ledger.read([](Session& session) { return std::pair(Feed(session).head(), Insights(session).count()); });
  std::cout << fmt::format("sound: {} events, {} insights, and the index agrees\n", events, insights);
  return kExitDone;
}

int add_user(const DataFolder& data, const std::string& name, const std::string& role, const std::string& full_name) {
  const auto wanted = parse_name<Role>(role);
  if (!wanted) throw Refusal(Code::invalid, "\"" + role + "\" is none of the roles " + all_names<Role>());
  const SystemClock clock;
  Ledger ledger(data.ledger_url(), clock);
  User user;
  user.name = name;
  user.role = *wanted;
  user.full_name = full_name;
  ledger.write([&](Session& session) { People(session).create(user, "", kOperator); });
  std::cerr << fmt::format("{} can use Tidings as {}; give a password with: user passwd {}\n", name, role, name);
  return kExitDone;
}

int print_token(const DataFolder& data, const std::string& user, const std::string& label) {
  const SystemClock clock;
  Ledger ledger(data.ledger_url(), clock);
  std::cout << ledger.write([&](Session& session) {
    return People(session).create_token({.name = label, .user = user}, kOperator).second;
  }) << "\n";
  return kExitDone;
}

int set_password(const DataFolder& data, const std::string& user) {
  const SystemClock clock;
  Ledger ledger(data.ledger_url(), clock);
  ledger.read([&](Session& session) { People(session).find(user); });
  const std::string password = ask_password();
  if (password.size() < 10 || password.size() > 200)
    throw Refusal(Code::invalid, "a password has 10 to 200 characters");
  const std::string hash = hash_password(password);
  ledger.write([&](Session& session) { People(session).set_password(user, hash, kOperator); });
  std::cerr << "the password is set; earlier sign-ins have ended\n";
  return kExitDone;
}

}  // namespace tidings
