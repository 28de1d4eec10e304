// SPDX-License-Identifier: GPL-3.0-or-later
// What notes say about the questions that we should be able to answer about a client, as people judged it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "indexer/ledger/session.h"
#include "indexer/model/insight.h"
#include "indexer/model/user.h"

namespace tidings {

enum class Verdict { confirmed, dismissed };
template <>
struct Names<Verdict> {
  static constexpr std::pair<Verdict, std::string_view> all[] = {{Verdict::confirmed, "confirmed"},
                                                                 {Verdict::dismissed, "dismissed"}};
};

struct Finding {
  std::int64_t id = 0;
  ClientId client = 0;
  std::optional<ContactId> contact;  // whom the question is about
  std::string question;              // by name
  std::optional<InsightId> insight;  // the note that says it; nothing if somebody just knows
  std::string sentence;
  Day said_on{};
  Verdict judgement = Verdict::confirmed;
  std::string by;
  Time at{};
};
void to_json(json& out, const Finding& finding);

class Findings {
 public:
  explicit Findings(Session& session) : session_(session) {}

  // A judgement of the same note, question and contact takes the place of the one before.
  Finding keep(Finding finding, const Actor& by);
  std::vector<Finding> of(ClientId client) const;  // what was said last comes first

 private:
  Session& session_;
};

}  // namespace tidings
