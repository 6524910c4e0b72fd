// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Numbers from a seed: the same seed gives the same ones, on every machine. (SplitMix64)

#include "emu/core/types.h"

namespace support {

struct Random {
  u64 state;
  u64 operator()() {
    state += 0x9E3779B97F4A7C15;
    u64 z = state;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
    z = (z ^ z >> 27) * 0x94D049BB133111EB;
    return z ^ z >> 31;
  }
  u64 below(u64 limit) { return (*this)() % limit; }
};

}  // namespace support
