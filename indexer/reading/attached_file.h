// SPDX-License-Identifier: GPL-3.0-or-later
// A file that somebody attaches, read with suspicion: typed by what is in it, and without what a camera wrote beside
// the picture.
#pragma once

#include <string>
#include <string_view>

namespace tidings {

struct AttachedFile {
  std::string type;  // one of those below, whatever the name ends in
  std::string bytes;
};

// Accepted: JPEG, PNG, WebP and GIF; PDF; plain text and CSV; documents, sheets and slides of OOXML and OpenDocument.
// Photos (JPEG, PNG, WebP) lose their metadata: place, time, device, author, previews, and what follows the picture;
// which side is up and the colours stay. Documents stay as they are. Any thread.
// Throws Refusal: unsupported (another type, or a photo that cannot be read), invalid (empty).
AttachedFile read_attached_file(std::string bytes);

// The last part of a path, without control characters, as a name to save under; "file" if nothing is left. At most 120
// bytes, and UTF-8 if `name` is.
std::string safe_file_name(std::string_view name);

}  // namespace tidings
