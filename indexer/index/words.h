// SPDX-License-Identifier: GPL-3.0-or-later
// The words of the notes as they are written (folded, not stemmed) and how many notes have each: what completions and
// corrections are made of. A segment that will not change any more has them in a file of its own.
#pragma once

#include <xapian.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tidings {

using WordCounts = std::unordered_map<std::string, std::uint32_t>;

// Counts each word of title, body and answer once. Any thread, each with counts of its own.
void count_words(const Xapian::Document& document, WordCounts& counts);

// Words in the order of their bytes, one "word count" a line.
void write_words(const WordCounts& counts, const std::filesystem::path& segment);

// The words of a segment that has a file of them, in order. False if there is none that can be read.
bool read_words(const std::filesystem::path& segment,
                const std::function<void(std::string_view, std::uint32_t)>& on_word);

// Writes the words of several segments as those of `into`; what has no file is counted from the documents.
void merge_words(const std::vector<std::filesystem::path>& segments, const std::filesystem::path& into);

}  // namespace tidings
