// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/search/corrections.h"

#include <algorithm>
#include <array>
#include <utility>

#include "indexer/base/text.h"
#include "indexer/index/analyser.h"

namespace tidings {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 33> kKeys = {{
    {"q", "й"}, {"w", "ц"}, {"e", "у"}, {"r", "к"}, {"t", "е"}, {"y", "н"}, {"u", "г"}, {"i", "ш"}, {"o", "щ"},
    {"p", "з"}, {"[", "х"}, {"]", "ъ"}, {"a", "ф"}, {"s", "ы"}, {"d", "в"}, {"f", "а"}, {"g", "п"}, {"h", "р"},
    {"j", "о"}, {"k", "л"}, {"l", "д"}, {";", "ж"}, {"'", "э"}, {"z", "я"}, {"x", "ч"}, {"c", "с"}, {"v", "м"},
    {"b", "и"}, {"n", "т"}, {"m", "ь"}, {",", "б"}, {".", "ю"}, {"`", "ё"},
}};

// Longer ones first.
constexpr std::pair<std::string_view, std::string_view> kToCyrillic[] = {
    {"shch", "щ"}, {"sch", "щ"}, {"zh", "ж"}, {"kh", "х"}, {"ts", "ц"}, {"ch", "ч"}, {"sh", "ш"},
    {"yu", "ю"},   {"ju", "ю"},  {"ya", "я"}, {"ja", "я"}, {"yo", "е"}, {"jo", "е"}, {"ye", "е"},
    {"a", "а"},    {"b", "б"},   {"v", "в"},  {"w", "в"},  {"g", "г"},  {"d", "д"},  {"e", "е"},
    {"z", "з"},    {"i", "и"},   {"j", "й"},  {"k", "к"},  {"l", "л"},  {"m", "м"},  {"n", "н"},
    {"o", "о"},    {"p", "п"},   {"r", "р"},  {"s", "с"},  {"t", "т"},  {"u", "у"},  {"f", "ф"},
    {"h", "х"},    {"c", "ц"},   {"q", "к"},  {"x", "кс"}, {"y", "ы"},  {"'", "ь"}};
constexpr std::pair<std::string_view, std::string_view> kToLatin[] = {
    {"щ", "shch"}, {"ж", "zh"}, {"х", "h"}, {"ц", "ts"}, {"ч", "ch"}, {"ш", "sh"}, {"ю", "yu"}, {"я", "ya"},
    {"а", "a"},    {"б", "b"},  {"в", "v"}, {"г", "g"},  {"д", "d"},  {"е", "e"},  {"з", "z"},  {"и", "i"},
    {"й", "y"},    {"к", "k"},  {"л", "l"}, {"м", "m"},  {"н", "n"},  {"о", "o"},  {"п", "p"},  {"р", "r"},
    {"с", "s"},    {"т", "t"},  {"у", "u"}, {"ф", "f"},  {"ы", "y"},  {"э", "e"},  {"ь", ""},   {"ъ", ""}};

template <class Rows>
std::string replaced(std::string_view text, const Rows& rows) {
  std::string out;
  while (!text.empty()) {
    const auto row =
        std::find_if(std::begin(rows), std::end(rows), [&](const auto& each) { return text.starts_with(each.first); });
    if (row == std::end(rows)) return "";
    out += row->second;
    text.remove_prefix(row->first.size());
  }
  return out;
}

bool is_cyrillic(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == 0xD0 || byte == 0xD1;
  });
}

bool is_searched(const QueryNode& node) {
  return (node.type == QueryNode::Type::word || node.type == QueryNode::Type::phrase) &&
         (!node.field || node.field->type == FieldType::words);
}

// A word of so few notes finds almost nothing; one that is a slip away and in so many times as many is likelier meant.
constexpr std::int64_t kAlmostNothing = 2;
constexpr std::int64_t kLikelier = 50;

class Corrector {
 public:
  Corrector(const Lexicon& lexicon, const CountNotes& notes_with, bool only_noted)
      : lexicon_(lexicon), notes_with_(notes_with), only_noted_(only_noted) {}

  void correct(QueryNode& node, std::vector<Correction>& corrections) const {
    for (QueryNode& child : node.children) correct(child, corrections);
    if (is_searched(node)) correct_leaf(node, corrections);
    if (node.type == QueryNode::Type::beside) join(node, corrections);
  }

 private:
  bool is_written(const std::string& word) const {
    return lexicon_.count(word) > 0 && (!only_noted_ || notes_with_(word) > 0);
  }
  bool is_known(const std::string& word) const { return is_written(word) || notes_with_(word) > 0; }
  std::optional<CountedWord> near_to(const std::string& word) const {
    auto near = lexicon_.correct(word);
    return near && is_written(near->word) ? near : std::nullopt;
  }

  bool all_known(std::string_view text) const {
    const auto tokens = tokenise(text);
    return !tokens.empty() && std::all_of(tokens.begin(), tokens.end(),
                                          [&](const Token& token) { return token.whole || is_known(token.word); });
  }

