// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/ledger/attachments.h"

#include <fmt/format.h>

#include "indexer/base/secrets.h"
#include "indexer/ledger/feed.h"
#include "indexer/ledger/insights.h"
#include "indexer/ledger/sql.h"

namespace tidings {
namespace {

template <class... Uses>
std::vector<Attachment> attachments_where(soci::session& sql, const std::string& condition, const Uses&... uses) {
  std::vector<Attachment> all;
  Attachment each;
  std::int64_t at = 0;
  for_each_row(
      sql,
      "select id, insight, name, type, size, hash, by_name, at from attachment where " + condition + " order by id",
      std::tie(each.id, each.insight, each.name, each.type, each.size, each.hash, each.by, at), std::tie(uses...), [&] {
        each.at = from_millis(at);
        all.push_back(each);
      });
  return all;
}

}  // namespace

Attachment Attachments::add(Attachment attachment, const std::string& bytes, const Actor& by) {
  return translated([&] {
    soci::session& sql = session_.sql();
    if (!Insights(session_).has(attachment.insight))
      throw Refusal(Code::not_found, fmt::format("there is no insight {}", attachment.insight));
    attachment.hash = sha256(bytes);
    const std::vector<Attachment> there = of(attachment.insight);
    for (const Attachment& each : there)
      if (each.hash == attachment.hash) return each;
    if (there.size() >= kMostOfInsight)
      throw Refusal(Code::too_large, fmt::format("an insight has {} files at most", kMostOfInsight));
    attachment.size = static_cast<std::int64_t>(bytes.size());
    attachment.by = by.name;
    attachment.at = session_.now();
    const std::int64_t at = to_millis(attachment.at);
    soci::blob blob(sql);
    blob.append(bytes.data(), bytes.size());
    sql << "insert into attachment (insight, name, type, size, hash, by_name, at, bytes) values (:insight, :name, "
           ":type, :size, :hash, :by, :at, :bytes) returning id",
        use(attachment.insight), use(attachment.name), use(attachment.type), use(attachment.size), use(attachment.hash),
        use(attachment.by), use(at), use(blob), into(attachment.id);
    Feed(session_).append(by, "attachment.added", subject("insight", attachment.insight), attachment);
    return attachment;
  });
}

void Attachments::remove(AttachmentId id, const Actor& by) {
  translated([&] {
    const Attachment removed = find(id);
    session_.sql() << "delete from attachment where id = :id", use(id);
    Feed(session_).append(by, "attachment.removed", subject("insight", removed.insight), removed);
  });
}

Attachment Attachments::find(AttachmentId id) const {
  const auto found = translated([&] { return attachments_where(session_.sql(), "id = :id", id); });
  if (found.empty()) throw Refusal(Code::not_found, fmt::format("there is no attachment {}", id));
  return found.front();
}

std::string Attachments::bytes(AttachmentId id) const {
  return translated([&] {
    soci::session& sql = session_.sql();
    soci::blob blob(sql);
    sql << "select bytes from attachment where id = :id", use(id), into(blob);
    if (!sql.got_data()) throw Refusal(Code::not_found, fmt::format("there is no attachment {}", id));
    std::string bytes(blob.get_len(), '\0');
    blob.read(0, bytes.data(), bytes.size());
    return bytes;
  });
}

std::vector<Attachment> Attachments::of(InsightId insight) const {
  return translated([&] { return attachments_where(session_.sql(), "insight = :insight", insight); });
}

std::vector<Attachment> Attachments::of_contact(ContactId contact) const {
  return translated([&] {
    return attachments_where(session_.sql(),
                             "insight in (select insight from insight_contact where contact = :contact)", contact);
  });
}

}  // namespace tidings
