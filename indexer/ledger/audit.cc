// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/ledger/audit.h"

#include <fmt/format.h>

#include "indexer/base/secrets.h"
#include "indexer/ledger/attachments.h"
#include "indexer/ledger/dialect.h"
#include "indexer/ledger/feed.h"
#include "indexer/ledger/sql.h"

namespace tidings {
namespace {

// Every kept insight and placed work has its event, and no event speaks of one that is not there.
void compare(soci::session& sql, const std::string& table, const std::string& kind, std::vector<std::string>& faults) {
  int rows = 0, events = 0, matched = 0;
  sql << "select count(*) from " << table, into(rows);
  sql << "select count(*) from event where kind = :kind", use(kind), into(events);
  sql << "select count(*) from " << table << " t join event e on e.subject = '" << table
      << ":' || t.id and e.kind = :kind",
      use(kind), into(matched);
  if (rows != events || rows != matched)
    faults.push_back(
        fmt::format("{} rows of {}, {} events {}, {} that belong together", rows, table, events, kind, matched));
}

// The bytes of each attachment are those that were attached: the database's own check does not look into them.
void compare_attachments(Session& session, std::vector<std::string>& faults) {
  const Attachments attachments(session);
  std::vector<AttachmentId> ids;
  AttachmentId id = 0;
  for_each_row(session.sql(), "select id from attachment order by id", std::tie(id), std::tuple(),
               [&] { ids.push_back(id); });
  for (const AttachmentId each : ids) {
    const Attachment attachment = attachments.find(each);
    if (sha256(attachments.bytes(each)) != attachment.hash)
      faults.push_back(fmt::format("attachment {} of insight {} is not as it was attached", each, attachment.insight));
  }
}

}  // namespace

std::vector<std::string> audit(const Ledger& ledger, const std::string& url) {
  const auto dialect = dialect_for(url);
  return ledger.read([&](Session& session) {
    return translated([&] {
      std::vector<std::string> faults = dialect->check(session.sql());
      if (const auto fault = Feed(session).fault()) faults.push_back("the feed: " + *fault);
      compare(session.sql(), "insight", "insight.kept", faults);
      compare(session.sql(), "work", "work.placed", faults);
      compare(session.sql(), "client", "client.created", faults);
      compare_attachments(session, faults);
      return faults;
    });
  });
}

}  // namespace tidings
