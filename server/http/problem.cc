// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/problem.h"

#include <zlib.h>

#include "indexer/base/text.h"

namespace tidings {
namespace {

const char* title_of(Code code) {
  switch (code) {
    case Code::invalid: return "The input breaks a rule";
    case Code::unauthenticated: return "Sign in first";
    case Code::forbidden: return "Not allowed";
    case Code::not_found: return "Not found";
    case Code::conflict: return "Not possible as things are";
    case Code::stale: return "Changed in the meantime";
    case Code::too_large: return "Too large";
    case Code::too_many: return "Too many at once";
    case Code::unsupported: return "Not a format that is read here";
    case Code::unavailable: return "Not just now";
    case Code::broken: return "Our fault";
  }
  return "Refused";
}

constexpr std::size_t kWorthPacking = 1024;  // less fits a packet anyway
constexpr int kPackingLevel = 5;             // of zlib: a page of hits of 19 KB in 0.3 ms, to a quarter

bool is_words(std::string_view type) {
  return type.starts_with("text/") || type.find("json") != std::string_view::npos ||
         type.starts_with("application/yaml") || type.starts_with("image/svg");
}

std::string packed(const std::string& bytes) {
  z_stream stream{};
  if (deflateInit2(&stream, kPackingLevel, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw Refusal(Code::unavailable, "there is no memory left to answer");
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib's type; it only reads
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace

Reply to_reply(const Refusal& refusal, const std::string& request_id) {
  Reply reply;
  reply.status = http_status(refusal.code());
  reply.type = "application/problem+json";
  const bool ours = refusal.code() == Code::broken;
  reply.body = {{"type", "about:blank"},
                {"title", title_of(refusal.code())},
                {"status", reply.status},
                {"code", to_string(refusal.code())},
                {"detail", ours ? "something broke on our side; tell whoever runs this server the request's number"
                                : refusal.detail()},
                {"errors", json::array()},
                {"request", request_id}};
  if (!ours)
    for (const Fault& fault : refusal.faults())
      reply.body["errors"].push_back({{"pointer", fault.pointer}, {"detail", fault.detail}});
  if (refusal.code() == Code::unavailable || refusal.code() == Code::too_many) reply.headers["Retry-After"] = "1";
  if (refusal.code() == Code::unauthenticated) reply.headers["WWW-Authenticate"] = "Bearer";
  return reply;
}

bool accepts(const httplib::Request& request, std::string_view coding) {
  for (const std::string& each : split(request.get_header_value("Accept-Encoding"), ',')) {
    const std::vector<std::string> parts = split(each, ';');
    if (parts.empty() || fold(parts[0]) != coding) continue;
    return parts.size() < 2 || fold(parts[1]).find_first_of("123456789") != std::string::npos;
  }
  return false;
}

std::size_t send(Reply reply, const httplib::Request& request, httplib::Response& response) {
  response.status = reply.status;
  std::string body = std::move(reply.text);
  if (body.empty() && !reply.body.is_null()) body = reply.body.dump(-1, ' ', false, json::error_handler_t::replace);
  const bool packs =
      body.size() >= kWorthPacking && is_words(reply.type) && !reply.headers.contains("Content-Encoding");
  if (packs) reply.headers["Vary"] = "Accept-Encoding";
  if (packs && accepts(request, "gzip")) {
    body = packed(body);
    reply.headers["Content-Encoding"] = "gzip";
  }
  for (const auto& [name, value] : reply.headers) response.set_header(name, value);
  const std::size_t size = body.size();
  if (size == 0) return 0;
  if (!request.has_header("Accept-Encoding")) {
    response.set_content(std::move(body), reply.type);
  } else {  // what is provided, httplib does not pack once more
    response.set_content_provider(
        size, reply.type, [body = std::move(body)](std::size_t offset, std::size_t length, httplib::DataSink& sink) {
          return sink.write(body.data() + offset, length);
        });
  }
  return size;
}

}  // namespace tidings
