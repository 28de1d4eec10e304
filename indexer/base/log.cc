// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/base/log.h"

#include <spdlog/sinks/stdout_sinks.h>

#include <cctype>

#include "indexer/base/json.h"
#include "indexer/base/refusal.h"

namespace tidings {

void start_log(const std::string& level) {
  const auto wanted = spdlog::level::from_str(level);
  if (wanted == spdlog::level::off && level != "off")
    throw Refusal(Code::invalid, "log level \"" + level + "\" is none of debug, info, warn, error, off");
  auto logger = std::make_shared<spdlog::logger>("tidings", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_level(wanted);
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(logger);
}

std::string log_value(std::string_view value) {
  bool plain = !value.empty();
  for (char c : value)
    plain = plain && (std::isalnum(static_cast<unsigned char>(c)) ||
                      std::string_view("/._-:").find(c) != std::string_view::npos);
  if (plain) return std::string(value);
  return json(std::string(value)).dump(-1, ' ', true, json::error_handler_t::replace);
}

}  // namespace tidings
