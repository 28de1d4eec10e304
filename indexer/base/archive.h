// SPDX-License-Identifier: GPL-3.0-or-later
// A stream of bytes that is known to be whole when it is read again, and that nobody reads without the passphrase, if
// it has one. Sealed by libsodium's secretstream (XChaCha20-Poly1305) under a key from argon2id; otherwise closed by a
// BLAKE2b digest, which guards against damage, not against forgers.
//
//   "TIDINGS1", then a byte: 0 open, 1 sealed; sealed: 16 bytes of salt, 24 of the secretstream's header;
//   chunks: a length of four bytes (little end first) and so many bytes; open: a length of 0 and 32 bytes of digest end
//   it
#pragma once

#include <array>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

#include <sodium.h>

namespace tidings {

class ArchiveOut {
 public:
  ArchiveOut(std::ostream& out, const std::optional<std::string>& passphrase);
  void write(std::string_view bytes);
  // Throws Refusal: unavailable, if anything could not be written.
  void finish();

 private:
  void put(bool last);
  std::ostream& out_;
  bool sealed_;
  std::string chunk_;
  crypto_secretstream_xchacha20poly1305_state seal_{};
  crypto_generichash_state digest_{};
};

class ArchiveIn {
 public:
  // Throws Refusal: invalid (no archive, sealed and no passphrase is given).
  ArchiveIn(std::istream& in, const std::optional<std::string>& passphrase);
  // The next `size` bytes. Throws Refusal: broken (cut off, damaged, or the passphrase is another).
  std::string read(std::size_t size);
  std::string read_line();  // without its end; at most 16 MiB
  // True at the end, having proved that it is the end.
  bool at_end();

 private:
  bool fill();
  std::istream& in_;
  bool sealed_ = false, ended_ = false;
  std::string buffer_;
  std::size_t at_ = 0;
  crypto_secretstream_xchacha20poly1305_state seal_{};
  crypto_generichash_state digest_{};
};

}  // namespace tidings
