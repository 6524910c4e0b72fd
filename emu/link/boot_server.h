// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A host on a segment that boots others, as a NIM master does: a port, and a thread that answers (emu/link/boot_service.h).

#include <memory>

#include "emu/core/clock.h"
#include "emu/core/lab.h"
#include "emu/core/result.h"
#include "emu/link/segment.h"

namespace emu {

class BootServer {
 public:
  // The segment may go away afterwards; the clock may not.
  static Result<std::unique_ptr<BootServer>> create(const SegmentConfig&, const SegmentConfig::BootServer&, Segment&,
                                                    const Clock&);
  virtual ~BootServer() = default;  // ends the thread
};

}  // namespace emu
