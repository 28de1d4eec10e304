// SPDX-License-Identifier: GPL-3.0-or-later
// What leads read once a month: tables that a page prints and a spreadsheet opens.
#pragma once

#include <string>

#include "indexer/ledger/session.h"
#include "indexer/model/user.h"
#include "server/accounts/book.h"

namespace tidings {

class ReportDesk {
 public:
  ReportDesk(Session& session, const Actor& actor) : session_(session), actor_(actor) {}

  // {month, as_of, tables: [{name, of, columns, rows}]}, for leads. `of` is "today" for key clients, silence and
  // single-source risk, which stand as of the day of reading, and "month" for the rest:
  //   key_clients   client, owner, share (of the revenue), last (contact), days (since), rhythm, call_by, why
  //   single_source client, contact, contact_share, sole_foresights, author, author_share; where either share is at
  //                 least the criteria's sole_share; the greatest first
  //   foresights    industry, notes, witnesses (independent), answered, before (notes in the month before)
  //   loop          queue, answered, told, told_rate, hours_to_answer, hours_to_tell; the hours are medians, from
  //                 keeping the note to its first answer and on to the first telling
  //   authors       author, answered, told, told_rate, hours_to_tell
  // Each row is {cells, find}: `find` is the search that shows the notes behind it. The month is as YYYY-MM; answers
  // and foresights belong to the month (UTC) in which they were given or said. Refusal: forbidden, invalid (/month).
  json report(const AccountBook::States& states, const std::string& month) const;
  // One of its tables as CSV (RFC 4180, with a row of names); text that a spreadsheet would take for a formula begins
  // with an apostrophe. Refusal: not_found.
  std::string csv(const AccountBook::States& states, const std::string& month, const std::string& table) const;

 private:
  Session& session_;
  const Actor& actor_;
};

}  // namespace tidings
