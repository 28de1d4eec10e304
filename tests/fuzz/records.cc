// SPDX-License-Identifier: GPL-3.0-or-later
// Files of notes in every format, in pieces of every size: the first byte chooses both.
#include "indexer/model/insight.h"
#include "indexer/model/schema.h"
#include "indexer/reading/reader.h"
#include "tests/fuzz/target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace tidings;
  if (size == 0) return 0;
  constexpr Format kFormats[] = {Format::ndjson, Format::csv, Format::markdown, Format::text};
  const std::string_view input = input_of(bytes + 1, size - 1);
  const std::size_t piece = 1 + bytes[0] / 4;
  const auto reader = make_reader({kFormats[bytes[0] % 4], {}, {}}, [](Record record) {
    if (record.refusal) return;
    refused_at_most([&] {
      record_schema("draft").require(record.value);
      to_draft(record.value);
    });
  });
  refused_at_most([&] {
    for (std::size_t at = 0; at < input.size(); at += piece) reader->feed(input.substr(at, piece));
    reader->finish();
  });
  return 0;
}
