// SPDX-License-Identifier: GPL-3.0-or-later
// Where a text speaks of a person, so that it can be shown to them, or the person taken out of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tidings {

class Mentions {
 public:
  // `names`: all the names the person is written by. `marks`: addresses and telephone numbers, found letter by letter.
  // `shared`: names of others who are spoken of in the same notes; a part that they share says nothing by itself.
  Mentions(const std::vector<std::string>& names, const std::vector<std::string>& marks,
           const std::vector<std::string>& shared);

  // `text` with each mention replaced by `instead`; nothing if it holds none. A mention is a mark, or two parts of a
  // name side by side in any order; in a text that is `close` to the person also one part by itself that begins with a
  // capital letter. Russian endings are seen through (Петров, Петрову). Names of one part are found in close texts
  // alone. `text` must be well-formed UTF-8.
  std::optional<std::string> without(std::string_view text, const std::string& instead, bool close) const;
  // Whether a query asks for the person: people type names without capital letters.
  bool in_query(std::string_view query) const;

  // Each text with a mention that is not close holds one of these, letter by letter: for a first, quick look.
  const std::vector<std::string>& hints() const { return hints_; }

 private:
  struct Word {
    std::size_t begin = 0, end = 0;
    std::string folded;
    bool capital = false;
  };
  static std::vector<Word> words_of(std::string_view text);
  bool is_part(const std::string& folded, const std::vector<std::string>& parts) const;

  std::vector<std::string> parts_;   // folded
  std::vector<std::string> single_;  // those that say who is meant by themselves
  std::vector<std::string> marks_;   // as written, longest first
  std::vector<std::string> hints_;
};

}  // namespace tidings
