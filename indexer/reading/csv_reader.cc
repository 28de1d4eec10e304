// SPDX-License-Identifier: GPL-3.0-or-later
// libcsv splits, line by line so that we know where we are. After a row that breaks the rules of quoting the parser is
// begun anew at the next line: one bad row costs that row.
#include <csv.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "indexer/base/text.h"
#include "indexer/reading/decoder.h"
#include "indexer/reading/readers.h"

namespace tidings {
namespace {

constexpr std::size_t kMaxColumns = 500;

using Columns = std::vector<std::pair<std::string_view, std::string_view>>;

// Columns that become a member of a record, and where in it they stand; by the kind of record.
const Columns& columns_for(std::string_view kind) {
  static const Columns draft = {{"key", "/key"},
                                {"client", "/client"},
                                {"author", "/author"},
                                {"recorded_at", "/recorded_at"},
                                {"kind", "/kind"},
                                {"title", "/title"},
                                {"body", "/body"},
                                {"industry", "/industry"},
                                {"contacts", "/contacts"},
                                {"tags", "/tags"},
                                {"foreseen_from", "/foreseen/from"},
                                {"foreseen_to", "/foreseen/to"},
                                {"likelihood", "/foreseen/likelihood"},
                                {"outcome", "/foreseen/outcome"},
                                {"queue", "/queue"},
                                {"state", "/state"},
                                {"reason", "/reason"},
                                {"answer", "/answer"},
                                {"told_at", "/told/at"},
                                {"told_whom", "/told/whom"},
                                {"told_reaction", "/told/reaction"},
                                {"told_note", "/told/note"}};
  static const Columns client = {{"name", "/name"},   {"industry", "/industry"}, {"region", "/region"},
                                 {"owner", "/owner"}, {"revenue", "/revenue"},   {"domain", "/domain"},
                                 {"group", "/group"}};
  static const Columns contact = {{"client", "/client"},       {"name", "/name"},   {"role", "/role"},
                                  {"email", "/email"},         {"phone", "/phone"}, {"reports_to", "/reports_to"},
                                  {"influence", "/influence"}, {"note", "/note"},   {"began_on", "/began_on"},
                                  {"left_on", "/left_on"},     {"plans", "/plans"}, {"plans_on", "/plans_on"}};
  static const Columns deal = {
      {"client", "/client"}, {"title", "/title"}, {"signed_on", "/signed_on"}, {"value", "/value"}};
  static const Columns revenue = {{"client", "/client"}, {"year", "/year"}, {"amount", "/amount"}};
  return kind == "client"    ? client
         : kind == "contact" ? contact
         : kind == "deal"    ? deal
         : kind == "revenue" ? revenue
                             : draft;
}

bool is_number(std::string_view member) {
  return member == "/foreseen/likelihood" || member == "/revenue" || member == "/value" || member == "/amount" ||
         member == "/year";
}

class CsvReader : public Reader {
 public:
  CsvReader(const std::map<std::string, std::string>& columns, const std::string& kind, OnRecord on_record)
      : on_record_(std::move(on_record)), columns_(columns_for(kind)) {
    for (const auto& [member, column] : columns) {
      const bool known =
          std::any_of(columns_.begin(), columns_.end(), [&](const auto& each) { return each.first == member; });
      if (!known) throw Refusal(Code::invalid, fmt::format("\"{}\" is no member that a column can give", member));
      renamed_[fold(trim(column))] = member;
    }
    csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL);
  }
  ~CsvReader() override { csv_free(&parser_); }

  void feed(std::string_view bytes) override { take(decoder_.pass(bytes, false)); }

  void finish() override {
    take(decoder_.pass("", true));
    if (!line_.empty()) end_line();
    if (csv_fini(&parser_, on_cell, on_row, this) != 0) refuse("ends inside a quoted cell");
    if (!has_header_ && !refused_header_) {
      line_number_ = row_line_ = 1;
      refuse("is empty: there is no header row");
    }
  }

  std::vector<std::string> unread() const override { return unread_; }

 private:
  void take(std::string_view text) {
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      line_.append(text.substr(0, end == std::string_view::npos ? end : end + 1));
      if (end != std::string_view::npos || line_.size() > kMaxRecord) end_line();
      if (end == std::string_view::npos) return;
      text.remove_prefix(end + 1);
    }
  }

  void end_line() {
    if (line_.ends_with('\n') || !midway_) ++line_number_;
    midway_ = !line_.ends_with('\n');
    if (row_bytes_ == 0) row_line_ = line_number_;
    if (!delimiter_known_) choose_delimiter();
    row_bytes_ += line_.size();
    if (row_bytes_ > kMaxRecord)
      restart(fmt::format("is longer than {} bytes; a quote may be missing", kMaxRecord));
    else if (csv_parse(&parser_, line_.data(), line_.size(), on_cell, on_row, this) != line_.size())
      restart("has a quote in the wrong place");
    line_.clear();
  }

