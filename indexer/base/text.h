// SPDX-License-Identifier: GPL-3.0-or-later
// Text at the edge: everything inside Tidings is valid UTF-8 in NFC, and these functions make it so.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tidings {

// The offset of the first byte that is not well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms), or nothing.
std::optional<std::size_t> invalid_utf8_at(std::string_view text);

// Throws Refusal: invalid, naming `pointer` and the byte offset, unless `text` is well-formed UTF-8.
void require_utf8(std::string_view text, const std::string& pointer);

// Bytes of a file or body as UTF-8 without a byte-order mark. Recognised: UTF-8, UTF-16 with a byte-order mark, and,
// when the bytes are not UTF-8, windows-1251 if ICU's detector or the share of Cyrillic letters says so.
// Throws Refusal: invalid, with the offset of the first bad byte, when it is none of these.
std::string to_utf8(std::string_view bytes);

// Canonical composition (NFC). `text` must be well-formed.
std::string to_nfc(std::string_view text);

// NFC, full case folding, and ё folded to е: the form in which words are compared. `text` must be well-formed.
std::string fold(std::string_view text);

// Without white space (Unicode's) at both ends.
std::string_view trim(std::string_view text);

// At most `bytes` bytes, cut at a code point's border.
std::string_view cut(std::string_view text, std::size_t bytes);

// &, <, >, ", ' as entities, and control characters other than tab and line ends as U+FFFD.
std::string escape_html(std::string_view text);

// The parts between `separator`s, each trimmed, empty ones left out.
std::vector<std::string> split(std::string_view text, char separator);

}  // namespace tidings
