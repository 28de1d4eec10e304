// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/imports.h"

#include <fmt/format.h>

#include "indexer/reading/importer.h"
#include "server/desk/rights.h"
#include "server/http/limits.h"

namespace tidings {
namespace {

Format format_of(const std::string& content_type) {
  if (content_type.starts_with("application/x-ndjson")) return Format::ndjson;
  if (content_type.starts_with("text/csv")) return Format::csv;
  throw Refusal(Code::unsupported, "send application/x-ndjson or text/csv");
}

// map=body:Комментарий, repeated: which column gives which member.
std::map<std::string, std::string> columns_of(const std::vector<std::string>& pairs) {
  std::map<std::string, std::string> columns;
  for (const std::string& pair : pairs) {
    const auto at = pair.find(':');
    if (at == std::string::npos || at == 0) throw invalid("?map", "takes member:column");
    columns[pair.substr(0, at)] = pair.substr(at + 1);
  }
  return columns;
}

}  // namespace

Reply import_stream(Context& context, const httplib::ContentReader& reader) {
  require(context.actor, Right::lead);
  Parameters parameters = context.parameters();
  ImportOptions options;
  options.create_clients = parameters.flag("create_clients");
  options.dry_run = parameters.flag("dry_run");
  options.may_make_users = may(context.actor.role, Right::manage_people);
  ReadOptions read_options;
  read_options.columns = columns_of(parameters.values("map"));
  parameters.finish();
  read_options.format = format_of(context.request.get_header_value("Content-Type"));
  if (context.request.get_header_value<std::uint64_t>("Content-Length") > kMaxImportBody)
    throw Refusal(Code::too_large, fmt::format("an import may have {} bytes; send it in parts", kMaxImportBody));

  Reply reply;
  reply.type = "application/x-ndjson";
  std::int64_t kept = 0;
  std::int64_t last_line = 0;
  Importer importer(context.parts.ledger, options, context.actor, [&](const ImportOutcome& outcome) {
    reply.text += json(outcome).dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
    last_line = outcome.line;
    kept += outcome.status == ImportStatus::kept;
  });
  const auto records = make_reader(read_options, [&](Record record) { importer.add(std::move(record)); });

  Connection* connection = Connection::current();
  connection->close_after_reply();  // until all of it was read
  connection->begin_body(kMaxImportBody, kImportTime);
  std::size_t bytes = 0;
  std::string broken_off;
  try {
    const bool read = reader([&](const char* data, std::size_t size) {
      bytes += size;
      if (bytes > kMaxImportBody) return false;
      records->feed({data, size});
      return true;
    });
    if (read) {
      records->finish();
      connection->keep_after_reply();
    } else {
      broken_off = bytes > kMaxImportBody ? fmt::format("the import is longer than {} bytes", kMaxImportBody)
                                          : "the stream broke off";
    }
    importer.flush();
  } catch (const Refusal& refusal) {
    // What was acknowledged so far is durable and is told; what was in hand is not kept.
    if (reply.text.empty()) throw;
    broken_off = refusal.detail();
  }
  if (!broken_off.empty())
    reply.text +=
        json(ImportOutcome{
                 last_line + 1, ImportStatus::refused, {}, {{"", broken_off + "; send from this line again"}}, json()})
            .dump() +
        "\n";
  context.parts.metrics.count_kept(kept);
  if (reply.text.empty()) reply.text = "\n";
  return reply;
}

}  // namespace tidings
