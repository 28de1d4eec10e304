// SPDX-License-Identifier: GPL-3.0-or-later
#define DOCTEST_CONFIG_IMPLEMENT
#include <csignal>

#include "indexer/base/log.h"
#include "tests/support/support.h"

namespace doctest {

String StringMaker<tidings::Code>::convert(tidings::Code code) {
  return String(std::string(tidings::to_string(code)).c_str());
}

}  // namespace doctest

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a peer that hangs up is a failed write, not the end
  tidings::start_log("off");
  return doctest::Context(argc, argv).run();
}
