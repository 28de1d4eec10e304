// SPDX-License-Identifier: GPL-3.0-or-later
// The one error type of Tidings: a refusal says what kind of thing went wrong, in words that tell what to do next.
#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace tidings {

// Why something was refused. The set is closed; http_status is the only table over it.
enum class Code {
  invalid,          // the input breaks a rule; `faults` name the places
  unauthenticated,  // nobody is signed in, or the password or token is wrong
  forbidden,        // signed in, but the role may not
  not_found,        // no such thing, or not within the asker's reach
  conflict,         // the state of the thing does not allow it (work held by another, key used with another body)
  stale,            // If-Match names a version that is no longer current
  too_large,        // past a named limit of size
  too_many,         // past a named limit of number; try later
  unsupported,      // a format or media type that is not read here
  unavailable,      // busy or full right now; trying again may help
  broken,           // our own data or program is at fault
};

std::string_view to_string(Code code);
int http_status(Code code);

// One fault of an input: where (a JSON pointer such as "/foreseen/from", empty for the whole) and what.
struct Fault {
  std::string pointer;
  std::string detail;
};

// Thrown by value. `what()` is the detail, a full sentence without a final stop.
class Refusal : public std::exception {
 public:
  Refusal(Code code, std::string detail, std::vector<Fault> faults = {})
      : code_(code), detail_(std::move(detail)), faults_(std::move(faults)) {}

  Code code() const { return code_; }
  const std::string& detail() const { return detail_; }
  const std::vector<Fault>& faults() const { return faults_; }
  const char* what() const noexcept override { return detail_.c_str(); }

 private:
  Code code_;
  std::string detail_;
  std::vector<Fault> faults_;
};

// An `invalid` refusal about one place.
Refusal invalid(std::string pointer, std::string detail);

}  // namespace tidings
