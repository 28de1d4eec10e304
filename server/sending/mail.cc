// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/sending/mail.h"

#include <curl/curl.h>
#include <gmime/gmime.h>

#include <memory>
#include <mutex>

#include "indexer/base/refusal.h"

namespace tidings {
namespace {

struct Unref {
  void operator()(gpointer object) const { g_object_unref(object); }
};
template <class T>
using Owned = std::unique_ptr<T, Unref>;

// Addresses are taken as they are; nothing in them may begin a new header.
void require_address(const std::string& address) {
  if (address.empty() || address.find_first_of("\r\n<> ") != std::string::npos ||
      address.find('@') == std::string::npos)
    throw Refusal(Code::invalid, "\"" + address + "\" is no mail address");
}

struct Reading {
  const std::string& bytes;
  std::size_t at = 0;
};

std::size_t read_on(char* to, std::size_t size, std::size_t count, void* from) {
  Reading& reading = *static_cast<Reading*>(from);
  const std::size_t part = reading.bytes.copy(to, size * count, reading.at);
  reading.at += part;
  return part;
}

}  // namespace

std::string to_wire(const Mail& mail) {
  require_address(mail.from);
  require_address(mail.to);
  static std::once_flag started;
  std::call_once(started, [] { g_mime_init(); });
  const Owned<GMimeMessage> message(g_mime_message_new(TRUE));
  g_mime_message_add_mailbox(message.get(), GMIME_ADDRESS_TYPE_FROM, "Tidings", mail.from.c_str());
  g_mime_message_add_mailbox(message.get(), GMIME_ADDRESS_TYPE_TO, mail.to_name.c_str(), mail.to.c_str());
  g_mime_message_set_subject(message.get(), mail.subject.c_str(), "utf-8");
  const std::string id = mail.id + mail.from.substr(mail.from.find('@'));
  g_mime_message_set_message_id(message.get(), id.c_str());
  GDateTime* at = g_date_time_new_from_unix_utc(to_millis(mail.at) / 1000);
  g_mime_message_set_date(message.get(), at);
  g_date_time_unref(at);
  auto* headers = GMIME_OBJECT(message.get());
  g_mime_object_set_header(headers, "Auto-Submitted", "auto-generated", nullptr);
  g_mime_object_set_header(headers, "Content-Language", mail.language.c_str(), nullptr);
  const Owned<GMimeTextPart> text(g_mime_text_part_new());
  g_mime_text_part_set_charset(text.get(), "utf-8");
  g_mime_text_part_set_text(text.get(), mail.text.c_str());
  g_mime_part_set_content_encoding(GMIME_PART(text.get()), GMIME_CONTENT_ENCODING_BASE64);
  g_mime_message_set_mime_part(message.get(), GMIME_OBJECT(text.get()));
  GMimeFormatOptions* format = g_mime_format_options_new();
  g_mime_format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS);
  char* wire = g_mime_object_to_string(headers, format);
  g_mime_format_options_free(format);
  std::string bytes = wire;
  g_free(wire);
  return bytes;
}

void send(const Mail& mail, const SmtpServer& server) {
  const std::string bytes = to_wire(mail);
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy(curl_easy_init(), curl_easy_cleanup);
  if (!easy) throw Refusal(Code::unavailable, "libcurl cannot start");
  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> to(curl_slist_append(nullptr, mail.to.c_str()),
                                                                       curl_slist_free_all);
  Reading reading{bytes};
  curl_easy_setopt(easy.get(), CURLOPT_URL, server.url.c_str());
  curl_easy_setopt(easy.get(), CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(easy.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(easy.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(kMailTime.count()));
  curl_easy_setopt(easy.get(), CURLOPT_USE_SSL,
                   static_cast<long>(server.user.empty() ? CURLUSESSL_TRY : CURLUSESSL_ALL));
  if (!server.user.empty()) {
    curl_easy_setopt(easy.get(), CURLOPT_USERNAME, server.user.c_str());
    curl_easy_setopt(easy.get(), CURLOPT_PASSWORD, server.password.c_str());
  }
  curl_easy_setopt(easy.get(), CURLOPT_MAIL_FROM, mail.from.c_str());
  curl_easy_setopt(easy.get(), CURLOPT_MAIL_RCPT, to.get());
  curl_easy_setopt(easy.get(), CURLOPT_READFUNCTION, read_on);
  curl_easy_setopt(easy.get(), CURLOPT_READDATA, &reading);
  curl_easy_setopt(easy.get(), CURLOPT_UPLOAD, 1L);
  const CURLcode result = curl_easy_perform(easy.get());
  if (result == CURLE_OK) return;
  long status = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
  throw Refusal(Code::unavailable, std::string("the mail server did not take it: ") + curl_easy_strerror(result) +
                                       (status > 0 ? " (" + std::to_string(status) + ")" : ""));
}

}  // namespace tidings
