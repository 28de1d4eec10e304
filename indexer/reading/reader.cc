// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/reading/reader.h"

#include "indexer/base/text.h"
#include "indexer/reading/readers.h"

namespace tidings {
namespace {

constexpr std::pair<std::string_view, Format> kNames[] = {
    {"ndjson", Format::ndjson}, {"csv", Format::csv}, {"markdown", Format::markdown}, {"text", Format::text}};
constexpr std::pair<std::string_view, Format> kEndings[] = {
    {".ndjson", Format::ndjson}, {".jsonl", Format::ndjson}, {".json", Format::ndjson},       {".csv", Format::csv},
    {".tsv", Format::csv},       {".md", Format::markdown},  {".markdown", Format::markdown}, {".txt", Format::text}};

}  // namespace

Format format_called(std::string_view name) {
  for (const auto& [each, format] : kNames)
    if (each == name) return format;
  throw Refusal(Code::unsupported,
                "\"" + std::string(cut(name, 60)) + "\" is none of the formats ndjson, csv, markdown, text");
}

std::optional<Format> format_of_file(std::string_view name) {
  const std::string folded = invalid_utf8_at(name) ? std::string(name) : fold(name);
  for (const auto& [ending, format] : kEndings)
    if (folded.ends_with(ending)) return format;
  return std::nullopt;
}

namespace {

std::string record_kind(const std::map<std::string, std::string>& defaults) {
  const auto found = defaults.find("record");
  return found == defaults.end() ? "insight" : found->second;
}

}  // namespace

std::unique_ptr<Reader> make_reader(const ReadOptions& options, OnRecord on_record) {
  OnRecord with_defaults = [defaults = options.defaults, on_record = std::move(on_record)](Record record) {
    if (record.value.is_object())
      for (const auto& [name, value] : defaults)
        if (!record.value.contains(name)) record.value[name] = value;
    on_record(std::move(record));
  };
  switch (options.format) {
    case Format::ndjson: return make_ndjson_reader(std::move(with_defaults));
    case Format::csv: return make_csv_reader(options.columns, record_kind(options.defaults), std::move(with_defaults));
    case Format::markdown: return make_markdown_reader(true, std::move(with_defaults));
    case Format::text: return make_markdown_reader(false, std::move(with_defaults));
  }
  throw Refusal(Code::unsupported, "there is no reader for this format");
}

}  // namespace tidings
