// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/ledger/backup.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <optional>

#include "indexer/base/refusal.h"
#include "indexer/base/secrets.h"
#include "indexer/ledger/dialect.h"
#include "indexer/ledger/feed.h"
#include "indexer/ledger/personal_data.h"

namespace tidings {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kDigest = 16;
constexpr const char* kEnding = ".backup";
constexpr std::uint32_t kMaxPage = 65536;

std::string digest_of(std::string_view page) {
  std::string digest(kDigest, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(digest.data()), kDigest,
                     reinterpret_cast<const unsigned char*>(page.data()), page.size(), nullptr, 0);
  return digest;
}

// A file that is gone when its owner is, and SQLite's files beside it.
class Scratch {
 public:
  explicit Scratch(fs::path path) : path_(std::move(path)) {}
  ~Scratch() {
    std::error_code ignored;
    for (const char* beside : {"", "-wal", "-shm", "-journal"}) fs::remove(path_.string() + beside, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

void sync_file(const fs::path& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool done = file >= 0 && fsync(file) == 0;
  if (file >= 0) close(file);
  if (!done) throw Refusal(Code::unavailable, path.string() + " could not be brought to the disk");
}

json line_of(const BackupInfo& info) {
  return {{"backup", 1},
          {"ledger", info.ledger},
          {"seq", info.seq},
          {"hash", info.hash},
          {"at", to_string(info.at)},
          {"page_size", info.page_size},
          {"pages", info.pages},
          {"base", info.base.empty() ? json() : json(info.base)},
          {"erased", info.erased}};
}

BackupInfo read_info(ArchiveIn& archive) {
  const json line = json::parse(archive.read_line(), nullptr, false);
  BackupInfo info;
  std::optional<Time> at;
  int format = 0;
  try {
    format = line.at("backup");
    info.ledger = line.at("ledger");
    info.seq = line.at("seq");
    info.hash = line.at("hash");
    at = parse_time(line.at("at").get<std::string>());
    info.page_size = line.at("page_size");
    info.pages = line.at("pages");
    info.base = line.at("base").is_null() ? "" : line.at("base").get<std::string>();
    info.erased = line.at("erased").get<std::vector<ContactId>>();
  } catch (const json::exception&) {
    at.reset();
  }
  if (format > 1) throw Refusal(Code::conflict, "the backup was made by a newer Tidings");
  if (!at || info.page_size < 512 || info.page_size > kMaxPage || info.base.find('/') != std::string::npos)
    throw Refusal(Code::broken, "the backup's first line is not ours");
  info.at = *at;
  return info;
}

std::vector<std::string> read_digests(ArchiveIn& archive, std::uint32_t pages) {
  std::vector<std::string> digests;
  for (std::uint32_t i = 0; i < pages; ++i) digests.push_back(archive.read(kDigest));
  return digests;
}

std::ifstream open_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw Refusal(Code::not_found, file.string() + " cannot be opened");
  return in;
}

// What a snapshot says of itself.
BackupInfo describe(const fs::path& snapshot, const Ledger& ledger, const Clock& clock) {
  BackupInfo info;
  info.ledger = ledger.id();
  info.at = clock.now();
  {
    const auto dialect = dialect_for("sqlite:" + snapshot.string());
    Session session(*dialect, clock);
    const Feed feed(session);
    info.seq = feed.head();
    info.hash = feed.head_hash();
    for (const Erasure& each : PersonalData(session).erasures()) info.erased.push_back(each.contact);
  }
  std::ifstream in = open_file(snapshot);
  in.seekg(16);  // SQLite keeps the page's size there, two bytes, the big end first; 1 stands for 65536
  const int high = in.get(), low = in.get();
  info.page_size = static_cast<std::uint32_t>(high << 8 | low);
  if (info.page_size == 1) info.page_size = kMaxPage;
  if (!in || info.page_size < 512) throw Refusal(Code::broken, "the copy of the ledger cannot be read");
  info.pages = static_cast<std::uint32_t>(fs::file_size(snapshot) / info.page_size);
  return info;
}

// How many pages were written: those whose digest is not at its place in `before`.
std::uint32_t write_pages(const fs::path& snapshot, const BackupInfo& info, const std::vector<std::string>& before,
                          ArchiveOut& out) {
  std::ifstream in = open_file(snapshot);
  std::string page(info.page_size, '\0');
  const auto next = [&] {
    if (!in.read(page.data(), info.page_size))
      throw Refusal(Code::unavailable, "the copy of the ledger cannot be read");
  };
  out.write(dump(line_of(info)) + "\n");
  std::vector<std::uint32_t> changed;
  for (std::uint32_t i = 0; i < info.pages; ++i) {
    next();
    const std::string digest = digest_of(page);
    out.write(digest);
    if (i >= before.size() || before[i] != digest) changed.push_back(i);
  }
  for (const std::uint32_t number : changed) {
    in.seekg(static_cast<std::streamoff>(number) * info.page_size);
    next();
    out.write(four_bytes(number));
    out.write(page);
  }
  out.finish();
  return static_cast<std::uint32_t>(changed.size());
}

// Lays the pages of one backup over `database`; its digests.
BackupInfo lay_over(ArchiveIn& archive, std::fstream& database, std::vector<std::string>& digests) {
  const BackupInfo info = read_info(archive);
  digests = read_digests(archive, info.pages);
  while (!archive.at_end()) {
    const std::uint32_t at = number_of(archive.read(4));
    if (at >= info.pages) throw Refusal(Code::broken, "the backup has pages of no place");
    database.seekp(static_cast<std::streamoff>(at) * info.page_size);
    database << archive.read(info.page_size);
  }
  if (!database) throw Refusal(Code::unavailable, "the ledger cannot be written: the disk is full or failing");
  return info;
}

void prove(const fs::path& database, const BackupInfo& info, const std::vector<std::string>& digests) {
  fs::resize_file(database, std::uintmax_t{info.page_size} * info.pages);
  std::ifstream in = open_file(database);
  std::string page(info.page_size, '\0');
  for (std::uint32_t i = 0; i < info.pages; ++i)
    if (!in.read(page.data(), info.page_size) || digest_of(page) != digests[i])
      throw Refusal(Code::broken, fmt::format("page {} of the backup is not what it was", i + 1));
}

std::fstream create_database(const fs::path& to) {
  if (fs::exists(to))
    throw Refusal(Code::conflict, to.string() + " is there already; restore into an empty data folder");
  std::fstream database(to, std::ios::binary | std::ios::in | std::ios::out | std::ios::trunc);
  if (!database) throw Refusal(Code::unavailable, to.string() + " cannot be written");
  return database;
}

// Lays backups over each other, the first standing on none, and proves what comes of it; `to` is whole or not there.
BackupInfo lay_out(const std::vector<std::istream*>& parts, const fs::path& to, const Passphrase& passphrase) {
  std::fstream database = create_database(to);
  try {
    BackupInfo info;
    std::vector<std::string> digests;
    for (std::istream* part : parts) {
      ArchiveIn archive(*part, passphrase);
      info = lay_over(archive, database, digests);
      if (part == parts.front() && !info.base.empty())
        throw Refusal(Code::invalid, "this backup stands on another; restore from the folder of both");
    }
    database.close();
    prove(to, info, digests);
    sync_file(to);
    return info;
  } catch (...) {
    std::error_code ignored;
    fs::remove(to, ignored);
    throw;
  }
}

}  // namespace

std::vector<std::pair<fs::path, BackupInfo>> backups_in(const fs::path& folder, const Passphrase& passphrase,
                                                        std::vector<std::string>& damaged) {
  std::vector<std::pair<fs::path, BackupInfo>> backups;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != kEnding) continue;
    try {
      std::ifstream in = open_file(entry.path());
      ArchiveIn archive(in, passphrase);
      backups.emplace_back(entry.path(), read_info(archive));
    } catch (const Refusal& refusal) {
      damaged.push_back(entry.path().filename().string() + ": " + refusal.detail());
    }
  }
  std::sort(backups.begin(), backups.end(), [](const auto& a, const auto& b) {
    return std::pair(a.second.at, a.first) < std::pair(b.second.at, b.first);
  });
  return backups;
}

