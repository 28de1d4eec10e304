// SPDX-License-Identifier: GPL-3.0-or-later
// Whatever the bytes are written in, as UTF-8: piece by piece for UTF-16, line by line for windows-1251.
#pragma once

#include <memory>
#include <string>
#include <string_view>

struct UConverter;

namespace tidings {

class Decoder {
 public:
  Decoder();
  ~Decoder();

  // The next bytes of the input, without a byte-order mark and with UTF-16 turned into UTF-8. Other bytes pass as they
  // are.
  std::string pass(std::string_view bytes, bool last);

  // A line or cell of the passed bytes as UTF-8: once a line has proved to be windows-1251, the lines after it that are
  // not UTF-8 are taken for it too. Throws Refusal: invalid, with the offset of the first bad byte.
  std::string decode(std::string_view line);

 private:
  std::string head_;  // the first bytes, until there are enough to see a mark
  bool begun_ = false;
  bool windows_1251_ = false;
  std::unique_ptr<UConverter, void (*)(UConverter*)> utf16_;
};

}  // namespace tidings
