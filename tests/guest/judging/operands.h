// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Operands: all that is special in a format, and numbers near where something changes. The same seed gives the same ones.

#include <span>
#include <utility>

#include "tests/guest/judging/table.h"
#include "tests/support/random.h"

namespace judge {

using support::Random;

std::span<const u64> special_doubles();
std::span<const u32> special_singles();
std::span<const u64> special_integers();

// The first doublewords of quads; the second is 0, or all ones where that makes another special one.
std::span<const u64> special_quads();

u64 any_double(Random&);
u32 any_single(Random&);
u64 any_integer(Random&);
u64 any_elements(Random&);  // eight bytes of a vector
std::pair<u64, u64> any_quad(Random&);
u32 any_half(Random&);

// Of FPSCR: modes, enables and what is set already.
u64 any_fpscr(Random&);

}  // namespace judge
