// SPDX-License-Identifier: GPL-3.0-or-later
// A lexer that cannot fail and a descent that takes every token somewhere. From loosest to tightest: OR, standing side
// by side, AND, and the single item with its NOT, - or +.
#include "server/search/query_language.h"

#include <fmt/format.h>

#include <algorithm>

#include "indexer/base/text.h"

namespace tidings {
namespace {

struct Lexeme {
  enum class Type { word, phrase, open, close, op_and, op_or, op_not, minus, plus } type;
  std::string text;
  std::string field;  // before a colon, as typed
};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f'; }

struct Quote {
  std::string_view open, close;
};
constexpr Quote kQuotes[] = {{"\"", "\""}, {"«", "»"}, {"“", "”"}, {"„", "“"}};

const Quote* quote_at(std::string_view text) {
  for (const Quote& quote : kQuotes)
    if (text.starts_with(quote.open)) return &quote;
  return nullptr;
}

class Lexer {
 public:
  Lexer(std::string_view text, std::vector<std::string>& hints) : text_(text), hints_(hints) {}

  std::vector<Lexeme> read() {
    std::vector<Lexeme> lexemes;
    while (!text_.empty() && lexemes.size() < kMaxQueryWords * 2) {
      if (is_space(text_[0])) {
        text_.remove_prefix(1);
      } else if (text_[0] == '(' || text_[0] == ')') {
        lexemes.push_back({text_[0] == '(' ? Lexeme::Type::open : Lexeme::Type::close, "", ""});
        text_.remove_prefix(1);
      } else if ((text_[0] == '-' || text_[0] == '+') && text_.size() > 1 && !is_space(text_[1]) &&
                 text_[1] != text_[0]) {
        lexemes.push_back({text_[0] == '-' ? Lexeme::Type::minus : Lexeme::Type::plus, "", ""});
        text_.remove_prefix(1);
      } else if (const Quote* quote = quote_at(text_)) {
        lexemes.push_back({Lexeme::Type::phrase, read_phrase(*quote), ""});
      } else {
        lexemes.push_back(read_word());
      }
    }
    return lexemes;
  }

 private:
  std::string read_phrase(const Quote& quote) {
    text_.remove_prefix(quote.open.size());
    const std::size_t end = text_.find(quote.close);
    if (end == std::string_view::npos)
      hints_.emplace_back("A quotation mark is not closed: the phrase goes to the end.");
    std::string phrase(text_.substr(0, end));
    text_.remove_prefix(end == std::string_view::npos ? text_.size() : end + quote.close.size());
    return phrase;
  }

  Lexeme read_word() {
    std::size_t end = 0;
    while (end < text_.size() && !is_space(text_[end]) && text_[end] != '(' && text_[end] != ')' &&
           !quote_at(text_.substr(end)))
      ++end;
    std::string word(text_.substr(0, end));
    text_.remove_prefix(end);
    if (word == "AND") return {Lexeme::Type::op_and, word, ""};
    if (word == "OR") return {Lexeme::Type::op_or, word, ""};
    if (word == "NOT") return {Lexeme::Type::op_not, word, ""};
    const std::size_t colon = word.find(':');
    if (colon == std::string::npos || colon == 0) return {Lexeme::Type::word, word, ""};
    const std::string field = fold(word.substr(0, colon));
    const bool known = find_field(field) || field == "date" || field == "foreseen";
    if (!known) {
      if (std::all_of(field.begin(), field.end(), [](char c) { return c >= 'a' && c <= 'z'; }) &&
          !word.substr(colon + 1).starts_with("//"))
        hints_.push_back(fmt::format("“{}” is no field; it was searched as a word.", field));
      return {Lexeme::Type::word, word, ""};
    }
    const std::string rest = word.substr(colon + 1);
    if (!rest.empty()) return {Lexeme::Type::word, rest, field};
    const Quote* quote = text_.empty() ? nullptr : quote_at(text_);
    if (quote) return {Lexeme::Type::phrase, read_phrase(*quote), field};
    hints_.push_back(fmt::format("“{}:” has nothing after it.", field));
    return {Lexeme::Type::word, field, ""};
  }

