// SPDX-License-Identifier: GPL-3.0-or-later
// Random values, digests and passwords, all by libsodium. Any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tidings {

// `bytes` random bytes as lower-case hexadecimal.
std::string random_hex(std::size_t bytes);

// A random word of `length` letters and digits that are hard to mix up when read aloud (no 0 O 1 l I).
std::string random_word(std::size_t length);

// `bytes` random bytes.
std::string random_bytes(std::size_t bytes);
// `bytes` random bytes in base64.
std::string random_base64(std::size_t bytes);

// HMAC-SHA-256 of `data` in base64; the key is in base64 too. Throws Refusal: invalid (the key is none).
std::string hmac_sha256(const std::string& base64_key, std::string_view data);

// Whether two texts are the same, in a time that does not tell where they differ.
bool is_same(std::string_view a, std::string_view b);
// SHA-256 of `data`, as 64 hexadecimal digits.
std::string sha256(std::string_view data);
// The same in base64 for URLs, without padding.
std::string sha256_base64url(std::string_view data);

// argon2id with libsodium's interactive limits (64 MiB, about 0.1 s on purpose).
std::string hash_password(std::string_view password);
bool is_password(std::string_view password, const std::string& hash);

}  // namespace tidings
