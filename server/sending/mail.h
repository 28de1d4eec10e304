// SPDX-License-Identifier: GPL-3.0-or-later
// One mail, written by GMime and sent by libcurl.
#pragma once

#include <string>

#include "indexer/base/clock.h"

namespace tidings {

struct Mail {
  std::string from;  // an address
  std::string to;
  std::string to_name;
  std::string subject;
  std::string text;
  std::string language;  // "en", "ru"
  std::string id;        // unique; what stands before the @ of Message-ID
  Time at{};
};

// As it goes over the wire (RFC 5322, MIME, CRLF). Throws Refusal: invalid (an address that is none).
std::string to_wire(const Mail& mail);

struct SmtpServer {
  std::string url;  // smtp://HOST:PORT or smtps://HOST:PORT
  std::string user, password;
};

// Sends it; with a user's name only over TLS, else over TLS where the server has it. At most kMailTime. Throws Refusal:
// unavailable, with the reason.
void send(const Mail& mail, const SmtpServer& server);
constexpr Millis kMailTime{30'000};

}  // namespace tidings
