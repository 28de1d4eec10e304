// SPDX-License-Identifier: GPL-3.0-or-later
// An insight as a Xapian document: the terms it is found by and the data a hit shows.
#pragma once

#include <xapian.h>

#include <string>

#include "indexer/base/json.h"
#include "indexer/index/words.h"
#include "indexer/ledger/insights.h"

namespace tidings {

// The document of an insight with all that belongs to it. Its words are added to `words` if given, each once. Any
// thread.
Xapian::Document to_document(const WholeInsight& whole, WordCounts* words = nullptr);

// What a hit shows of a document, from its data and its facts: id, key, title, body, answer, client {id, name},
// industry, author, kind, recorded_at, foreseen, contacts, tags, queue, state, language. Throws
// Xapian::DatabaseCorruptError.
json document_data(const Xapian::Document& document);

// The stored count of a term that stands `count` times in a text of `length` tokens (see kWdfScale).
Xapian::termcount folded_count(double count, double length);

}  // namespace tidings
