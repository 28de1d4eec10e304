// SPDX-License-Identifier: GPL-3.0-or-later
// Answers in the ledger: what technical service replied, reused, doubted, mended and looked at again.
#pragma once

#include <string>
#include <vector>

#include "indexer/ledger/session.h"
#include "indexer/model/user.h"
#include "indexer/model/work.h"

namespace tidings {

class Answers {
 public:
  explicit Answers(Session& session) : session_(session) {}

  // Keeps a new answer and gives it its id and review date: that of the answer it repeats, else `review_days` from its
  // own. The act of answering writes the event.
  void keep(Answer& answer, int review_days);

  Answer find(AnswerId id) const;             // Refusal: not_found
  std::vector<Answer> of(WorkId work) const;  // oldest first
  // Answers that are flagged, or whose review date has come, and that nothing repeats: those first that are repeated
  // most.
  std::vector<Answer> doubtful(Day today, int offset, int limit) const;
  // The answers that repeat it, or that it repeats together with those that do: all that say the same.
  std::vector<Answer> same(const Answer& answer) const;

  // Marks an answer, and those that say the same, as doubtful. Refusal: conflict (it is flagged already).
  void flag(const Answer& answer, const std::string& reason, const Actor& by);
  // Says that it holds until `review_on`, in these words; takes a flag away. With other words than before, those that
  // say the same in the same words are mended too.
  void mend(const Answer& answer, const std::string& body, Day review_on, const Actor& by);

 private:
  Session& session_;
};

}  // namespace tidings
