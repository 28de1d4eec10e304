// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/sending/outbound.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>

#include "indexer/base/refusal.h"
#include "server/sending/addresses.h"

namespace tidings {
namespace {

constexpr std::size_t kMaxAnswer = 1 << 20;

curl_socket_t open_public(void* refused, curlsocktype, curl_sockaddr* address) {
  if (!is_public(&address->addr)) {
    *static_cast<bool*>(refused) = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::size_t take(char* bytes, std::size_t size, std::size_t count, void* to) {
  std::string& all = *static_cast<std::string*>(to);
  if (all.size() + size * count > kMaxAnswer) return 0;
  all.append(bytes, size * count);
  return size * count;
}

}  // namespace

void bound_transfer(CURL* easy, const std::string& url, bool private_too, bool* refused) {
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(kOutboundTime.count()));
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(kConnectTime.count()));
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "Tidings");
  if (private_too) return;
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_public);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, refused);
}

std::string ask(const Asked& asked, bool private_too) {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);  // once, before threads use it
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy(started == CURLE_OK ? curl_easy_init() : nullptr,
                                                                 curl_easy_cleanup);
  if (!easy) throw Refusal(Code::broken, "libcurl cannot start");
  bool refused = false;
  std::string body;
  bound_transfer(easy.get(), asked.url, private_too, &refused);
  curl_slist* list = nullptr;
  for (const auto& [name, value] : asked.headers) list = curl_slist_append(list, (name + ": " + value).c_str());
  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(list, curl_slist_free_all);
  curl_easy_setopt(easy.get(), CURLOPT_HTTPHEADER, list);
  if (!asked.form.empty()) curl_easy_setopt(easy.get(), CURLOPT_POSTFIELDS, asked.form.c_str());
  if (!asked.user.empty()) {
    curl_easy_setopt(easy.get(), CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    curl_easy_setopt(easy.get(), CURLOPT_USERNAME, asked.user.c_str());
    curl_easy_setopt(easy.get(), CURLOPT_PASSWORD, asked.password.c_str());
  }
  curl_easy_setopt(easy.get(), CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, &body);
  const CURLcode result = curl_easy_perform(easy.get());
  long status = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
  if (refused) throw Refusal(Code::unavailable, fmt::format("{} has a private address", asked.url));
  if (result != CURLE_OK)
    throw Refusal(Code::unavailable, fmt::format("{} does not answer: {}", asked.url, curl_easy_strerror(result)));
  if (status != 200) throw Refusal(Code::unavailable, fmt::format("{} answers with status {}", asked.url, status));
  return body;
}

std::string percent_encoded(const std::string& text) {
  std::string out;
  for (const unsigned char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~';
    out += plain ? std::string(1, static_cast<char>(c)) : fmt::format("%{:02X}", c);
  }
  return out;
}

}  // namespace tidings
