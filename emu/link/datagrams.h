// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A place on a segment from which datagrams are sent and answered: the HMC's way to the partitions. Nothing on the host
// listens for it. A thread of its own receives; any thread may ask, several at a time.

#include <memory>

#include "emu/core/result.h"
#include "emu/core/types.h"
#include "emu/link/segment.h"

namespace emu {

class Datagrams {
 public:
  // `address`: one that nobody else on the segment has. The segment may go away afterwards.
  static Result<std::unique_ptr<Datagrams>> create(Segment&, const std::string& name, u32 address);
  virtual ~Datagrams() = default;

  // A datagram there, and the first one that comes back from there to that port. Errors: "timeout" after `timeout`
  // nanoseconds (address resolution included).
  virtual Result<Bytes> exchange(u32 to, u16 to_port, u16 from_port, std::span<const u8> request, u64 timeout) = 0;
  // An ICMP echo there and back. Error: "timeout".
  virtual Status ping(u32 to, u64 timeout) = 0;
};

}  // namespace emu
