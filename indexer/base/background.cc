// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/base/background.h"

#include <sys/resource.h>

namespace tidings {

void run_in_background() {
  constexpr int kLessUrgent = 10;  // a tenth of what others get, so that it comes to an end under any load
  // On Linux, 0 is the calling thread, whatever POSIX says of processes.
  static_cast<void>(::setpriority(PRIO_PROCESS, 0, kLessUrgent));
}

}  // namespace tidings
