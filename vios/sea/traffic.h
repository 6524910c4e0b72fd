// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What has passed an Ethernet adapter in one direction, as entstat counts it.

#include "emu/link/packet.h"

namespace vios {

struct Traffic {
  u64 packets = 0;
  u64 bytes = 0;
  u64 broadcasts = 0;
  u64 multicasts = 0;
  u64 failures = 0;  // packets that could not be passed on; they are in no other count

  void count(std::span<const u8> packet, bool passed = true) {
    if (!passed) {
      ++failures;
      return;
    }
    ++packets;
    bytes += packet.size();
    const emu::packet::Mac to = emu::packet::destination(packet);
    if (to == emu::packet::broadcast)
      ++broadcasts;
    else if (to[0] & 1)
      ++multicasts;
  }
  Traffic& operator+=(const Traffic& other) {
    packets += other.packets;
    bytes += other.bytes;
    broadcasts += other.broadcasts;
    multicasts += other.multicasts;
    failures += other.failures;
    return *this;
  }
};

struct BothWays {
  Traffic sent;
  Traffic received;
};

}  // namespace vios
