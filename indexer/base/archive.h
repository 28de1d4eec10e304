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
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <sodium.h>

namespace tidings {

// A number of four bytes, the little end first.
std::string four_bytes(std::uint32_t number);
std::uint32_t number_of(std::string_view four_bytes);

// What seals archives, or nothing. Making a key of it is slow on purpose, so keys are remembered by their salt, and new
// archives take a salt that is known. One thread.
class Passphrase {
 public:
  using Salt = std::array<unsigned char, crypto_pwhash_SALTBYTES>;
  using Key = std::array<unsigned char, crypto_secretstream_xchacha20poly1305_KEYBYTES>;

  Passphrase() = default;  // none
  explicit Passphrase(std::string text) : text_(std::move(text)) {}
  bool is_given() const { return text_.has_value(); }
  Salt salt() const;
  // Throws Refusal: unavailable (no memory for argon2id).
  const Key& key(const Salt& salt) const;

 private:
  std::optional<std::string> text_;
  mutable std::map<Salt, Key> keys_;
};

class ArchiveOut {
 public:
  ArchiveOut(std::ostream& out, const Passphrase& passphrase);
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
  ArchiveIn(std::istream& in, const Passphrase& passphrase);
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
