// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the instructions compute, exactly: rounding comes afterwards (number.h). Operands that are no numbers, and operations
// that are none, are settled here. (Book I 4.4, 4.6)

#include "cpu/floating_point/number.h"

namespace cpu::floating {

Unrounded add(u64 a, u64 b, Rounding);
Unrounded subtract(u64 a, u64 b, Rounding);
Unrounded multiply(u64 a, u64 b);
Unrounded divide(u64 a, u64 b);
Unrounded square_root(u64 b);
// a * c + b, or - b. Of several NaN, a comes before b and c.
Unrounded multiply_add(u64 a, u64 c, u64 b, Rounding);
Unrounded multiply_subtract(u64 a, u64 c, u64 b, Rounding);
// The estimates: closer than they need to be.
Unrounded reciprocal(u64 b);
Unrounded reciprocal_square_root(u64 b);
// A number that is rounded to another format.
Unrounded itself(u64 b);
Unrounded to_be_single(u64 b);  // of a NaN only what a single has is kept
Unrounded from_integer(u64 value, bool is_signed);

// Not of a NaN.
constexpr u64 negated_unless_nan(u64 x) { return is_nan(x) ? x : x ^ sign_bit; }

}  // namespace cpu::floating
