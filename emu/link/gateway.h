// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The way from the host into a segment's network: libslirp on a port, with a thread of its own. The host is .2 of the
// network. Ports of the host's loopback lead to ports of guests; nothing leads from guests to anywhere but the host.

#include <memory>
#include <string>
#include <vector>

#include "emu/core/clock.h"
#include "emu/core/lab.h"
#include "emu/core/result.h"
#include "emu/link/segment.h"

namespace emu {

class Gateway {
 public:
  // Opens all forwards of the configuration. The segment may go away afterwards; the clock may not.
  static Result<std::unique_ptr<Gateway>> create(const SegmentConfig&, Segment&, const Clock&);
  virtual ~Gateway() = default;  // ends the thread
  // Any thread. Answers the host's port: the one asked for, or a free one if that was 0.
  virtual Result<u16> forward(const SegmentConfig::Forward&) = 0;
  // What is forwarded, with the real host ports.
  virtual std::vector<SegmentConfig::Forward> forwards() const = 0;
};

}  // namespace emu
