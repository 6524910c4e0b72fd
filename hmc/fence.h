// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What has to be certain before a partition is started elsewhere: nobody runs it on the system that does not answer. Fencing ends
// the system's process, which hangs, or is dead already; then what the system has stored can be asked as if it answered, with its
// Virtual I/O Servers running and nobody else. As long as its remains are asked, the system itself cannot start.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hmc/frame_link.h"

namespace hmc {

// Destroyed: the system is as dead as it was.
class Remains {
 public:
  virtual ~Remains() = default;
};

class Fence {
 public:
  virtual ~Fence() = default;
  // The partitions that a system's process may still run, its Virtual I/O Servers left out. Nothing: there is no such process. Changes
  // nothing.
  virtual Result<std::optional<std::vector<std::string>>> may_run(const std::string& frame) = 0;
  // Blocks until the process has ended and its remains can be asked over the frame's second link (hmc::FrameEndpoint). Several may have
  // them at the same time.
  virtual Result<std::shared_ptr<Remains>> fence(const std::string& frame) = 0;
};

}  // namespace hmc
