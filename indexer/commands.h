// SPDX-License-Identifier: GPL-3.0-or-later
// The commands of tidings-indexer, each a function of its options that returns the exit code.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "indexer/model/user.h"

namespace tidings {

// Exit codes: all was done; some records were refused, or check found faults; nothing could be done.
constexpr int kExitDone = 0;
constexpr int kExitSome = 1;
constexpr int kExitNothing = 2;

inline const Actor kOperator{"system:operator", Role::admin};

struct DataFolder {
  std::filesystem::path folder;
  std::string ledger;  // Ledger's URL; empty: sqlite in the folder

  std::string ledger_url() const;
  std::filesystem::path index() const { return folder / "index"; }
  // Makes the folder, for its owner alone, if it is not there. Throws Refusal: unavailable.
  void require() const;
};

struct ImportCommand {
  std::vector<std::string> files;
  std::string format;
  std::vector<std::string> map;  // member=column
  std::vector<std::string> set;  // member=value
  std::string rejects;
  std::string as_of;
  std::int64_t from_line = 1;
  bool create_clients = false;
  bool dry_run = false;
};

struct BackupCommand {
  std::string target;  // a folder, or - for standard output
  std::string passphrase_file;
  bool full = false;
  bool verify = false;
};

struct RestoreCommand {
  std::string source;  // a folder of backups, one of them, or - for standard input
  std::string until;
  std::string passphrase_file;
};

int import_files(const DataFolder& data, const ImportCommand& command);
int export_records(const DataFolder& data, const std::string& file);
int back_up(const DataFolder& data, const BackupCommand& command);
int restore(const DataFolder& data, const RestoreCommand& command);
int follow(const DataFolder& data);
int rebuild(const DataFolder& data);
int check(const DataFolder& data);
int add_user(const DataFolder& data, const std::string& name, const std::string& role, const std::string& full_name);
int print_token(const DataFolder& data, const std::string& user, const std::string& label);
int set_password(const DataFolder& data, const std::string& user);

}  // namespace tidings
