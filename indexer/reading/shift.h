// SPDX-License-Identifier: GPL-3.0-or-later
// Moves a record in time, so that a sample that was written for one day reads as if written for today.
#pragma once

#include "indexer/base/json.h"

namespace tidings {

// Adds `days` to every time and day of a record (recorded_at, foreseen, answer, told, left_on). What is no time is left
// for the schema to refuse.
void shift(json& record, int days);

}  // namespace tidings
