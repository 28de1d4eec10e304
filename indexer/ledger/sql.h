// SPDX-License-Identifier: GPL-3.0-or-later
// Inside indexer/ledger only: SOCI, its errors turned into ours, and the few conversions rows need.
#pragma once

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wpedantic"
#include <soci/soci.h>
#pragma GCC diagnostic pop

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "indexer/base/clock.h"
#include "indexer/base/refusal.h"

namespace tidings {

// Turns what SOCI throws into a Refusal: unavailable (busy, disk full, read-only), conflict (a unique name is taken),
// invalid (a foreign key names nothing), broken (the rest; damage to the file says what to do).
[[noreturn]] void throw_translated(const soci::soci_error& error);

template <class F>
auto translated(F&& work) {
  try {
    return work();
  } catch (const soci::soci_error& error) {
    throw_translated(error);
  }
}

// A column that may be null.
template <class T>
struct Nullable {
  T value{};
  mutable soci::indicator indicator = soci::i_null;  // SOCI asks for a reference it may write, also when it only reads

  Nullable() = default;
  explicit Nullable(const std::optional<T>& from)
      : value(from.value_or(T{})), indicator(from ? soci::i_ok : soci::i_null) {}
  std::optional<T> get() const { return indicator == soci::i_ok ? std::optional<T>(value) : std::nullopt; }
};

template <class T>
auto into(Nullable<T>& column) {
  return soci::into(column.value, column.indicator);
}
template <class T>
auto use(const Nullable<T>& column) {
  static const std::string kNoName;  // SOCI keeps a reference to it
  return soci::use(column.value, column.indicator, kNoName);
}
using soci::into;
using soci::use;

// Runs `query` with `uses`, a tuple, bound in order and calls `on_row` for each row, its columns put into `columns`.
// Rows of fixed types only: SOCI's dynamic rows read SQLite's ids as 32-bit numbers.
template <class OnRow, class... Columns, class Uses>
void for_each_row(soci::session& sql, const std::string& query, std::tuple<Columns&...> columns, const Uses& uses,
                  OnRow&& on_row) {
  soci::statement statement(sql);
  std::apply([&](auto&... each) { (statement.exchange(into(each)), ...); }, columns);
  std::apply([&](const auto&... each) { (statement.exchange(use(each)), ...); }, uses);
  statement.alloc();
  statement.prepare(query);
  statement.define_and_bind();
  for (statement.execute(); statement.fetch();) on_row();
}

}  // namespace tidings
