// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/index/store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <thread>

#ifdef TIDINGS_LEAK_SANITIZER
#include <sanitizer/lsan_interface.h>
#endif

#include "indexer/base/json.h"
#include "indexer/base/secrets.h"

namespace tidings {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxManifest = 1 << 20;
constexpr std::chrono::seconds kStandstill{1};

fs::path manifest_path(const fs::path& folder) { return folder / "manifest.json"; }

[[noreturn]] void fail(const std::string& what) {
  throw Xapian::DatabaseError(fmt::format("{}: {}", what, std::strerror(errno)));
}

struct File {
  File(const fs::path& path, int flags) : number(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {
    if (number < 0) fail(path.string() + " cannot be opened");
  }
  ~File() { ::close(number); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  void sync() const {
    if (::fsync(number) != 0) fail("what was written cannot be made durable");
  }
  int number;
};

void write_durably(const fs::path& path, const std::string& text) {
  const File file(path, O_WRONLY | O_CREAT | O_TRUNC);
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t count = ::write(file.number, text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) fail(path.string() + " cannot be written");
    done += static_cast<std::size_t>(count);
  }
  file.sync();
}

// What readers lock who want the live segment to stand still; below zero where there is no such file.
int open_still(const fs::path& folder) {
  return ::open((folder / "still").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
}

// While it lives, the leak sanitizer does not count what this thread allocates.
struct LeaksOfOthers {
#ifdef TIDINGS_LEAK_SANITIZER
  LeaksOfOthers() { __lsan_disable(); }
  ~LeaksOfOthers() { __lsan_enable(); }
  LeaksOfOthers(const LeaksOfOthers&) = delete;
  LeaksOfOthers& operator=(const LeaksOfOthers&) = delete;
#endif
};

std::string identity_of(const fs::path& path) {
  struct statx status {};
  if (statx(AT_FDCWD, path.c_str(), 0, STATX_INO | STATX_BTIME | STATX_SIZE, &status) != 0) return "";
  return fmt::format("{}.{}.{}.{}", status.stx_ino, status.stx_btime.tv_sec, status.stx_btime.tv_nsec, status.stx_size);
}

}  // namespace

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Manifest, format, ledger, birth, place, target, filling, newest_first,
                                                unclean, boot, named, segments)

std::optional<Manifest> read_manifest(const fs::path& folder) {
  std::ifstream in(manifest_path(folder), std::ios::binary);
  std::string text(kMaxManifest, '\0');
  if (!in.read(text.data(), static_cast<std::streamsize>(text.size())) && in.gcount() == 0) return std::nullopt;
  text.resize(static_cast<std::size_t>(in.gcount()));
  try {
    return json::parse(text).get<Manifest>();
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

void publish(const fs::path& folder, const Manifest& manifest, const std::string& making) {
  const fs::path fresh = folder / "manifest.new";
  write_durably(fresh, json(manifest).dump(1) + "\n");
  if (::rename(fresh.c_str(), manifest_path(folder).c_str()) != 0) fail("the manifest cannot be replaced");
  File(folder, O_RDONLY | O_DIRECTORY).sync();
  remove_unnamed(folder, manifest, manifest.named, making);
}

void remove_unnamed(const fs::path& folder, const Manifest& manifest, std::uint64_t number, const std::string& making) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    const std::size_t dash = name.find('-');
    if (dash == std::string::npos || name == making || std::strtoull(name.c_str() + dash + 1, nullptr, 10) > number)
      continue;
    if (std::find(manifest.segments.begin(), manifest.segments.end(), name) == manifest.segments.end())
      fs::remove_all(entry.path(), error);
  }
}

std::string manifest_identity(const fs::path& folder) { return identity_of(manifest_path(folder)); }

std::string index_state(const fs::path& folder) {
  const auto manifest = read_manifest(folder);
  if (!manifest || manifest->segments.empty()) return manifest_identity(folder);
  return manifest_identity(folder) + identity_of(folder / manifest->segments.back() / "iamglass");
}

std::int64_t live_place(const Xapian::Database& live) {
  return std::strtoll(live.get_metadata("place").c_str(), nullptr, 10);
}

void set_live_place(Xapian::WritableDatabase& live, std::int64_t place) {
  live.set_metadata("place", std::to_string(place));
}

OpenIndex::OpenIndex(const fs::path& folder, const Manifest& manifest) {
  if (!manifest.segments.empty()) live_version_ = folder / manifest.segments.back() / "iamglass";
  live_seen_ = identity_of(live_version_);
  for (const std::string& name : manifest.segments) {
    segments.emplace_back((folder / name).string(), Xapian::DB_BACKEND_GLASS);
    all.add_database(segments.back());
  }
  find_last();
}

void OpenIndex::reopen() {
  const std::string live_now = identity_of(live_version_);
  if (live_now == live_seen_ && !live_now.empty()) return;
  live_seen_ = live_now;
  if (all.reopen()) find_last();
}

void OpenIndex::find_last() {
  for (const Xapian::Database& segment : segments) last = std::max(last, segment.get_lastdocid());
}

Standstill::Standstill(const fs::path& folder) : file_(open_still(folder)) {
  if (file_ >= 0) ::flock(file_, LOCK_SH);
}

Standstill::~Standstill() {
  if (file_ >= 0) ::close(file_);
}

void wait_for_standstills(const fs::path& folder) {
  const int file = open_still(folder);
  if (file < 0) return;
  const auto end = std::chrono::steady_clock::now() + kStandstill;
  while (::flock(file, LOCK_EX | LOCK_NB) != 0 && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  ::close(file);
}

void compact(const std::vector<fs::path>& segments, const fs::path& into) {
  Xapian::Database together;
  std::uintmax_t size = 0;
  std::error_code error;  // of a folder that is going away, which Xapian then says
  for (const fs::path& segment : segments) {
    together.add_database(Xapian::Database(segment.string()));
    for (const auto& entry : fs::directory_iterator(segment, error))
      if (const std::uintmax_t bytes = entry.file_size(error); !error) size += bytes;
  }
  fs::remove_all(into, error);
  const std::uintmax_t room = fs::space(into.parent_path(), error).available;
  if (room < size) throw Xapian::DatabaseError(fmt::format("the disk has {} bytes of the {} needed", room, size));
  [[maybe_unused]] const LeaksOfOthers forgiven;
  together.compact(into.string(), Xapian::DBCOMPACT_NO_RENUMBER | Xapian::Compactor::FULL);
}

void sync_folder(const fs::path& folder) {
  for (const auto& entry : fs::directory_iterator(folder)) File(entry.path(), O_RDONLY).sync();
  File(folder, O_RDONLY | O_DIRECTORY).sync();
}

std::string boot_id() {
  std::ifstream in("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(in, id);
  return id;
}

void move_index_away(const fs::path& folder) {
  // Renamed first: readers see a missing folder, never half a one.
  std::error_code error;
  fs::rename(folder, folder.string() + ".old-" + random_hex(4), error);
}

void remove_old_indexes(const fs::path& folder) {
  const std::string prefix = folder.filename().string() + ".old-";
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder.parent_path(), error))
    if (entry.path().filename().string().starts_with(prefix)) fs::remove_all(entry.path(), error);
}

IndexLock::IndexLock(const fs::path& folder) : path_(folder / "lock") {
  std::error_code error;
  if (fs::exists(folder, error) && !fs::is_directory(folder, error)) move_index_away(folder);
  fs::create_directories(folder, error);
  file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file_ < 0) fail(path_.string() + " cannot be opened");
  if (::flock(file_, LOCK_EX | LOCK_NB) == 0) return;
  const bool taken = errno == EWOULDBLOCK;
  ::close(file_);
  if (taken) throw Xapian::DatabaseLockError("another follower keeps this index");
  fail(path_.string() + " cannot be locked");
}

IndexLock::~IndexLock() { ::close(file_); }

bool IndexLock::holds() const {
  struct stat ours {
  }, named{};
  return ::fstat(file_, &ours) == 0 && ::stat(path_.c_str(), &named) == 0 && ours.st_ino == named.st_ino &&
         ours.st_dev == named.st_dev;
}

}  // namespace tidings