  std::string_view text_;
  std::vector<std::string>& hints_;
};

class Parser {
 public:
  Parser(std::vector<Lexeme> lexemes, std::vector<std::string>& hints) : lexemes_(std::move(lexemes)), hints_(hints) {}

  QueryNode read() {
    std::vector<QueryNode> parts;
    while (at_ < lexemes_.size()) {
      if (next() == Lexeme::Type::close) {
        hints_.emplace_back("A closing parenthesis has no opening one.");
        ++at_;
        continue;
      }
      if (auto part = read_either()) parts.push_back(std::move(*part));
    }
    auto root = join(QueryNode::Type::beside, std::move(parts));
    if (!root) return {};
    if (root->type != QueryNode::Type::without) return std::move(*root);
    // A lone prohibition stands beside everything: "-x" finds all without x.
    QueryNode list;
    list.type = QueryNode::Type::beside;
    list.children.push_back(std::move(*root));
    return list;
  }

 private:
  using Maybe = std::optional<QueryNode>;

  Lexeme::Type next() const { return lexemes_[at_].type; }
  bool is_next(Lexeme::Type type) const { return at_ < lexemes_.size() && lexemes_[at_].type == type; }

  static Maybe join(QueryNode::Type type, std::vector<QueryNode> parts) {
    if (parts.empty()) return std::nullopt;
    if (parts.size() == 1) return std::move(parts[0]);
    QueryNode node;
    node.type = type;
    node.children = std::move(parts);
    return node;
  }

  Maybe read_either() {
    std::vector<QueryNode> parts;
    do {
      if (auto part = read_beside()) parts.push_back(std::move(*part));
    } while (take(Lexeme::Type::op_or));
    return join(QueryNode::Type::either, std::move(parts));
  }

  Maybe read_beside() {
    std::vector<QueryNode> parts;
    while (at_ < lexemes_.size() && next() != Lexeme::Type::op_or && next() != Lexeme::Type::close)
      if (auto part = read_both()) parts.push_back(std::move(*part));
    return join(QueryNode::Type::beside, std::move(parts));
  }

  Maybe read_both() {
    std::vector<QueryNode> parts;
    do {
      if (auto part = read_item()) parts.push_back(std::move(*part));
    } while (take(Lexeme::Type::op_and));
    return join(QueryNode::Type::both, std::move(parts));
  }

  Maybe read_item() {
    if (at_ >= lexemes_.size()) {
      hints_.emplace_back("The query ends after AND or OR.");
      return std::nullopt;
    }
    switch (next()) {
      case Lexeme::Type::op_and:
      case Lexeme::Type::op_or:
      case Lexeme::Type::close:
        hints_.emplace_back("AND and OR stand between two things.");
        if (next() == Lexeme::Type::op_and) ++at_;
        return std::nullopt;
      case Lexeme::Type::op_not:
      case Lexeme::Type::minus: {
        ++at_;
        auto item = at_ < lexemes_.size() ? read_item() : std::nullopt;
        if (!item) return std::nullopt;
        QueryNode node;
        node.type = QueryNode::Type::without;
        node.children.push_back(std::move(*item));
        return node;
      }
      case Lexeme::Type::plus: {
        ++at_;
        auto item = at_ < lexemes_.size() ? read_item() : std::nullopt;
        if (item) item->required = true;
        return item;
      }
      case Lexeme::Type::open: return read_group();
      case Lexeme::Type::word:
      case Lexeme::Type::phrase: return read_leaf(lexemes_[at_++]);
    }
    return std::nullopt;
  }

  Maybe read_group() {
    ++at_;
    if (++depth_ > kMaxQueryDepth) {
      hints_.push_back(fmt::format("Parentheses deeper than {} were passed over.", kMaxQueryDepth));
      --depth_;
      return std::nullopt;
    }
    auto group = read_either();
    --depth_;
    if (!take(Lexeme::Type::close)) hints_.emplace_back("A parenthesis is not closed.");
    return group;
  }

