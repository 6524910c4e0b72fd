// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Waiting, as an interface: a test that owns the time does not wait for it. Any thread.

#include "emu/core/types.h"

namespace hmc {

class Pause {
 public:
  virtual ~Pause() = default;
  virtual void sleep(u64 nanoseconds) = 0;
};

class HostPause final : public Pause {
 public:
  void sleep(u64 nanoseconds) override;
};

}  // namespace hmc
