// SPDX-License-Identifier: GPL-3.0-or-later
// Changes that clients foresee, as people gathered them: merging two themes is a new one with the terms of both.
#pragma once

#include <string>
#include <vector>

#include "indexer/base/json.h"
#include "indexer/ledger/session.h"
#include "indexer/model/user.h"

namespace tidings {

// Takes every foresight that holds one of its terms (words, or two neighbouring words).
struct KeptTheme {
  std::int64_t id = 0;
  std::int64_t version = 1;
  std::string title;
  std::vector<std::string> terms;
  std::string by;
  Time created_at{};
};
void to_json(json& out, const KeptTheme& theme);
void update(KeptTheme& theme, const json& in);

class Themes {
 public:
  explicit Themes(Session& session) : session_(session) {}

  KeptTheme create(KeptTheme theme, const Actor& by);
  KeptTheme change(KeptTheme theme, const Actor& by);  // Refusal: stale
  void remove(std::int64_t id, const Actor& by);       // Refusal: not_found
  KeptTheme find(std::int64_t id) const;               // Refusal: not_found
  std::vector<KeptTheme> list() const;                 // the oldest first

 private:
  Session& session_;
};

}  // namespace tidings