  Maybe read_leaf(const Lexeme& lexeme) {
    if (++words_ > kMaxQueryWords) {
      if (words_ == kMaxQueryWords + 1)
        hints_.push_back(fmt::format("Only the first {} words were searched.", kMaxQueryWords));
      return std::nullopt;
    }
    QueryNode node;
    node.text = lexeme.text;
    if (lexeme.field == "date" || lexeme.field == "foreseen") return read_span(lexeme);
    node.field = find_field(lexeme.field);
    node.type = lexeme.type == Lexeme::Type::phrase ? QueryNode::Type::phrase : QueryNode::Type::word;
    if (lexeme.type == Lexeme::Type::word && node.text.size() > 1 && node.text.ends_with('*')) {
      node.prefix = true;
      node.text.pop_back();
    }
    return node;
  }

  Maybe read_span(const Lexeme& lexeme) {
    QueryNode node;
    node.type = lexeme.field == "date" ? QueryNode::Type::date : QueryNode::Type::foreseen;
    const std::size_t dots = lexeme.text.find("..");
    const std::string from = lexeme.text.substr(0, dots);
    const std::string to = dots == std::string::npos ? from : lexeme.text.substr(dots + 2);
    const auto first = parse_period(from), last = parse_period(to);
    if ((!first && !from.empty()) || (!last && !to.empty()) || (!first && !last)) {
      hints_.push_back(
          fmt::format("“{}” is no time such as 2027, 2027-04, 2027-Q2, 2027-04-30 or 2027-01..2027-06.", lexeme.text));
      node.type = QueryNode::Type::word;
      node.text = lexeme.text;
      return node;
    }
    if (first) node.from = first->from;
    if (last) node.to = last->to;
    return node;
  }

  bool take(Lexeme::Type type) {
    if (!is_next(type)) return false;
    ++at_;
    return true;
  }

  std::vector<Lexeme> lexemes_;
  std::vector<std::string>& hints_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::size_t words_ = 0;
};

std::string joined(const std::vector<QueryNode>& nodes, const char* between) {
  std::string text;
  for (const QueryNode& node : nodes) text += (text.empty() ? "" : between) + to_string(node);
  return "(" + text + ")";
}

}  // namespace

ParsedQuery parse_query(std::string_view text) {
  ParsedQuery parsed;
  if (text.size() > kMaxQuery) {
    parsed.hints.push_back(fmt::format("The query was cut at {} bytes.", kMaxQuery));
    text = cut(text, kMaxQuery);
  }
  auto lexemes = Lexer(text, parsed.hints).read();
  parsed.root = Parser(std::move(lexemes), parsed.hints).read();
  std::vector<std::string> distinct;
  for (const std::string& hint : parsed.hints)
    if (std::find(distinct.begin(), distinct.end(), hint) == distinct.end()) distinct.push_back(hint);
  parsed.hints = std::move(distinct);
  return parsed;
}

std::string to_string(const QueryNode& node) {
  const std::string field = node.field ? std::string(node.field->name) + ":" : "";
  const std::string mark = node.required ? "+" : "";
  const auto span = [&](const char* name) {
    return fmt::format("{}:{}..{}", name, node.from ? to_string_day(*node.from) : "",
                       node.to ? to_string_day(*node.to) : "");
  };
  switch (node.type) {
    case QueryNode::Type::all: return "*";
    case QueryNode::Type::word: return mark + field + node.text + (node.prefix ? "*" : "");
    case QueryNode::Type::phrase: return mark + field + "\"" + node.text + "\"";
    case QueryNode::Type::date: return span("date");
    case QueryNode::Type::foreseen: return span("foreseen");
    case QueryNode::Type::either: return mark + joined(node.children, " | ");
    case QueryNode::Type::both: return mark + joined(node.children, " & ");
    case QueryNode::Type::beside: return mark + joined(node.children, " ");
    case QueryNode::Type::without: return "!" + to_string(node.children.front());
  }
  return "";
}

}  // namespace tidings
