// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/index/words.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <unordered_set>

#include "indexer/index/analyser.h"
#include "indexer/index/insight_document.h"

namespace tidings {
namespace {

std::filesystem::path words_path(const std::filesystem::path& segment) { return segment / "words"; }

}  // namespace

void count_words(const Xapian::Document& document, WordCounts& counts) {
  const json data = document_data(document);
  std::unordered_set<std::string> seen;
  for (const char* part : {"title", "body", "answer"})
    for (Token& token : tokenise(data[part].get_ref<const std::string&>()))
      if (seen.insert(token.word).second) ++counts[token.word];
}

void write_words(const WordCounts& counts, const std::filesystem::path& segment) {
  std::vector<std::pair<std::string_view, std::uint32_t>> sorted(counts.begin(), counts.end());
  std::sort(sorted.begin(), sorted.end());
  std::ofstream out(words_path(segment), std::ios::binary | std::ios::trunc);
  std::string text;
  for (const auto& [word, count] : sorted) {
    text.append(word).append(1, ' ').append(std::to_string(count)).append(1, '\n');
    if (text.size() > (1 << 16)) {
      out << text;
      text.clear();
    }
  }
  out << text;
  if (!out.flush()) throw Xapian::DatabaseError("the words of a segment cannot be written");
}

bool read_words(const std::filesystem::path& segment,
                const std::function<void(std::string_view, std::uint32_t)>& on_word) {
  std::ifstream in(words_path(segment), std::ios::binary);
  if (!in) return false;
  for (std::string line; std::getline(in, line);) {
    const std::size_t space = line.rfind(' ');
    if (space == std::string::npos) return false;
    std::uint32_t count = 0;
    std::from_chars(line.data() + space + 1, line.data() + line.size(), count);
    on_word(std::string_view(line).substr(0, space), count);
  }
  return true;
}

void merge_words(const std::vector<std::filesystem::path>& segments, const std::filesystem::path& into) {
  WordCounts counts;
  for (const auto& segment : segments) {
    const bool read =
        read_words(segment, [&](std::string_view word, std::uint32_t count) { counts[std::string(word)] += count; });
    if (read) continue;
    const Xapian::Database database(segment.string());
    for (auto it = database.postlist_begin(""); it != database.postlist_end(""); ++it)
      count_words(database.get_document(*it), counts);
  }
  write_words(counts, into);
}

}  // namespace tidings
