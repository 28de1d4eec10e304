// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/reading/attached_file.h"

#include <fmt/format.h>
#include <magic.h>

#include <algorithm>
#include <exiv2/exiv2.hpp>
#include <memory>
#include <mutex>

#include "indexer/base/refusal.h"
#include "indexer/base/text.h"

namespace tidings {
namespace {

constexpr std::string_view kPhotos[] = {"image/jpeg", "image/png", "image/webp"};
constexpr std::string_view kOthers[] = {
    "image/gif",
    "application/pdf",
    "text/plain",
    "text/csv",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.presentation",
};

bool is_one_of(std::string_view type, const auto& types) {
  return std::find(std::begin(types), std::end(types), type) != std::end(types);
}

std::string type_of(const std::string& bytes) {
  const std::unique_ptr<magic_set, decltype(&magic_close)> magic(magic_open(MAGIC_MIME_TYPE), magic_close);
  if (!magic || magic_load(magic.get(), nullptr) != 0)
    throw Refusal(Code::unavailable, "types of files cannot be told: libmagic's database does not open");
  const char* type = magic_buffer(magic.get(), bytes.data(), bytes.size());
  return type ? type : "";
}

// The segments of a JPEG that draw the picture, and Exif, which is cleared before (ITU-T T.81, B.1; APP1 is Exif's,
// APP2 the colours', APP14 Adobe's way of storing them). What follows the end, such as a film or previews, is left out.
std::string drawing_of(const std::string& jpeg) {
  const auto byte = [&](std::size_t at) { return at < jpeg.size() ? static_cast<unsigned char>(jpeg[at]) : 0U; };
  std::string out = jpeg.substr(0, 2);
  for (std::size_t at = 2; at + 4 <= jpeg.size() && byte(at) == 0xFF;) {
    const unsigned marker = byte(at + 1);
    const std::size_t size = 2 + (byte(at + 2) << 8 | byte(at + 3));
    const std::string_view segment = std::string_view(jpeg).substr(at, size);
    const bool is_other = (marker >= 0xE3 && marker <= 0xEF && marker != 0xEE) || marker == 0xFE ||
                          (marker == 0xE2 && !segment.substr(4).starts_with("ICC_PROFILE"));
    if (!is_other) out += segment;
    at = std::min(at + size, jpeg.size());
    if (marker != 0xDA) continue;
    const std::size_t scan = at;  // FF in it is followed by 00 or a restart; anything else ends it
    while (at < jpeg.size() && !(byte(at) == 0xFF && byte(at + 1) != 0 && (byte(at + 1) & 0xF8) != 0xD0)) ++at;
    out += jpeg.substr(scan, at - scan);
    if (byte(at + 1) == 0xD9) break;
  }
  return out + "\xFF\xD9";
}

std::string without_metadata(const std::string& type, const std::string& photo) {
  static std::mutex one_at_a_time;  // Exiv2's XMP is not for several threads
  const std::lock_guard lock(one_at_a_time);
  try {
    Exiv2::LogMsg::setLevel(Exiv2::LogMsg::mute);
    const auto image =
        Exiv2::ImageFactory::open(reinterpret_cast<const Exiv2::byte*>(photo.data()), static_cast<long>(photo.size()));
    image->readMetadata();
    const auto side = image->exifData().findKey(Exiv2::ExifKey("Exif.Image.Orientation"));
    const long up = side == image->exifData().end() || side->count() == 0 ? 1 : side->toLong();
    image->clearExifData();
    image->clearIptcData();
    image->clearXmpPacket();
    image->clearXmpData();
    image->clearComment();
    if (up > 1 && up <= 8) image->exifData()["Exif.Image.Orientation"] = static_cast<std::uint16_t>(up);
    image->writeMetadata();
    Exiv2::BasicIo& io = image->io();
    if (io.open() != 0) throw Refusal(Code::unsupported, "the photo cannot be read");
    const Exiv2::DataBuf read = io.read(static_cast<long>(io.size()));
    const std::string bytes(reinterpret_cast<const char*>(read.pData_), static_cast<std::size_t>(read.size_));
    return type == "image/jpeg" ? drawing_of(bytes) : bytes;
  } catch (const Exiv2::AnyError&) {
    throw Refusal(Code::unsupported, "the photo is damaged and cannot be read");
  }
}

}  // namespace

AttachedFile read_attached_file(std::string bytes) {
  if (bytes.empty()) throw Refusal(Code::invalid, "the file is empty");
  AttachedFile file{type_of(bytes), std::move(bytes)};
  if (is_one_of(file.type, kPhotos))
    file.bytes = without_metadata(file.type, file.bytes);
  else if (!is_one_of(file.type, kOthers))
    throw Refusal(Code::unsupported,
                  fmt::format("a file of type {} is not taken; photos (JPEG, PNG, WebP, GIF), PDF, text, CSV and "
                              "documents of OOXML and OpenDocument are",
                              file.type.empty() ? "unknown" : file.type));
  return file;
}

std::string safe_file_name(std::string_view name) {
  constexpr std::size_t kLongest = 120;
  if (const std::size_t folder = name.find_last_of("/\\"); folder != std::string_view::npos)
    name.remove_prefix(folder + 1);
  std::string safe;
  for (const char letter : name)
    if (static_cast<unsigned char>(letter) >= 0x20 && letter != 0x7F) safe += letter;
  safe = cut(trim(safe), kLongest);
  return safe.empty() || safe == "." || safe == ".." ? "file" : safe;
}

}  // namespace tidings
