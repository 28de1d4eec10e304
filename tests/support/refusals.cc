// SPDX-License-Identifier: GPL-3.0-or-later
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "tests/support/support.h"

namespace doctest {

String StringMaker<tidings::Code>::convert(tidings::Code code) { return String(std::string(tidings::to_string(code)).c_str()); }

}  // namespace doctest
