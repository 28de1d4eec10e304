// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/base/secrets.h"

#include <sodium.h>

#include <array>

#include "indexer/base/refusal.h"

namespace tidings {
namespace {

// sodium_init may be called often and from any thread; it does its work once.
void require_sodium() {
  if (sodium_init() < 0) throw Refusal(Code::broken, "libsodium cannot start: no source of randomness");
}

std::string to_hex(const unsigned char* bytes, std::size_t size) {
  std::string hex(2 * size + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), bytes, size);
  hex.pop_back();
  return hex;
}

std::string to_base64(const unsigned char* bytes, std::size_t size) {
  std::string text(sodium_base64_encoded_len(size, sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes, size, sodium_base64_VARIANT_ORIGINAL);
  text.pop_back();
  return text;
}

}  // namespace

std::string random_hex(std::size_t bytes) {
  require_sodium();
  std::string raw(bytes, '\0');
  randombytes_buf(raw.data(), raw.size());
  return to_hex(reinterpret_cast<const unsigned char*>(raw.data()), raw.size());
}

std::string random_bytes(std::size_t bytes) {
  require_sodium();
  std::string raw(bytes, '\0');
  randombytes_buf(raw.data(), raw.size());
  return raw;
}

bool is_same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string random_base64(std::size_t bytes) {
  const std::string raw = random_bytes(bytes);
  return to_base64(reinterpret_cast<const unsigned char*>(raw.data()), raw.size());
}

std::string hmac_sha256(const std::string& base64_key, std::string_view data) {
  require_sodium();
  std::string key(base64_key.size(), '\0');
  std::size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(key.data()), key.size(), base64_key.data(), base64_key.size(),
                        nullptr, &size, nullptr, sodium_base64_VARIANT_ORIGINAL) != 0)
    throw Refusal(Code::invalid, "a key is not in base64");
  std::array<unsigned char, crypto_auth_hmacsha256_BYTES> digest{};
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, reinterpret_cast<const unsigned char*>(key.data()), size);
  crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(data.data()), data.size());
  crypto_auth_hmacsha256_final(&state, digest.data());
  return to_base64(digest.data(), digest.size());
}

std::string random_word(std::size_t length) {
  require_sodium();
  constexpr std::string_view kAlphabet = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  std::string word;
  for (std::size_t i = 0; i < length; ++i) word += kAlphabet[randombytes_uniform(kAlphabet.size())];
  return word;
}

std::string sha256(std::string_view data) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(data.data()), data.size());
  return to_hex(digest.data(), digest.size());
}

std::string sha256_base64url(std::string_view data) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(data.data()), data.size());
  constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::array<char, sodium_base64_ENCODED_LEN(crypto_hash_sha256_BYTES, kVariant)> text{};
  return sodium_bin2base64(text.data(), text.size(), digest.data(), digest.size(), kVariant);
}

std::string hash_password(std::string_view password) {
  require_sodium();
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  if (crypto_pwhash_str(hash.data(), password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                        crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
    throw Refusal(Code::unavailable, "not enough memory to hash a password");
  return hash.data();
}

bool is_password(std::string_view password, const std::string& hash) {
  require_sodium();
  return !hash.empty() && crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

}  // namespace tidings