  std::optional<std::string> other_keys(std::string_view folded) const {
    const std::string other = other_layout(folded);
    if (other.empty()) return std::nullopt;
    if (all_known(other)) return other;
    return std::nullopt;
  }

  // What was meant by a word that is known but finds almost nothing: that is searched beside it.
  std::optional<Correction> likelier(const std::string& word) const {
    if (only_noted_) return std::nullopt;
    const std::int64_t notes = std::max<std::int64_t>(notes_with_(word), 1);
    if (notes > kAlmostNothing) return std::nullopt;
    const auto near = near_to(word);
    if (!near || near->count < kLikelier * notes) return std::nullopt;
    return Correction{word, near->word, "spelling", false};
  }

  // What was meant by one word, and how that was found.
  std::optional<Correction> meant_by(const std::string& word) const {
    if (is_known(word)) return likelier(word);
    const std::string other = other_alphabet(word);
    if (!other.empty()) {
      if (is_known(other)) return Correction{word, other, "transliteration", true};
      // "y" may stand for three letters, "c" and "h" for two: what is one slip away will do.
      if (is_cyrillic(other))
        if (const auto near = near_to(other); near && !near_to(word))
          return Correction{word, near->word, "transliteration", true};
    }
    if (const auto near = near_to(word)) return Correction{word, near->word, "spelling", true};
    if (!other.empty())
      if (const auto near = near_to(other)) return Correction{word, near->word, "transliteration", true};
    return std::nullopt;
  }

  void correct_leaf(QueryNode& node, std::vector<Correction>& corrections) const {
    const std::string text = to_nfc(node.text);
    const std::string folded = fold(text);
    if (!all_known(folded) && folded.find(' ') == std::string::npos && !node.prefix) {
      if (const auto other = other_keys(folded)) {
        corrections.push_back({node.text, *other, "layout", true});
        node.text = *other;
        return;
      }
    }
    std::string corrected;
    std::size_t at = 0;
    bool changed = false, instead = true;
    for (const Token& token : tokenise(text)) {
      if (token.whole || (node.prefix && token.end == text.size())) continue;
      auto correction = meant_by(token.word);
      if (!correction) continue;
      corrected += text.substr(at, token.begin - at) + correction->meant;
      at = token.end;
      changed = true;
      instead = instead && correction->instead;
      correction->typed = text.substr(token.begin, token.end - token.begin);
      corrections.push_back(std::move(*correction));
    }
    if (!changed) return;
    QueryNode meant = node;
    meant.text = corrected + text.substr(at);
    if (instead) {
      node = std::move(meant);
      return;
    }
    QueryNode either;
    either.type = QueryNode::Type::either;
    either.required = node.required || node.field || node.type == QueryNode::Type::phrase;
    either.children = {std::move(node), std::move(meant)};
    node = std::move(either);
  }

  // "PN 1240 B" where the base has "PN1240B": plain words side by side, one with a digit, that are one word together.
  void join(QueryNode& node, std::vector<Correction>& corrections) const {
    constexpr std::size_t kMostJoined = 4;
    std::vector<QueryNode> joined;
    const auto plain = [](const QueryNode& child) {
      return child.type == QueryNode::Type::word && !child.field && !child.prefix;
    };
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      std::string together, typed;
      for (std::size_t j = i; j < std::min(node.children.size(), i + kMostJoined) && plain(node.children[j]); ++j) {
        together += fold(to_nfc(node.children[j].text));
        typed += (j > i ? " " : "") + node.children[j].text;
        const bool digit = std::any_of(together.begin(), together.end(), [](char c) { return c >= '0' && c <= '9'; });
        if (j == i || !digit || !is_written(together)) continue;
        QueryNode word;
        word.type = QueryNode::Type::word;
        word.text = together;
        joined.push_back(std::move(word));
        corrections.push_back({typed, together, "joined", false});
      }
    }
    for (QueryNode& word : joined) node.children.push_back(std::move(word));
  }

  const Lexicon& lexicon_;
  const CountNotes& notes_with_;
  bool only_noted_;
};

}  // namespace

std::string other_layout(std::string_view text) {
  static const auto kBack = [] {
    auto back = kKeys;
    for (auto& [latin, cyrillic] : back) std::swap(latin, cyrillic);
    return back;
  }();
  const std::string folded = fold(text);
  return is_cyrillic(folded) ? replaced(folded, kBack) : replaced(folded, kKeys);
}

std::string other_alphabet(std::string_view text) {
  const std::string folded = fold(text);
  return is_cyrillic(folded) ? replaced(folded, kToLatin) : replaced(folded, kToCyrillic);
}

std::vector<Correction> correct_query(QueryNode& root, const Lexicon& lexicon, const CountNotes& notes_with,
                                      bool only_noted) {
  std::vector<Correction> corrections;
  Corrector(lexicon, notes_with, only_noted).correct(root, corrections);
  return corrections;
}

}  // namespace tidings
