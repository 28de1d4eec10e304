// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "indexer/base/text.h"
#include "indexer/reading/decoder.h"
#include "indexer/reading/readers.h"

namespace tidings {
namespace {

constexpr std::size_t kMaxFrontMatter = 64 << 10;
constexpr int kMaxNodes = 10'000;  // an alias can stand for many nodes, so they are counted as they are copied

// YAML's plain scalars are text; only what a draft holds as a number is read as one.
json to_json(const YAML::Node& node, const std::string& name, int depth, int& nodes) {
  if (++nodes > kMaxNodes) throw invalid("", "has front matter of more than 10000 nodes");
  if (depth > kMaxNesting) throw invalid("", fmt::format("has front matter nested deeper than {} levels", kMaxNesting));
  if (node.IsMap()) {
    json object = json::object();
    for (const auto& member : node) {
      if (!member.first.IsScalar()) throw invalid("", "has front matter with a name that is no text");
      const std::string key = member.first.Scalar();
      object[key] = to_json(member.second, key, depth + 1, nodes);
    }
    return object;
  }
  if (node.IsSequence()) {
    json array = json::array();
    for (const auto& item : node) array.push_back(to_json(item, name, depth + 1, nodes));
    return array;
  }
  if (!node.IsScalar()) return nullptr;
  if (name == "likelihood") {
    double number = 0;
    if (YAML::convert<double>::decode(node, number)) return number;
  }
  return node.Scalar();
}

class MarkdownReader : public Reader {
 public:
  MarkdownReader(bool front_matter, OnRecord on_record)
      : front_matter_(front_matter), on_record_(std::move(on_record)) {}

  void feed(std::string_view bytes) override {
    if (!too_long_) text_ += decoder_.pass(bytes, false);
    if (text_.size() > kMaxRecord) too_long_ = true;
    if (too_long_) text_.clear();
  }

  void finish() override {
    text_ += decoder_.pass("", true);
    Record record{1, json(), {}};
    try {
      if (too_long_) throw Refusal(Code::too_large, fmt::format("is longer than {} bytes", kMaxRecord));
      record.value = read(decoder_.decode(text_));
    } catch (const Refusal& refusal) {
      record.refusal = refusal;
    } catch (const YAML::Exception& error) {
      record.line = error.mark.line + 2;  // counted from 0, after the opening line
      record.refusal = Refusal(Code::invalid, "has front matter that is not YAML: " + error.msg);
    }
    on_record_(std::move(record));
  }

 private:
  json read(std::string_view text) const {
    json record = json::object();
    if (front_matter_ && text.starts_with("---")) text = read_front_matter(text, record);
    text = trim(text);
    if (front_matter_ && text.starts_with("# ") && !record.contains("title")) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      record["title"] = std::string(trim(text.substr(2, end - 2)));
      text = trim(text.substr(end));
    }
    if (!record.contains("body")) record["body"] = std::string(text);
    return record;
  }

  static std::string_view read_front_matter(std::string_view text, json& record) {
    const std::size_t begin = text.find('\n');
    const std::size_t end = text.find("\n---", std::min(begin, text.size()));
    if (begin == std::string_view::npos || end == std::string_view::npos)
      throw Refusal(Code::invalid, "begins with --- but has no second line --- to end the front matter");
    if (end > kMaxFrontMatter)
      throw Refusal(Code::too_large, fmt::format("has front matter of more than {} bytes", kMaxFrontMatter));
    int nodes = 0;
    const YAML::Node node = YAML::Load(std::string(text.substr(begin + 1, end - begin)));
    if (node.IsMap())
      record = to_json(node, "", 0, nodes);
    else if (!node.IsNull())
      throw Refusal(Code::invalid, "has front matter that is not a list of names and values");
    text.remove_prefix(end + 4);
    return text.substr(std::min(text.find('\n'), text.size()));
  }

  bool front_matter_;
  OnRecord on_record_;
  Decoder decoder_;
  std::string text_;
  bool too_long_ = false;
};

}  // namespace

std::unique_ptr<Reader> make_markdown_reader(bool front_matter, OnRecord on_record) {
  return std::make_unique<MarkdownReader>(front_matter, std::move(on_record));
}

}  // namespace tidings
