// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/parameters.h"

#include <fmt/format.h>

#include <charconv>

#include "indexer/base/refusal.h"
#include "indexer/base/text.h"

namespace tidings {

void Parameters::refuse(const std::string& name, const std::string& why) { throw invalid("?" + name, why); }

std::string Parameters::text(const std::string& name, std::size_t max_bytes) {
  asked_.insert(name);
  if (!request_.has_param(name.c_str())) return "";
  std::string value = request_.get_param_value(name.c_str());
  if (value.size() > max_bytes) refuse(name, fmt::format("is longer than {} bytes", max_bytes));
  if (const auto at = invalid_utf8_at(value)) refuse(name, fmt::format("is not valid UTF-8 at byte {}", *at));
  return value;
}

std::vector<std::string> Parameters::values(const std::string& name) {
  asked_.insert(name);
  constexpr std::size_t kMaxValues = 100;
  std::vector<std::string> values;
  for (std::size_t i = 0; i < request_.get_param_value_count(name.c_str()); ++i) {
    values.push_back(request_.get_param_value(name.c_str(), i));
    if (const auto at = invalid_utf8_at(values.back())) refuse(name, fmt::format("is not valid UTF-8 at byte {}", *at));
  }
  if (values.size() > kMaxValues) refuse(name, fmt::format("has more than {} values", kMaxValues));
  return values;
}

std::vector<std::string> Parameters::list(const std::string& name) {
  std::vector<std::string> words;
  for (const std::string& value : values(name))
    for (std::string& word : split(value, ',')) words.push_back(std::move(word));
  return words;
}

std::int64_t Parameters::number(const std::string& name, std::int64_t absent, std::int64_t least, std::int64_t most) {
  const std::string value = text(name);
  if (value.empty()) return absent;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size() || number < least || number > most)
    refuse(name, fmt::format("is not a number within {} to {}", least, most));
  return number;
}

bool Parameters::flag(const std::string& name) {
  const std::string value = text(name);
  if (value == "true" || value == "1") return true;
  if (value.empty() || value == "false" || value == "0") return false;
  refuse(name, "is neither true nor false");
}

std::optional<Day> Parameters::day(const std::string& name) {
  const std::string value = text(name);
  if (value.empty()) return std::nullopt;
  const auto day = parse_day(value);
  if (!day) refuse(name, "is not a date such as 2027-04-30");
  return day;
}

void Parameters::finish() const {
  for (const auto& [name, value] : request_.params)
    if (!asked_.contains(name))
      throw invalid("?", fmt::format("there is no parameter \"{}\" here",
                                     invalid_utf8_at(name) ? "…" : std::string(cut(name, 60))));
}

}  // namespace tidings
