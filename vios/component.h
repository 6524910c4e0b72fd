// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Something else that runs on a VIOS's thread: the mover.

#include "emu/core/types.h"

namespace vios {

class Component {
 public:
  virtual ~Component() = default;
  // After every wake-up (an adapter's interrupt, wake(), or the timeout). True: there is more to do at once.
  virtual bool poll() = 0;
  // How long it can wait for the next poll(), in nanoseconds.
  virtual u64 patience() const { return ~u64{0}; }
};

}  // namespace vios
