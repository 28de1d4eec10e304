// SPDX-License-Identifier: GPL-3.0-or-later
// Loaded before the C library (LD_PRELOAD): counts what a program does to files below FAULT_DIR, and at the number
// FAULT_AT kills the program or lets the call fail. Driven by tests/crash/faults.
//
//   FAULT_DIR     only files whose path begins so
//   FAULT_COUNT   a file of eight bytes: the calls counted so far, by all programs that share it
//   FAULT_AT      the call at which it happens; 0: never
//   FAULT_KIND    kill_before, kill_after, kill_half (of a write), eio, enospc, short
//   FAULT_SWITCH  a file: while it holds the name of an error (eio, enospc, erofs), every call fails with it
//   FAULT_CLOCK   a file of eight bytes: seconds by which the wall clock is off
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <string_view>

namespace {

std::string setting(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

template <class Function>
Function real(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

// Eight bytes of a file, shared with whoever looks; null without a file.
std::atomic<std::int64_t>* shared_number(const char* name) {
  const std::string path = setting(name);
  if (path.empty()) return nullptr;
  const int file = open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) return nullptr;
  void* at = mmap(nullptr, 8, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  return at == MAP_FAILED ? nullptr : static_cast<std::atomic<std::int64_t>*>(at);
}

struct Plan {
  std::string dir = setting("FAULT_DIR"), kind = setting("FAULT_KIND"), toggle = setting("FAULT_SWITCH");
  std::int64_t at = std::atoll(setting("FAULT_AT").c_str());
  std::atomic<std::int64_t>* count = shared_number("FAULT_COUNT");
};

const Plan& plan() {
  static const Plan made;
  return made;
}

bool is_watched(std::string_view path) { return !plan().dir.empty() && path.starts_with(plan().dir); }

bool is_watched(int file) {
  char link[64], path[4096];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  const ssize_t size = readlink(link, path, sizeof path);
  return size > 0 && is_watched(std::string_view(path, static_cast<std::size_t>(size)));
}

int error_named(std::string_view name) {
  return name == "eio" ? EIO : name == "enospc" ? ENOSPC : name == "erofs" ? EROFS : 0;
}

// The error that every call has now, or 0.
int switched_error() {
  if (plan().toggle.empty()) return 0;
  const int file = open(plan().toggle.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  char name[16] = {};
  const ssize_t size = read(file, name, sizeof name - 1);
  close(file);
  return error_named(std::string_view(name, static_cast<std::size_t>(size > 0 ? size : 0)));
}

[[noreturn]] void die() {
  kill(getpid(), SIGKILL);
  while (true) pause();
}

// Makes `call` unless something else is to happen; `half` writes a part.
template <class Call, class Half>
auto at_its_place(bool watched, Call call, Half half) -> decltype(call()) {
  if (!watched) return call();
  if (const int error = switched_error()) {
    errno = error;
    return -1;
  }
  const bool now = plan().count && plan().count->fetch_add(1) + 1 == plan().at;
  if (!now) return call();
  const std::string& kind = plan().kind;
  if (kind == "kill_before") die();
  if (kind == "kill_half") {
    half();
    die();
  }
  if (kind == "kill_after") {
    call();
    die();
  }
  if (kind == "short") return half();
  errno = error_named(kind);
  return -1;
}

}  // namespace

extern "C" {

ssize_t write(int file, const void* from, std::size_t size) {
  static const auto next = real<ssize_t (*)(int, const void*, std::size_t)>("write");
  return at_its_place(
      is_watched(file), [&] { return next(file, from, size); }, [&] { return next(file, from, size / 2); });
}

ssize_t pwrite64(int file, const void* from, std::size_t size, off64_t at) {
  static const auto next = real<ssize_t (*)(int, const void*, std::size_t, off64_t)>("pwrite64");
  return at_its_place(
      is_watched(file), [&] { return next(file, from, size, at); }, [&] { return next(file, from, size / 2, at); });
}
ssize_t pwrite(int file, const void* from, std::size_t size, off_t at) { return pwrite64(file, from, size, at); }

int fsync(int file) {
  static const auto next = real<int (*)(int)>("fsync");
  return at_its_place(
      is_watched(file), [&] { return next(file); }, [&] { return next(file); });
}
int fdatasync(int file) {
  static const auto next = real<int (*)(int)>("fdatasync");
  return at_its_place(
      is_watched(file), [&] { return next(file); }, [&] { return next(file); });
}

int ftruncate64(int file, off64_t size) {
  static const auto next = real<int (*)(int, off64_t)>("ftruncate64");
  return at_its_place(
      is_watched(file), [&] { return next(file, size); }, [&] { return next(file, size); });
}
int ftruncate(int file, off_t size) { return ftruncate64(file, size); }

int rename(const char* from, const char* to) {
  static const auto next = real<int (*)(const char*, const char*)>("rename");
  return at_its_place(
      is_watched(std::string_view(to)), [&] { return next(from, to); }, [&] { return next(from, to); });
}

int unlink(const char* path) {
  static const auto next = real<int (*)(const char*)>("unlink");
  return at_its_place(
      is_watched(std::string_view(path)), [&] { return next(path); }, [&] { return next(path); });
}

int clock_gettime(clockid_t clock, timespec* to) {
  static const auto next = real<int (*)(clockid_t, timespec*)>("clock_gettime");
  static const auto* off = shared_number("FAULT_CLOCK");
  const int result = next(clock, to);
  if (off && clock == CLOCK_REALTIME && result == 0) to->tv_sec += off->load();
  return result;
}

}  // extern "C"
