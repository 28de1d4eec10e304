// SPDX-License-Identifier: GPL-3.0-or-later
// Work that may take its time.
#pragma once

namespace tidings {

// From now on the calling thread, and those it starts, leave most of the processor to all others that want it. Cannot
// be taken back. Does nothing where the system does not allow it.
void run_in_background();

}  // namespace tidings