BackupMade back_up(const Ledger& ledger, const Clock& clock, const fs::path& folder, const Passphrase& passphrase,
                   bool full) {
  fs::create_directories(folder);
  fs::permissions(folder, fs::perms::owner_all);
  const Scratch snapshot(folder / (".snapshot-" + random_hex(4)));
  ledger.copy_to(snapshot.path());
  BackupMade made;
  made.info = describe(snapshot.path(), ledger, clock);
  std::vector<std::string> before, damaged;
  if (!full) {
    auto backups = backups_in(folder, passphrase, damaged);
    std::erase_if(backups, [&](const auto& each) { return each.second.ledger != ledger.id(); });
    if (!backups.empty() && backups.back().second.erased == made.info.erased &&
        backups.back().second.page_size == made.info.page_size) {
      std::ifstream in = open_file(backups.back().first);
      ArchiveIn archive(in, passphrase);
      before = read_digests(archive, read_info(archive).pages);
      made.info.base = backups.back().first.filename().string();
    }
  }
  std::string stamp = to_string(made.info.at);
  std::erase_if(stamp, [](char letter) { return letter == '-' || letter == ':' || letter == '.'; });
  made.file = folder / fmt::format("tidings-{}-{}{}", stamp, made.info.seq, kEnding);
  const Scratch part(made.file.string() + ".part");
  {
    std::ofstream out(part.path(), std::ios::binary | std::ios::trunc);
    ArchiveOut archive(out, passphrase);
    made.written = write_pages(snapshot.path(), made.info, before, archive);
  }
  sync_file(part.path());
  if (fs::exists(made.file)) throw Refusal(Code::conflict, made.file.string() + " is there already");
  fs::rename(part.path(), made.file);
  sync_file(folder);
  return made;
}

