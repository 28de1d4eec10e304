// SPDX-License-Identifier: GPL-3.0-or-later
// Files on insights: who adds them, who takes them away. Who reaches an insight reaches its files.
#pragma once

#include "indexer/ledger/attachments.h"

namespace tidings {

class AttachmentDesk {
 public:
  AttachmentDesk(Session& session, const Actor& actor) : session_(session), actor_(actor) {}

  // `bytes` and `type` as read_attached_file gives them. The attachment, new or known.
  // Refusal: not_found, forbidden, too_large (the insight has many).
  Attachment add(InsightId insight, const std::string& name, const std::string& type, const std::string& bytes);
  // By who added it or wrote the insight, or by a lead. Refusal: not_found, forbidden.
  void remove(AttachmentId id);

 private:
  Session& session_;
  const Actor& actor_;
};

}  // namespace tidings
