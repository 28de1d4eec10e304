// SPDX-License-Identifier: GPL-3.0-or-later
// Structured logs on standard error, one line a fact: time, level, event, key=value… Never a note's text, never a
// secret.
#pragma once

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <string>
#include <string_view>

namespace tidings {

// Sets the default logger up: standard error, UTC milliseconds, `level` one of debug, info, warn, error, off.
// Throws Refusal: invalid (unknown level). Call once, from main, before threads start.
void start_log(const std::string& level);

// A value for a log line: quoted and escaped if it holds anything but plain letters, so that a line stays one line.
std::string log_value(std::string_view value);

}  // namespace tidings
