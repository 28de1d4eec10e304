// SPDX-License-Identifier: GPL-3.0-or-later
// tidings-indexer import: files through a reader and the importer, with a summary, rejects and a progress bar.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iostream>

#include "indexer/base/clock.h"
#include "indexer/base/refusal.h"
#include "indexer/base/stop.h"
#include "indexer/base/text.h"
#include "indexer/commands.h"
#include "indexer/reading/importer.h"
#include "indexer/reading/shift.h"

namespace tidings {
namespace {

constexpr std::size_t kPiece = 256 << 10;

// A line on the terminal that says how far and how fast; silent in a pipe.
class Progress {
 public:
  explicit Progress(std::uint64_t total_bytes) : total_(total_bytes), shown_(isatty(STDERR_FILENO)) {}
  ~Progress() { clear(); }

  void show(std::uint64_t bytes, std::int64_t records) {
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count();
    if (!shown_ || seconds < last_ + 0.2) return;
    last_ = seconds;
    std::string line = fmt::format("{} records, {:.0f} a second", records, static_cast<double>(records) / seconds);
    if (total_ > 0 && bytes > 0) {
      const double done = std::min(1.0, static_cast<double>(bytes) / static_cast<double>(total_));
      constexpr int kWidth = 30;
      const int full = static_cast<int>(done * kWidth);
      line = fmt::format("[{}{}] {:3.0f} %  {}, {:.0f} s left", std::string(full, '#'), std::string(kWidth - full, '.'),
                         100 * done, line, seconds / done - seconds);
    }
    std::cerr << "\r" << line << "\033[K" << std::flush;
  }

  void clear() {
    if (shown_ && last_ > 0) std::cerr << "\r\033[K" << std::flush;
  }

 private:
  std::uint64_t total_;
  bool shown_;
  double last_ = 0;
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

std::map<std::string, std::string> to_pairs(const std::vector<std::string>& pairs, const char* option) {
  std::map<std::string, std::string> map;
  for (const std::string& pair : pairs) {
    const auto at = pair.find('=');
    if (at == std::string::npos || at == 0)
      throw Refusal(Code::invalid, fmt::format("{} takes name=value, not \"{}\"", option, pair));
    map[pair.substr(0, at)] = pair.substr(at + 1);
  }
  return map;
}

struct Counts {
  std::int64_t kept = 0, known = 0, refused = 0;
  std::int64_t records() const { return kept + known + refused; }
};

class Import {
 public:
  Import(const DataFolder& data, const ImportCommand& command)
      : command_(command), ledger_(data.ledger_url(), clock_), progress_(total_bytes(command.files)) {
    if (!command.rejects.empty()) {
      rejects_.open(command.rejects, std::ios::binary);
      if (!rejects_) throw Refusal(Code::unavailable, command.rejects + " cannot be written");
    }
    if (!command.as_of.empty()) {
      const auto day = parse_day(command.as_of);
      if (!day) throw Refusal(Code::invalid, "--as-of takes a day such as 2026-11-01, not \"" + command.as_of + "\"");
      days_ = static_cast<int>((to_day(clock_.now()) - *day).count());
    }
  }

  int run() {
    int failed = 0;
    for (const std::string& file : command_.files) {
      if (stop_.wished()) break;
      try {
        run_file(file);
      } catch (const Refusal& refusal) {
        ++failed;
        progress_.clear();
        std::cerr << file << ": " << refusal.detail() << "\n";
        if (refusal.code() == Code::unavailable || refusal.code() == Code::broken) break;
      }
    }
    progress_.clear();
    std::cerr << fmt::format("{}{} kept, {} already there, {} refused\n",
                             command_.dry_run ? "dry run, nothing was changed: " : "", counts_.kept, counts_.known,
                             counts_.refused);
    if (failed > 0 && counts_.records() == 0) return kExitNothing;
    if (failed > 0 || counts_.refused > 0 || stop_.wished()) return kExitSome;
    return kExitDone;
  }

