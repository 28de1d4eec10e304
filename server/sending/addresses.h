// SPDX-License-Identifier: GPL-3.0-or-later
// Where a webhook may go: the public internet, and nowhere that only this machine or its neighbours can reach.
#pragma once

#include <sys/socket.h>

#include <string>

namespace tidings {

// Whether an address is public: none of the special-purpose blocks of RFC 6890 and its registries (loopback, private,
// shared, link-local, documentation, benchmarking, multicast, reserved), also where IPv6 wraps an IPv4 address (mapped,
// NAT64, 6to4). Any family but IPv4 and IPv6 is not. Pure.
bool is_public(const sockaddr* address);

}  // namespace tidings
