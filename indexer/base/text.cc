// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/base/text.h"

#include <fmt/format.h>
#include <unicode/normalizer2.h>
#include <unicode/ucnv.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <memory>

#include "indexer/base/refusal.h"

namespace tidings {
namespace {

bool is_ascii(std::string_view text) {
  for (char c : text)
    if (static_cast<unsigned char>(c) >= 0x80) return false;
  return true;
}

std::string from_unicode(const icu::UnicodeString& text) {
  std::string utf8;
  text.toUTF8String(utf8);
  return utf8;
}

icu::UnicodeString to_unicode(std::string_view text) {
  return icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
}

const icu::Normalizer2& nfc() {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* normalizer = icu::Normalizer2::getNFCInstance(status);
  if (U_FAILURE(status)) throw Refusal(Code::broken, "ICU has no normalisation data");
  return *normalizer;
}

// Converts strictly: any byte the charset does not know is an error, never a replacement character.
std::optional<std::string> convert(std::string_view bytes, const char* charset) {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UConverter, decltype(&ucnv_close)> converter(ucnv_open(charset, &status), &ucnv_close);
  if (U_FAILURE(status)) throw Refusal(Code::broken, fmt::format("ICU does not know the charset {}", charset));
  ucnv_setToUCallBack(converter.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &status);
  const icu::UnicodeString text(bytes.data(), static_cast<int32_t>(bytes.size()), converter.get(), status);
  if (U_FAILURE(status)) return std::nullopt;
  return from_unicode(text);
}

// windows-1251 maps nearly every byte, so a successful conversion proves nothing. Real Russian is made of words: most
// of the letters past ASCII must be Cyrillic and lower-case letters must be the most frequent of them.
bool looks_like_windows_1251(std::string_view bytes) {
  std::size_t lower = 0, upper = 0, other = 0;
  for (char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0xE0 || byte == 0xB8)
      ++lower;
    else if (byte >= 0xC0 || byte == 0xA8)
      ++upper;
    else if (byte >= 0x80)
      ++other;
  }
  return lower >= 2 && lower > 2 * other && lower >= upper;
}

}  // namespace

std::optional<std::size_t> invalid_utf8_at(std::string_view text) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  std::size_t at = 0;
  while (at < text.size()) {
    if (bytes[at] < 0x80) {
      ++at;
      continue;
    }
    const std::size_t start = at;
    UChar32 c = 0;
    U8_NEXT(bytes, at, text.size(), c);
    if (c < 0) return start;
  }
  return std::nullopt;
}

void require_utf8(std::string_view text, const std::string& pointer) {
  if (const auto at = invalid_utf8_at(text)) throw invalid(pointer, fmt::format("is not valid UTF-8 at byte {}", *at));
}

std::string to_utf8(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
    const char* charset = bytes.starts_with("\xFF\xFE") ? "UTF-16LE" : "UTF-16BE";
    if (auto text = convert(bytes.substr(2), charset)) return *text;
    throw Refusal(Code::invalid, "begins with a UTF-16 byte-order mark but is not valid UTF-16");
  }
  const auto bad = invalid_utf8_at(bytes);
  if (!bad) return std::string(bytes);
  if (looks_like_windows_1251(bytes))
    if (auto text = convert(bytes, "windows-1251")) return *text;
  throw Refusal(Code::invalid, fmt::format("is not valid UTF-8 at byte {}; save it as UTF-8", *bad));
}

std::string to_nfc(std::string_view text) {
  if (is_ascii(text)) return std::string(text);
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString unicode = to_unicode(text);
  if (nfc().quickCheck(unicode, status) == UNORM_YES) return std::string(text);
  status = U_ZERO_ERROR;
  const icu::UnicodeString composed = nfc().normalize(unicode, status);
  return U_FAILURE(status) ? std::string(text) : from_unicode(composed);
}

std::string fold(std::string_view text) {
  if (is_ascii(text)) {
    std::string folded(text);
    for (char& c : folded)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return folded;
  }
  UErrorCode status = U_ZERO_ERROR;
  icu::UnicodeString unicode = to_unicode(text);
  unicode.foldCase();
  unicode = nfc().normalize(unicode, status);
  unicode.findAndReplace(icu::UnicodeString(UChar(0x0451)), icu::UnicodeString(UChar(0x0435)));
  return from_unicode(unicode);
}

std::string_view trim(std::string_view text) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  const auto size = static_cast<int32_t>(text.size());
  int32_t begin = 0, end = size;
  UChar32 c = 0;
  for (int32_t next = 0; begin < size; begin = next) {
    U8_NEXT(bytes, next, size, c);
    if (c < 0 || !u_isUWhiteSpace(c)) break;
  }
  for (int32_t before = end; end > begin; end = before) {
    U8_PREV(bytes, begin, before, c);
    if (c < 0 || !u_isUWhiteSpace(c)) break;
  }
  return text.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
}

std::string_view cut(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  std::size_t end = bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

std::string escape_html(std::string_view text) {
  std::string html;
  html.reserve(text.size() + text.size() / 8);
  for (char c : text) {
    switch (c) {
      case '&': html += "&amp;"; break;
      case '<': html += "&lt;"; break;
      case '>': html += "&gt;"; break;
      case '"': html += "&quot;"; break;
      case '\'': html += "&#39;"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r')
          html += "\xEF\xBF\xBD";
        else
          html += c;
    }
  }
  return html;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    const std::string_view part = trim(text.substr(0, end));
    if (!part.empty()) parts.emplace_back(part);
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

}  // namespace tidings