BackupInfo back_up_to(const Ledger& ledger, const Clock& clock, const fs::path& scratch, std::ostream& out,
                      const Passphrase& passphrase) {
  const Scratch snapshot(scratch / (".snapshot-" + random_hex(4)));
  ledger.copy_to(snapshot.path());
  const BackupInfo info = describe(snapshot.path(), ledger, clock);
  ArchiveOut archive(out, passphrase);
  write_pages(snapshot.path(), info, {}, archive);
  return info;
}

BackupInfo unpack(const fs::path& file, const fs::path& to, const Passphrase& passphrase) {
  std::vector<fs::path> chain{file};
  while (true) {
    std::ifstream in = open_file(chain.back());
    ArchiveIn archive(in, passphrase);
    const std::string base = read_info(archive).base;
    if (base.empty()) break;
    chain.push_back(file.parent_path() / base);
    if (!fs::exists(chain.back()))
      throw Refusal(Code::not_found, fmt::format("{} stands on {}, which is not there",
                                                 chain[chain.size() - 2].filename().string(), base));
    if (std::count(chain.begin(), chain.end(), chain.back()) > 1)
      throw Refusal(Code::broken, "the backups stand on each other");
  }
  std::vector<std::unique_ptr<std::istream>> parts;
  for (auto each = chain.rbegin(); each != chain.rend(); ++each)
    parts.push_back(std::make_unique<std::ifstream>(open_file(*each)));
  std::vector<std::istream*> streams;
  for (const auto& part : parts) streams.push_back(part.get());
  return lay_out(streams, to, passphrase);
}

BackupInfo unpack_from(std::istream& in, const fs::path& to, const Passphrase& passphrase) {
  return lay_out({&in}, to, passphrase);
}

}  // namespace tidings
