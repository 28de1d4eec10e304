// SPDX-License-Identifier: GPL-3.0-or-later
// A file that belongs to an insight: a photo of the machine, the client's drawing.
#pragma once

#include <cstdint>
#include <string>

#include "indexer/base/clock.h"
#include "indexer/base/json.h"
#include "indexer/model/insight.h"

namespace tidings {

using AttachmentId = std::int64_t;

struct Attachment {
  AttachmentId id = 0;
  InsightId insight = 0;
  std::string name;  // to save it under; no folder in it
  std::string type;  // a media type, by what is in it
  std::int64_t size = 0;
  std::string hash;  // SHA-256 of its bytes, hexadecimal
  std::string by;
  Time at{};
};
void to_json(json& out, const Attachment& attachment);

}  // namespace tidings
