// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/reading/decoder.h"

#include <unicode/ucnv.h>
#include <unicode/unistr.h>

#include <array>

#include "indexer/base/refusal.h"
#include "indexer/base/text.h"

namespace tidings {

Decoder::Decoder() : utf16_(nullptr, [](UConverter* converter) { ucnv_close(converter); }) {}
Decoder::~Decoder() = default;

std::string Decoder::pass(std::string_view bytes, bool last) {
  std::string joined;
  if (!begun_) {
    head_.append(bytes);
    if (head_.size() < 3 && !last) return "";
    begun_ = true;
    joined = std::move(head_);
    bytes = joined;
    UErrorCode status = U_ZERO_ERROR;
    if (bytes.starts_with("\xFF\xFE"))
      utf16_.reset(ucnv_open("UTF-16LE", &status));
    else if (bytes.starts_with("\xFE\xFF"))
      utf16_.reset(ucnv_open("UTF-16BE", &status));
    if (utf16_)
      bytes.remove_prefix(2);
    else if (bytes.starts_with("\xEF\xBB\xBF"))
      bytes.remove_prefix(3);
  }
  if (!utf16_) return std::string(bytes);

  std::string utf8;
  const char* source = bytes.data();
  const char* end = source + bytes.size();
  for (UErrorCode status = U_BUFFER_OVERFLOW_ERROR; status == U_BUFFER_OVERFLOW_ERROR;) {
    std::array<UChar, 4096> room{};
    UChar* target = room.data();
    status = U_ZERO_ERROR;
    ucnv_toUnicode(utf16_.get(), &target, room.data() + room.size(), &source, end, nullptr, last, &status);
    icu::UnicodeString(room.data(), static_cast<int32_t>(target - room.data())).toUTF8String(utf8);
  }
  return utf8;
}

std::string Decoder::decode(std::string_view line) {
  if (!invalid_utf8_at(line)) return std::string(line);
  try {
    std::string text = to_utf8(line);
    windows_1251_ = true;
    return text;
  } catch (const Refusal&) {
    if (!windows_1251_) throw;
  }
  // Too short to be told by itself, but the file has shown what it is written in.
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UConverter, decltype(&ucnv_close)> converter(ucnv_open("windows-1251", &status), &ucnv_close);
  std::string text;
  icu::UnicodeString(line.data(), static_cast<int32_t>(line.size()), converter.get(), status).toUTF8String(text);
  return text;
}

}  // namespace tidings
