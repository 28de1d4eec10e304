// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/sending/addresses.h"

#include <netinet/in.h>

#include <array>
#include <cstdint>
#include <cstring>

namespace tidings {
namespace {

struct Block {
  std::uint32_t network;
  int bits;
};

constexpr std::uint32_t ipv4(unsigned a, unsigned b, unsigned c, unsigned d) { return a << 24 | b << 16 | c << 8 | d; }

constexpr Block kNotPublic[] = {{ipv4(0, 0, 0, 0), 8},      {ipv4(10, 0, 0, 0), 8},     {ipv4(100, 64, 0, 0), 10},
                                {ipv4(127, 0, 0, 0), 8},    {ipv4(169, 254, 0, 0), 16}, {ipv4(172, 16, 0, 0), 12},
                                {ipv4(192, 0, 0, 0), 24},   {ipv4(192, 0, 2, 0), 24},   {ipv4(192, 88, 99, 0), 24},
                                {ipv4(192, 168, 0, 0), 16}, {ipv4(198, 18, 0, 0), 15},  {ipv4(198, 51, 100, 0), 24},
                                {ipv4(203, 0, 113, 0), 24}, {ipv4(224, 0, 0, 0), 4},    {ipv4(240, 0, 0, 0), 4}};

bool is_public_ipv4(std::uint32_t address) {
  for (const Block& block : kNotPublic)
    if (address >> (32 - block.bits) == block.network >> (32 - block.bits)) return false;
  return true;
}

using Bytes = std::array<std::uint8_t, 16>;

std::uint32_t ipv4_at(const Bytes& bytes, std::size_t at) {
  return ipv4(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]);
}

bool begins(const Bytes& bytes, std::initializer_list<std::uint8_t> with) {
  return std::equal(with.begin(), with.end(), bytes.begin());
}

bool is_public_ipv6(const Bytes& bytes) {
  if (begins(bytes, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff})) return is_public_ipv4(ipv4_at(bytes, 12));  // mapped
  if (begins(bytes, {0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0})) return is_public_ipv4(ipv4_at(bytes, 12));  // NAT64
  if (begins(bytes, {0x20, 0x02})) return is_public_ipv4(ipv4_at(bytes, 2));                                    // 6to4
  if (begins(bytes, {0x20, 0x01, 0x0d, 0xb8})) return false;  // documentation
  if (begins(bytes, {0x20, 0x01, 0x00, 0x00})) return false;  // Teredo wraps an address that can be any
  return (bytes[0] & 0xe0) == 0x20;  // 2000::/3 is all that is given out; the rest is local, multicast or reserved
}

}  // namespace

bool is_public(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, address, sizeof in);
    return is_public_ipv4(ntohl(in.sin_addr.s_addr));
  }
  if (address->sa_family == AF_INET6) {
    sockaddr_in6 in{};
    std::memcpy(&in, address, sizeof in);
    Bytes bytes{};
    std::memcpy(bytes.data(), &in.sin6_addr, bytes.size());
    return is_public_ipv6(bytes);
  }
  return false;
}

}  // namespace tidings
