// SPDX-License-Identifier: GPL-3.0-or-later
// schemas/openapi.yaml as a judge: is this an answer that the document promises?
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "indexer/base/json.h"
#include "indexer/model/schema.h"

namespace tidings {

class Contract {
 public:
  // Read once for all tests. Any thread.
  static Contract& of_the_api();

  // Fails the running test if the path, method, status, type or body is not in the document.
  void judge(const std::string& method, const std::string& path, int status, const std::string& type,
             const std::string& body);

  const json& document() const { return document_; }

 private:
  Contract();
  const json* find_path(const std::string& path, std::string& pattern) const;
  const json& resolved(const json& node) const;

  json document_;
  std::mutex compiling_;  // guards compiled_
  std::map<std::string, std::unique_ptr<Schema>> compiled_;
};

}  // namespace tidings
