// SPDX-License-Identifier: GPL-3.0-or-later
// Notices by mail for those who chose so, gathered: never one mail an event. And a summary once a week.
#pragma once

#include <functional>
#include <string>

#include "indexer/base/clock.h"
#include "indexer/base/stop.h"
#include "indexer/ledger/ledger.h"
#include "indexer/model/insight.h"
#include "indexer/model/user.h"
#include "server/sending/mail.h"

namespace tidings {

struct MailSettings {
  std::string from;
  std::string public_url;                          // of the pages, for links; none if empty
  Millis gathered{600'000};                        // so long the oldest notice of a mail has waited
  Millis between() const { return 6 * gathered; }  // from one mail with notices to the next, at least
};

// One thread; any number of mailers may share a ledger. A mail whose sending broke off may come twice, never not at
// all.
class Mailer {
 public:
  // `post` sends a mail or throws Refusal.
  Mailer(Ledger& ledger, const Clock& clock, MailSettings settings, std::function<void(const Mail&)> post)
      : ledger_(ledger), clock_(clock), settings_(std::move(settings)), post_(std::move(post)) {}

  // Until `stop`. What goes wrong is logged and tried again.
  void run(const Stop& stop);

  // Mails to everybody for whom it is time, in their working hours: notices of the chosen kinds that were not seen,
  // gathered as the settings say; the summary when a week (from Monday, in their time zone) has begun. How many mails.
  int step();

 private:
  bool mail_notices(const User& user);
  bool mail_digest(const User& user);
  // Sends `mail` unless another mailer is sending to the user; `done` notes it in a changing session.
  bool send_once(const User& user, Mail mail, const std::function<void(Session&)>& done);
  std::string link(InsightId insight) const;

  Ledger& ledger_;
  const Clock& clock_;
  MailSettings settings_;
  std::function<void(const Mail&)> post_;
};

}  // namespace tidings