 private:
  static std::uint64_t total_bytes(const std::vector<std::string>& files) {
    std::uint64_t total = 0;
    std::error_code error;
    for (const std::string& file : files) {
      const auto size = file == "-" ? 0 : std::filesystem::file_size(file, error);
      if (!error) total += size;
    }
    return total;
  }

  void run_file(const std::string& file) {
    ReadOptions options;
    options.columns = to_pairs(command_.map, "--map");
    options.defaults = to_pairs(command_.set, "--set");
    if (!command_.format.empty()) {
      options.format = format_called(command_.format);
    } else if (const auto format = format_of_file(file)) {
      options.format = *format;
    } else {
      throw Refusal(Code::unsupported, "its name does not say its format; say --format ndjson, csv, markdown or text");
    }
    std::ifstream from_file;
    if (file != "-") {
      if (std::filesystem::is_directory(file)) throw Refusal(Code::invalid, "is a folder; name the files in it");
      from_file.open(file, std::ios::binary);
      if (!from_file) throw Refusal(Code::not_found, "cannot be opened");
    }
    std::istream& in = file == "-" ? std::cin : from_file;

    std::int64_t last_line = 0;
    Importer importer(ledger_, {command_.create_clients, command_.dry_run, true}, {"system:import", Role::admin},
                      [&](const ImportOutcome& outcome) {
                        last_line = outcome.line;
                        take(file, outcome);
                      });
    const auto reader = make_reader(options, [&](Record record) {
      if (record.line < command_.from_line) return;
      if (record.value.is_object()) shift(record.value, days_);
      importer.add(std::move(record));
    });
    std::string piece(kPiece, '\0');
    while (!stop_.wished() && in) {
      in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
      reader->feed(std::string_view(piece).substr(0, static_cast<std::size_t>(in.gcount())));
      bytes_ += static_cast<std::uint64_t>(in.gcount());
      progress_.show(bytes_, counts_.records());
    }
    if (in.bad()) throw Refusal(Code::unavailable, "could not be read to its end");
    if (!stop_.wished()) reader->finish();
    importer.flush();
    progress_.clear();
    if (stop_.wished())
      std::cerr << fmt::format("{}: stopped after line {}; go on with --from {}, or run the same command again\n", file,
                               last_line, last_line + 1);
    std::string unread;
    for (const std::string& name : reader->unread()) unread += (unread.empty() ? "" : ", ") + name;
    if (!unread.empty()) std::cerr << fmt::format("{}: columns that were not read: {} (see --map)\n", file, unread);
  }

  void take(const std::string& file, const ImportOutcome& outcome) {
    switch (outcome.status) {
      case ImportStatus::kept: ++counts_.kept; return;
      case ImportStatus::known: ++counts_.known; return;
      case ImportStatus::refused: ++counts_.refused; break;
    }
    json reject = outcome;
    reject.erase("id");
    reject.erase("status");
    reject["file"] = file;
    reject["record"] = outcome.record;
    if (rejects_.is_open()) {
      rejects_ << reject.dump(-1, ' ', false, json::error_handler_t::replace) << "\n";
      return;
    }
    constexpr std::int64_t kShown = 20;
    if (counts_.refused > kShown) return;
    progress_.clear();
    for (const Fault& fault : outcome.errors)
      std::cerr << fmt::format("{} line {}: {}{}{}\n", file, outcome.line, fault.pointer,
                               fault.pointer.empty() ? "" : " ", fault.detail);
    if (counts_.refused == kShown) std::cerr << "more are refused; --rejects FILE keeps them all\n";
  }

  const ImportCommand& command_;
  Stop stop_;
  StopOnSignal signals_{stop_};  // before the ledger, whose thread must not take the signals
  SystemClock clock_;
  Ledger ledger_;
  std::ofstream rejects_;
  Counts counts_;
  Progress progress_;
  std::uint64_t bytes_ = 0;
  int days_ = 0;
};

}  // namespace

int import_files(const DataFolder& data, const ImportCommand& command) { return Import(data, command).run(); }

}  // namespace tidings
