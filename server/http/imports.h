// SPDX-License-Identifier: GPL-3.0-or-later
// POST imports: a stream of records in, one outcome a line out.
#pragma once

#include <httplib.h>

#include "server/http/app.h"

namespace tidings {

// Reads NDJSON (application/x-ndjson) or CSV (text/csv) as it arrives and answers NDJSON, {line, status, id, errors}
// for each record. Each outcome is durable. A stream that breaks off, or passes a bound, ends with a refused line that
// says so; what came before it is kept. Throws Refusal: forbidden, unsupported, too_large (by Content-Length).
Reply import_stream(Context& context, const httplib::ContentReader& reader);

}  // namespace tidings
