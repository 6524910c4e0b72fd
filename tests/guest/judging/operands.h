// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Operands: all that is special in a format, and numbers near where something changes. The same seed gives the same ones.

#include <span>

#include "tests/guest/judging/table.h"

namespace judge {

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

std::span<const u64> special_doubles();
std::span<const u32> special_singles();
std::span<const u64> special_integers();

u64 any_double(Random&);
u32 any_single(Random&);
u64 any_integer(Random&);

// Of FPSCR: modes, enables and what is set already.
u64 any_fpscr(Random&);

}  // namespace judge
