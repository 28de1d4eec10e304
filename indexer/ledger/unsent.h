// SPDX-License-Identifier: GPL-3.0-or-later
// What somebody has begun to write and not sent: kept for them alone, by a name of the page's choosing. No events.
#pragma once

#include <optional>
#include <string>

#include "indexer/ledger/session.h"

namespace tidings {

struct UnsentText {
  std::string text;
  Time at{};
};

class Unsent {
 public:
  static constexpr int kMostOfOne = 100;  // of one person; the oldest give way
  static constexpr std::chrono::days kKept{60};

  explicit Unsent(Session& session) : session_(session) {}

  std::optional<UnsentText> find(const std::string& user, const std::string& name) const;
  void keep(const std::string& user, const std::string& name, const std::string& text);  // an empty text is forgotten

 private:
  Session& session_;
};

}  // namespace tidings
