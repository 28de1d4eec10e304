// SPDX-License-Identifier: GPL-3.0-or-later
// Files that belong to insights. Each change writes its event, which tells what the file is and never its bytes.
#pragma once

#include <string>
#include <vector>

#include "indexer/ledger/session.h"
#include "indexer/model/attachment.h"
#include "indexer/model/user.h"

namespace tidings {

class Attachments {
 public:
  static constexpr std::size_t kMostOfInsight = 20;

  explicit Attachments(Session& session) : session_(session) {}

  // The attachment as kept; the same bytes on the same insight are kept once. Refusal: not_found (no such insight),
  // too_large (it has many already).
  Attachment add(Attachment attachment, const std::string& bytes, const Actor& by);
  void remove(AttachmentId id, const Actor& by);                // Refusal: not_found
  Attachment find(AttachmentId id) const;                       // Refusal: not_found
  std::string bytes(AttachmentId id) const;                     // Refusal: not_found
  std::vector<Attachment> of(InsightId insight) const;          // the first first
  std::vector<Attachment> of_contact(ContactId contact) const;  // of all insights that they are named in

 private:
  Session& session_;
};

}  // namespace tidings
