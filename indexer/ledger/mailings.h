// SPDX-License-Identifier: GPL-3.0-or-later
// How far people's mail has come, and the secret addresses of their calendars. None of it is in the feed.
#pragma once

#include <optional>
#include <string>

#include "indexer/ledger/session.h"
#include "indexer/model/user.h"

namespace tidings {

struct Mailed {
  std::int64_t until = 0;  // the last notification that was mailed, or was there before mail was wanted
  Time at{};               // when the last mail with notices was sent
  std::int64_t week = 0;   // of the last summary, counted from 1970
};

class Mailings {
 public:
  explicit Mailings(Session& session) : session_(session) {}

  // Nothing for somebody who was never mailed.
  std::optional<Mailed> of(const std::string& user) const;
  void set(const std::string& user, const Mailed& mailed);
  // True if nobody else is sending to `user`; until `until` nobody else will.
  bool take(const std::string& user, Time until);

 private:
  Session& session_;
};

class CalendarAddresses {
 public:
  explicit CalendarAddresses(Session& session) : session_(session) {}

  // A new secret; the one before is no longer good. Only its digest is kept.
  std::string renew(const std::string& user);
  void remove(const std::string& user);
  // The active user whose secret this is.
  std::optional<User> user_of(const std::string& secret) const;

 private:
  Session& session_;
};

}  // namespace tidings
