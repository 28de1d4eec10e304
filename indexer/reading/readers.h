// SPDX-License-Identifier: GPL-3.0-or-later
// The readers behind make_reader, one a format.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "indexer/reading/reader.h"

namespace tidings {

// One JSON object a line; blank lines are passed over.
std::unique_ptr<Reader> make_ndjson_reader(OnRecord on_record);

// RFC 4180 with a header row; the delimiter (comma, semicolon, tab) is the one the header holds most of. Cells of
// contacts and tags hold several names between | or ; marks. Empty cells are absent members. `kind` is that of the
// rows: client, contact, deal or revenue, else notes.
std::unique_ptr<Reader> make_csv_reader(const std::map<std::string, std::string>& columns, const std::string& kind,
                                        OnRecord on_record);

// One note a file. With `front_matter`, a block of YAML between two lines "---" gives the members and a first heading
// the title; without, all is body.
std::unique_ptr<Reader> make_markdown_reader(bool front_matter, OnRecord on_record);

}  // namespace tidings
