// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Operands: all that is special in a format, and numbers near where something changes. The same seed gives the same ones.

#include <span>

#include "tests/guest/judging/table.h"
#include "tests/support/random.h"

namespace judge {

using support::Random;

std::span<const u64> special_doubles();
std::span<const u32> special_singles();
std::span<const u64> special_integers();

u64 any_double(Random&);
u32 any_single(Random&);
u64 any_integer(Random&);
u64 any_elements(Random&);  // eight bytes of a vector

// Of FPSCR: modes, enables and what is set already.
u64 any_fpscr(Random&);

}  // namespace judge
