// SPDX-License-Identifier: GPL-3.0-or-later
// tidings-indexer: notes become knowledge.
#include <CLI/CLI.hpp>
#include <iostream>

#include "indexer/base/log.h"
#include "indexer/base/refusal.h"
#include "indexer/commands.h"

int main(int argc, char** argv) {
  using namespace tidings;
  CLI::App app{"Keeps, imports, exports and indexes what clients said.", "tidings-indexer"};
  app.require_subcommand(1);
  app.get_formatter()->column_width(38);
  DataFolder data;
  std::string log_level = "info";
  app.add_option("--data", data.folder, "The data folder; made if it is not there")->required();
  app.add_option("--ledger", data.ledger, "The ledger, sqlite:PATH (default: ledger.db in the data folder)");
  app.add_option("--log", log_level, "debug, info, warn, error or off")->capture_default_str();

  ImportCommand command;
  auto* import =
      app.add_subcommand("import", "Take notes from files: NDJSON, CSV, Markdown with YAML front matter, plain text");
  import->add_option("files", command.files, "Files; - is standard input")->required();
  import->add_option("--format", command.format,
                     "ndjson, csv, markdown or text, where the name's ending does not say it");
  import->add_option("--map", command.map, "CSV: member=column, such as body=Комментарий; may be repeated");
  import->add_option("--set", command.set,
                     "member=value for records that lack the member, such as client=Acme, or record=client (contact, "
                     "deal, revenue) for "
                     "CSV files of those; may be repeated");
  import->add_option("--rejects", command.rejects,
                     "Write what is refused here, one JSON object a line: file, line, errors, record");
  import->add_option("--from", command.from_line, "Begin at this line")->check(CLI::PositiveNumber);
  import->add_option("--as-of", command.as_of, "Shift all dates so that this day becomes today (for samples)");
  import->add_flag("--create-clients", command.create_clients, "Make clients that are named and not known");
  import->add_flag("--dry-run", command.dry_run, "Try everything, change nothing");
  import->footer(
      "Exit code: 0 all kept, 1 some refused, 2 nothing could be done. An import can be run again: what was kept is "
      "known.");

  std::string export_file = "-";
  auto* exporting = app.add_subcommand("export", "Write everything as NDJSON that import takes back");
  exporting->add_option("file", export_file, "A file; - is standard output")->capture_default_str();

  auto* following = app.add_subcommand("follow", "Keep the index up to date until stopped, in a process of its own");
  auto* rebuilding = app.add_subcommand("rebuild", "Delete the index and make it anew from the ledger");
  auto* checking = app.add_subcommand("check", "Prove the ledger sound and the index in agreement with it");
  checking->footer("Exit code: 0 sound, 1 faults found (each is printed), 2 could not be checked.");

  BackupCommand backup;
  auto* backing =
      app.add_subcommand("backup", "Copy the ledger while it is used, as far as it changed since the last time");
  backing->add_option("target", backup.target, "A folder for backups; - is standard output")->required();
  backing->add_option("--passphrase-file", backup.passphrase_file, "Seal it with the first line of this file");
  backing->add_flag("--full", backup.full, "Stand on no earlier backup");
  backing->add_flag("--verify", backup.verify, "Unpack it again and prove it sound");

  RestoreCommand restoring;
  auto* restored = app.add_subcommand("restore", "Write the ledger of a backup into an empty data folder");
  restored->add_option("source", restoring.source, "A folder of backups, one of them, or - for standard input")
      ->required();
  restored->add_option("--until", restoring.until, "The latest of the folder that is not after this time");
  restored->add_option("--passphrase-file", restoring.passphrase_file, "Its first line opens what is sealed");
  restored->footer("People who were erased after the backup was made are erased again, if a later one lies beside it.");

  auto* user = app.add_subcommand("user", "People who use Tidings");
  user->require_subcommand(1);
  std::string name, role, full_name, label = "command line";
  auto* adding = user->add_subcommand("add", "Add somebody");
  adding->add_option("name", name, "Lower-case letters, digits, dots, dashes, underscores")->required();
  adding->add_option("--role", role, "rep, technician, lead or admin")->required();
  adding->add_option("--full-name", full_name, "As people write it");
  auto* token = user->add_subcommand("token", "Print a new bearer token for somebody, and nothing else");
  token->add_option("name", name, "Whose rights it carries")->required();
  token->add_option("--label", label, "What it is for")->capture_default_str();
  auto* password = user->add_subcommand("passwd", "Set somebody's password, asked for or read from standard input");
  password->add_option("name", name, "Whose")->required();

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitDone : kExitNothing;
  }
  try {
    start_log(log_level);
    data.require();
    if (*import) return import_files(data, command);
    if (*exporting) return export_records(data, export_file);
    if (*backing) return back_up(data, backup);
    if (*restored) return restore(data, restoring);
    if (*following) return follow(data);
    if (*rebuilding) return rebuild(data);
    if (*checking) return check(data);
    if (*adding) return add_user(data, name, role, full_name);
    if (*token) return print_token(data, name, label);
    if (*password) return set_password(data, name);
  } catch (const Refusal& refusal) {
    std::cerr << "tidings-indexer: " << refusal.detail() << "\n";
  } catch (const std::exception& error) {
    std::cerr << "tidings-indexer: " << error.what() << "\n";
  }
  return kExitNothing;
}
