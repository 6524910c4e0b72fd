// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A clock beside the host's: ahead of it, or behind, and on a crystal of its own, which runs too fast or too slowly.

#include "emu/core/fields.h"
#include "emu/core/types.h"

namespace emu {

inline constexpr s64 most_drift_ppm = 100'000;

// What a crystal adds to so many nanoseconds.
constexpr s64 drift_of(s64 nanoseconds, s64 ppm) {
  constexpr s64 million = 1'000'000;
  return nanoseconds / million * ppm + nanoseconds % million * ppm / million;
}

struct DriftingClock {
  u64 since = 0;  // nanoseconds since 1970 of the host's clock, when it showed the same but for `ahead`
  s64 ahead = 0;  // nanoseconds
  s64 drift_ppm = 0;
  FIELDS(DriftingClock, since, ahead, drift_ppm)

  u64 at(u64 wall) const {
    return wall + static_cast<u64>(ahead) + static_cast<u64>(drift_of(static_cast<s64>(wall - since), drift_ppm));
  }
};

}  // namespace emu
