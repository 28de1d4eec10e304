// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/desk/attachment_desk.h"

#include "indexer/base/refusal.h"
#include "indexer/ledger/insights.h"
#include "indexer/ledger/reach.h"
#include "server/desk/rights.h"

namespace tidings {

Attachment AttachmentDesk::add(InsightId insight, const std::string& name, const std::string& type,
                               const std::string& bytes) {
  require(actor_, Right::log_insights);
  require_reached(session_, actor_, "insight", insight);
  Attachment attachment;
  attachment.insight = insight;
  attachment.name = name;
  attachment.type = type;
  return Attachments(session_).add(attachment, bytes, actor_);
}

void AttachmentDesk::remove(AttachmentId id) {
  require(actor_, Right::log_insights);
  require_reached(session_, actor_, "attachment", id);
  Attachments attachments(session_);
  const Attachment attachment = attachments.find(id);
  if (attachment.by != actor_.name && Insights(session_).find(attachment.insight).author != actor_.name)
    require(actor_, Right::lead);
  attachments.remove(id, actor_);
}

}  // namespace tidings
