// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include "indexer/base/text.h"
#include "indexer/reading/decoder.h"
#include "indexer/reading/readers.h"

namespace tidings {
namespace {

class NdjsonReader : public Reader {
 public:
  explicit NdjsonReader(OnRecord on_record) : on_record_(std::move(on_record)) {}

  void feed(std::string_view bytes) override { take(decoder_.pass(bytes, false)); }

  void finish() override {
    take(decoder_.pass("", true));
    if (!line_.empty() || too_long_) end_line();
  }

 private:
  void take(std::string_view text) {
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      const std::string_view part = text.substr(0, end);
      if (!too_long_) line_.append(part);
      if (line_.size() > kMaxRecord) {
        too_long_ = true;
        line_.clear();
      }
      if (end == std::string_view::npos) return;
      end_line();
      text.remove_prefix(end + 1);
    }
  }

  void end_line() {
    ++number_;
    Record record{number_, json(), {}};
    try {
      if (too_long_) throw Refusal(Code::too_large, fmt::format("is longer than {} bytes", kMaxRecord));
      const std::string line = decoder_.decode(line_);
      if (trim(line).empty()) {
        line_.clear();
        return;
      }
      record.value = parse_json(line);
      if (!record.value.is_object()) throw Refusal(Code::invalid, "is not a JSON object");
    } catch (const Refusal& refusal) {
      record.refusal = refusal;
    }
    line_.clear();
    too_long_ = false;
    on_record_(std::move(record));
  }

  OnRecord on_record_;
  Decoder decoder_;
  std::string line_;
  bool too_long_ = false;
  std::int64_t number_ = 0;
};

}  // namespace

std::unique_ptr<Reader> make_ndjson_reader(OnRecord on_record) {
  return std::make_unique<NdjsonReader>(std::move(on_record));
}

}  // namespace tidings
