// SPDX-License-Identifier: GPL-3.0-or-later
// What the loop still wants after the answer: clients to be told, asked again, and asked whether what they foresaw came
// about; and how right foresights were.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "indexer/ledger/session.h"
#include "indexer/model/insight.h"

namespace tidings {

// An answered work: whose it is, when its note was kept, when it was answered first, and when the client was told, if
// so.
struct AnsweredWork {
  std::string queue, author, client;
  Time kept_at{}, answered_at{};
  std::optional<Time> told_at;
};

// Something that a rep has to do about an insight since `since`.
struct FollowUp {
  enum class What { reply, tell, ask_again, outcome } what = What::tell;
  InsightId insight = 0;
  WorkId work = 0;  // 0: none
  std::string author, owner, client, title, queue;
  Time since{};
  std::int64_t of = 0;  // reply: the event that asks; tell: the answer; ask_again: the telling
};
template <>
struct Names<FollowUp::What> {
  static constexpr std::pair<FollowUp::What, std::string_view> all[] = {{FollowUp::What::reply, "reply"},
                                                                        {FollowUp::What::tell, "tell"},
                                                                        {FollowUp::What::ask_again, "ask_again"},
                                                                        {FollowUp::What::outcome, "outcome"}};
};

// A foresight whose outcome is known.
struct Judged {
  std::string name;  // of whom it is asked about
  std::optional<double> likelihood;
  bool happened = false;
  Day foreseen_from{};
  std::optional<Day> happened_on;
  Time recorded_at{};
};

class FollowUps {
 public:
  explicit FollowUps(Session& session) : session_(session) {}

  // Works whose first answer came at `since` or later, the latest first.
  std::vector<AnsweredWork> answered_since(Time since, int limit) const;

  // What `user` has to do as the author of the insight or the owner of the client, the longest waiting first; of
  // everybody for an empty name. A client is asked again once the queue's ask_again_days have gone by, at most for a
  // year; about an outcome from the day after the window, at most for a year.
  std::vector<FollowUp> of(FollowUp::What what, const std::string& user, int limit) const;
  // The same for which nobody was given a notice with this reason yet; of what is to be asked or told, that which waits
  // for the queue's ask_again_days.
  std::vector<FollowUp> unnoticed(FollowUp::What what, int limit) const;
  // "ask_again:17", "outcome": the reason of its notice.
  static std::string reason(const FollowUp& follow_up);

  // Foresights with a known outcome, named by "author", "client" or "contact". Refusal: invalid.
  std::vector<Judged> judged(const std::string& by, int limit) const;

 private:
  std::vector<FollowUp> select(FollowUp::What what, const std::string& user, bool only_unnoticed, int limit) const;
  Session& session_;
};

}  // namespace tidings
