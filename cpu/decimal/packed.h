// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Integers of 31 digits of four bits, and a sign behind them, as the vector registers hold them. (Book I chapter 6)

#include "cpu/decimal/number.h"

namespace cpu::decimal {

struct PackedSum {
  Bits value;         // zeros where an operand is no number
  u32 condition = 0;  // a field of CR: less, greater, equal; overflow, or no number
};
// `preferred`: which of the two codes for plus the sum has.
PackedSum add_packed(Bits a, Bits b, bool preferred);
PackedSum subtract_packed(Bits a, Bits b, bool preferred);

}  // namespace cpu::decimal
