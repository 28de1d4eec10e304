// SPDX-License-Identifier: GPL-3.0-or-later
// What clients see coming, and the themes that people gathered.
#pragma once

#include <optional>

#include "indexer/ledger/session.h"
#include "indexer/model/user.h"
#include "server/accounts/foresight_book.h"

namespace tidings {

class OutlookDesk {
 public:
  OutlookDesk(Session& session, const Actor& actor) : session_(session), actor_(actor) {}

  // {as_of, foresights, before, items: [theme with its latest insights], alone: {count, items}}; see
  // accounts/outlook.h.
  json outlook(const ForesightBook::Given& given) const;
  // {as_of, foresights, before, items: [{term, notes, before, witnesses, score, find}]}.
  json rising(const ForesightBook::Given& given) const;

  json themes() const;
  json create_theme(const json& body);
  json change_theme(std::int64_t id, const json& patch, std::optional<std::int64_t> version);
  void remove_theme(std::int64_t id);

 private:
  Session& session_;
  const Actor& actor_;
};

}  // namespace tidings
