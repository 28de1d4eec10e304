// SPDX-License-Identifier: GPL-3.0-or-later
// Readers: bytes of one format in, records out. A reader is fed as the bytes arrive, so that a file, a pipe and an HTTP
// body are read alike, in bounded memory.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/base/json.h"
#include "indexer/base/refusal.h"

namespace tidings {

// One record of the input, or the reason why there is none at that place.
struct Record {
  std::int64_t line = 0;  // where it begins, from 1
  json value;
  std::optional<Refusal> refusal;
};

using OnRecord = std::function<void(Record)>;

// The largest record in bytes: a body of 1 MiB may take six times as much in JSON's escapes.
constexpr std::size_t kMaxRecord = 8 << 20;

class Reader {
 public:
  virtual ~Reader() = default;
  // Takes the next bytes; tells of each record that they complete, in order. Never throws for what the bytes hold.
  virtual void feed(std::string_view bytes) = 0;
  // The input has ended.
  virtual void finish() = 0;
  // Names of the input that were not read (CSV columns that are no member of a draft), known after finish.
  virtual std::vector<std::string> unread() const { return {}; }
};

enum class Format { ndjson, csv, markdown, text };

struct ReadOptions {
  Format format = Format::ndjson;
  std::map<std::string, std::string> columns;   // CSV: member -> column, where their names differ
  std::map<std::string, std::string> defaults;  // members for records that lack them, such as client
};

// The format called `name` (ndjson, csv, markdown, text). Throws Refusal: unsupported.
Format format_called(std::string_view name);
// The format that a file name's ending says: .ndjson .jsonl .json, .csv .tsv, .md .markdown, .txt. Nothing for others.
std::optional<Format> format_of_file(std::string_view name);

std::unique_ptr<Reader> make_reader(const ReadOptions& options, OnRecord on_record);

}  // namespace tidings
