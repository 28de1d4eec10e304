// SPDX-License-Identifier: GPL-3.0-or-later
// What the base was told to do otherwise than by default: JSON by name.
#pragma once

#include <optional>
#include <string>

#include "indexer/base/json.h"
#include "indexer/ledger/session.h"
#include "indexer/model/user.h"

namespace tidings {

class Settings {
 public:
  explicit Settings(Session& session) : session_(session) {}

  std::optional<json> find(const std::string& name) const;
  void set(const std::string& name, const json& value, const Actor& by);  // with its event

 private:
  Session& session_;
};

}  // namespace tidings
