// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// How long a mover may work: what a capped Virtual I/O Server is entitled to is all that its mover gets of a processor. (Redbook 5.2)

#include <algorithm>

#include "emu/core/clock.h"

namespace vios {

class Entitlement {
 public:
  // `now`: a clock that does not jump; `used`: of a processor, ever; `units`: hundredths of one, 0: no limit. Nanoseconds until it may go
  // on; 0: now.
  u64 wait(u64 now, u64 used, u32 units) {
    const u64 passed = last_now_ ? now - last_now_ : 0;
    const u64 worked = last_now_ ? used - last_used_ : 0;
    last_now_ = now;
    last_used_ = used;
    if (units == 0) {
      left_ = 0;
      return 0;
    }
    // What it did not need in time it does not get later.
    const s64 most = static_cast<s64>(window / 100 * units);
    left_ = std::min(most, left_ + static_cast<s64>(passed / 100 * units)) - static_cast<s64>(worked);
    if (left_ >= 0) return 0;
    return std::min<u64>(static_cast<u64>(-left_) * 100 / units, longest);
  }

 private:
  static constexpr u64 window = 10 * emu::millisecond;
  static constexpr u64 longest = 100 * emu::millisecond;  // it looks again whether its entitlement has changed

  u64 last_now_ = 0;
  u64 last_used_ = 0;
  s64 left_ = 0;
};

}  // namespace vios
