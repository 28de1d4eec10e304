// SPDX-License-Identifier: GPL-3.0-or-later
// Files of insights, and what somebody has begun to write.
#include "indexer/ledger/attachments.h"

#include <fmt/format.h>

#include "indexer/base/text.h"
#include "indexer/ledger/unsent.h"
#include "indexer/model/schema.h"
#include "indexer/reading/attached_file.h"
#include "server/desk/attachment_desk.h"
#include "server/http/handlers.h"

namespace tidings {
namespace {

constexpr std::size_t kLongestUnsent = 64 << 10;
constexpr std::size_t kLongestUnsentName = 100;

// RFC 6266 and 8187: whatever the name holds, it cannot end the header.
std::string disposition(bool shown, const std::string& name) {
  std::string encoded;
  for (const char letter : name) {
    const auto byte = static_cast<unsigned char>(letter);
    const bool plain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
                       letter == '.' || letter == '-' || letter == '_';
    encoded += plain ? std::string(1, letter) : fmt::format("%{:02X}", byte);
  }
  return fmt::format("{}; filename*=UTF-8''{}", shown ? "inline" : "attachment", encoded);
}

const std::string& unsent_name(const Context& context) {
  const std::string& name = context.words[0];
  if (name.size() > kLongestUnsentName || invalid_utf8_at(name))
    throw Refusal(Code::invalid, fmt::format("a name has at most {} bytes of UTF-8", kLongestUnsentName));
  return name;
}

}  // namespace

Reply add_attachment(Context& context) {
  Parameters parameters = context.parameters();
  const std::string name = safe_file_name(parameters.text("name", 1000));
  parameters.finish();
  const AttachedFile file = read_attached_file(context.body);
  return context.write([&](Session& session) {
    return created(AttachmentDesk(session, context.actor).add(context.id(), name, file.type, file.bytes));
  });
}

Reply get_attachment(Context& context) {
  const auto [attachment, bytes] = context.read([&](Session& session) {
    const Attachments attachments(session);
    return std::pair(attachments.find(context.id()), attachments.bytes(context.id()));
  });
  Reply reply;
  // Whatever a browser makes of it, it runs nothing and reaches nothing.
  reply.headers = {{"Content-Security-Policy", "default-src 'none'; sandbox"},
                   {"Content-Disposition", disposition(attachment.type.starts_with("image/"), attachment.name)},
                   {"Cache-Control", "private, no-cache"},
                   {"ETag", '"' + attachment.hash.substr(0, 32) + '"'}};
  if (context.request.get_header_value("If-None-Match") == reply.headers["ETag"]) {
    reply.status = 304;
    return reply;
  }
  reply.text = bytes;
  reply.type = attachment.type;
  return reply;
}

Reply remove_attachment(Context& context) {
  return context.write([&](Session& session) {
    AttachmentDesk(session, context.actor).remove(context.id());
    return nothing();
  });
}

Reply get_unsent(Context& context) {
  const auto unsent =
      context.read([&](Session& session) { return Unsent(session).find(context.actor.name, unsent_name(context)); });
  if (!unsent) throw Refusal(Code::not_found, "nothing unsent is kept under this name");
  return thing({{"text", unsent->text}, {"at", to_string(unsent->at)}});
}

Reply keep_unsent(Context& context) {
  const json body = context.read_body();
  record_schema("unsent").require(body);
  const auto& text = body["text"].get_ref<const std::string&>();
  if (text.size() > kLongestUnsent)
    throw Refusal(Code::too_large, fmt::format("an unsent text has at most {} bytes", kLongestUnsent));
  return context.write([&](Session& session) {
    Unsent(session).keep(context.actor.name, unsent_name(context), text);
    return nothing();
  });
}

}  // namespace tidings
