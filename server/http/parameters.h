// SPDX-License-Identifier: GPL-3.0-or-later
// The query part of a request: each parameter is asked for by name and checked; what nobody asked for is refused.
#pragma once

#include <httplib.h>

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "indexer/base/clock.h"
#include "indexer/model/names.h"

namespace tidings {

// All throw Refusal: invalid, naming the parameter, for a value that cannot be.
class Parameters {
 public:
  explicit Parameters(const httplib::Request& request) : request_(request) {}

  std::string text(const std::string& name, std::size_t max_bytes = 2000);  // empty if absent; valid UTF-8
  // All values of a parameter that may be repeated, as they are: names may hold commas.
  std::vector<std::string> values(const std::string& name);
  // The same for words of closed sets, which may also stand in one value between commas.
  std::vector<std::string> list(const std::string& name);
  std::int64_t number(const std::string& name, std::int64_t absent, std::int64_t least, std::int64_t most);
  bool flag(const std::string& name);
  std::optional<Day> day(const std::string& name);

  template <Named E>
  std::vector<E> names(const std::string& name) {
    std::vector<E> values;
    for (const std::string& text : list(name)) {
      const auto value = parse_name<E>(text);
      if (!value) refuse(name, "is none of " + all_names<E>());
      values.push_back(*value);
    }
    return values;
  }

  // Throws Refusal: invalid, if the request has a parameter that was not asked for.
  void finish() const;

 private:
  [[noreturn]] static void refuse(const std::string& name, const std::string& why);
  const httplib::Request& request_;
  std::set<std::string> asked_;
};

}  // namespace tidings