  void restart(const std::string& why) {
    csv_free(&parser_);
    csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL);
    csv_set_delim(&parser_, static_cast<unsigned char>(delimiter_));
    refuse(why);
  }

  void refuse(const std::string& why) {
    refused_header_ |= !has_header_;
    cells_.clear();
    row_bytes_ = 0;
    on_record_({row_line_, json(), Refusal(Code::invalid, why)});
  }

  void choose_delimiter() {
    delimiter_known_ = true;
    const auto count = [&](char c) { return std::count(line_.begin(), line_.end(), c); };
    for (char candidate : {';', '\t'})
      if (count(candidate) > count(delimiter_)) delimiter_ = candidate;
    csv_set_delim(&parser_, static_cast<unsigned char>(delimiter_));
  }

  static void on_cell(void* cell, std::size_t size, void* self) {
    auto& cells = static_cast<CsvReader*>(self)->cells_;
    if (cells.size() <= kMaxColumns) cells.emplace_back(static_cast<const char*>(cell), size);
  }

  static void on_row(int, void* self) { static_cast<CsvReader*>(self)->end_row(); }

  void end_row() {
    std::vector<std::string> cells = std::move(cells_);
    cells_.clear();
    row_bytes_ = 0;
    try {
      if (cells.size() > kMaxColumns) throw Refusal(Code::invalid, fmt::format("has more than {} cells", kMaxColumns));
      // The whole row tells the charset better than a cell.
      std::string all;
      for (const std::string& cell : cells) all += cell + " ";
      decoder_.decode(all);
      for (std::string& cell : cells) cell = decoder_.decode(cell);
      if (!has_header_) return read_header(cells);
      if (cells.size() == 1 && trim(cells[0]).empty()) return;
      if (cells.size() != members_.size())
        throw Refusal(Code::invalid,
                      fmt::format("has {} cells where the header has {}", cells.size(), members_.size()));
      on_record_({row_line_, to_record(cells), {}});
    } catch (const Refusal& refusal) {
      refused_header_ |= !has_header_;
      on_record_({row_line_, json(), refusal});
    }
  }

  void read_header(const std::vector<std::string>& cells) {
    has_header_ = true;
    for (const std::string& cell : cells) {
      const std::string name = fold(trim(cell));
      const auto renamed = renamed_.find(name);
      const std::string member = renamed != renamed_.end() ? renamed->second : name;
      const auto column =
          std::find_if(columns_.begin(), columns_.end(), [&](const auto& each) { return each.first == member; });
      const bool taken =
          column != columns_.end() && std::find(members_.begin(), members_.end(), column->second) != members_.end();
      if (column == columns_.end() || taken) {
        members_.emplace_back();
        if (!name.empty()) unread_.push_back(cell);
      } else {
        members_.emplace_back(column->second);
      }
    }
  }

  json to_record(const std::vector<std::string>& cells) const {
    json record = json::object();
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string text(trim(cells[i]));
      if (members_[i].empty() || text.empty()) continue;
      json& member = record[json::json_pointer(std::string(members_[i]))];
      if (members_[i] == "/contacts" || members_[i] == "/tags")
        member = split(text, text.find('|') != std::string::npos ? '|' : ';');
      else if (is_number(members_[i]))
        member = to_number(text);
      else
        member = text;
    }
    return record;
  }

  // A number if it is one, also with spaces between thousands and a decimal comma; else the text, which the schema will
  // refuse by name.
  static json to_number(std::string text) {
    const std::string as_written = text;
    for (const char* space : {" ", "\u00a0", "\u202f"})
      for (std::size_t at = text.find(space); at != std::string::npos; at = text.find(space))
        text.erase(at, std::string_view(space).size());
    if (text.find('.') == std::string::npos) std::replace(text.begin(), text.end(), ',', '.');
    std::int64_t whole = 0;
    const auto [whole_end, no_whole] = std::from_chars(text.data(), text.data() + text.size(), whole);
    if (no_whole == std::errc() && whole_end == text.data() + text.size()) return whole;
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() ? json(number) : json(as_written);
  }

  OnRecord on_record_;
  const Columns& columns_;
  Decoder decoder_;
  csv_parser parser_{};
  std::map<std::string, std::string> renamed_;
  char delimiter_ = ',';
  bool delimiter_known_ = false;
  bool has_header_ = false;
  bool refused_header_ = false;
  std::vector<std::string> members_;  // of each column: a JSON pointer, or empty for one that is not read
  std::vector<std::string> unread_;
  std::vector<std::string> cells_;
  std::string line_;
  bool midway_ = false;  // the line before this piece has no end yet
  std::int64_t line_number_ = 0;
  std::int64_t row_line_ = 0;
  std::size_t row_bytes_ = 0;
};

}  // namespace

std::unique_ptr<Reader> make_csv_reader(const std::map<std::string, std::string>& columns, const std::string& kind,
                                        OnRecord on_record) {
  return std::make_unique<CsvReader>(columns, kind, std::move(on_record));
}

}  // namespace tidings
