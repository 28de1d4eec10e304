// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/model/attachment.h"

namespace tidings {

void to_json(json& out, const Attachment& attachment) {
  out = {{"id", attachment.id},     {"insight", attachment.insight}, {"name", attachment.name},
         {"type", attachment.type}, {"size", attachment.size},       {"hash", attachment.hash},
         {"by", attachment.by},     {"at", to_string(attachment.at)}};
}

}  // namespace tidings
