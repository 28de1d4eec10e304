// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/api/contract.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <sstream>
#include <string_view>

#include "tests/support/support.h"

namespace tidings {
namespace {

json to_json(const YAML::Node& node) {
  if (node.IsMap()) {
    json object = json::object();
    for (const auto& member : node) object[member.first.Scalar()] = to_json(member.second);
    return object;
  }
  if (node.IsSequence()) {
    json array = json::array();
    for (const auto& item : node) array.push_back(to_json(item));
    return array;
  }
  const bool quoted = node.Tag() == "!";
  bool flag = false;
  double number = 0;
  if (!quoted && YAML::convert<bool>::decode(node, flag)) return flag;
  if (!quoted && YAML::convert<double>::decode(node, number))
    return number == static_cast<int>(number) ? json(static_cast<int>(number)) : json(number);
  return node.Scalar();
}

// Is the path one of the pattern's, where a placeholder such as {id} stands for any characters but a slash?
bool fits(std::string_view pattern, std::string_view path) {
  while (!pattern.empty() && pattern[0] != '{') {
    if (path.empty() || path[0] != pattern[0]) return false;
    pattern.remove_prefix(1);
    path.remove_prefix(1);
  }
  if (pattern.empty()) return path.empty();
  const std::size_t taken = std::min(path.find('/'), path.size());
  const std::string_view rest = pattern.substr(pattern.find('}') + 1);
  // What stands behind the placeholder within the segment, such as `.html`, belongs to the pattern.
  for (std::size_t length = taken; length > 0; --length)
    if (fits(rest, path.substr(length))) return true;
  return false;
}

}  // namespace

Contract::Contract() : document_(to_json(YAML::LoadFile(TIDINGS_SOURCE_DIR "/schemas/openapi.yaml"))) {}

Contract& Contract::of_the_api() {
  static Contract contract;
  return contract;
}

const json* Contract::find_path(const std::string& path, std::string& pattern) const {
  const json* found = nullptr;
  for (const auto& [each, item] : document_["paths"].items()) {
    if (!fits(each, path)) continue;
    // A path without a placeholder is the more particular one.
    if (!found || each.find('{') == std::string::npos) {
      found = &item;
      pattern = each;
    }
  }
  return found;
}

const json& Contract::resolved(const json& node) const {
  if (!node.contains("$ref")) return node;
  return document_.at(json::json_pointer(node["$ref"].get<std::string>().substr(1)));
}

void Contract::judge(const std::string& method, const std::string& target, int status, const std::string& type,
                     const std::string& body) {
  const std::string path = target.substr(0, target.find('?'));
  std::string pattern, verb = method;
  const json* item = find_path(path, pattern);
  // What is no path of the document, or no method of it, is answered as a problem.
  for (char& c : verb) c = static_cast<char>(std::tolower(c));
  if (!item || !item->contains(verb)) {
    CHECK_MESSAGE(status >= 400, method, " ", path);
    return;
  }
  const json& responses = (*item)[verb]["responses"];
  const std::string code = std::to_string(status);
  CHECK_MESSAGE(responses.contains(code), method, " ", path, " answers ", code,
                ", which is not in the document: ", body);
  if (!responses.contains(code)) return;
  const json& response = resolved(responses[code]);
  if (!response.contains("content")) {
    CHECK_MESSAGE(body.empty(), method, " ", path, " has a body that is not in the document");
    return;
  }
  const std::string plain = type.substr(0, type.find(';'));
  if (response["content"].contains("*/*")) return;  // a file, of whatever type
  CHECK_MESSAGE(response["content"].contains(plain), method, " ", path, " is of type ", type);
  if (!response["content"].contains(plain) || plain.starts_with("text/") || plain == "application/yaml") return;
  const std::lock_guard compiling(compiling_);
  auto& schema = compiled_[verb + pattern + code];
  if (!schema) {
    json whole = response["content"][plain]["schema"];
    if (whole.contains("$ref")) whole = {{"allOf", {whole}}};
    whole["components"] = document_["components"];
    schema = std::make_unique<Schema>(whole);
  }
  std::istringstream lines(body);
  for (std::string line;
       plain == "application/x-ndjson" ? static_cast<bool>(std::getline(lines, line)) : line.empty();) {
    if (plain != "application/x-ndjson") line = body;
    if (line.empty()) continue;
    try {
      schema->require(json::parse(line));
    } catch (const Refusal& refusal) {
      CHECK_MESSAGE(false, method, " ", path, " ", code, ": ", refusal.detail(), " in ", line);
    }
  }
}

}  // namespace tidings
