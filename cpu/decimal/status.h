// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What an operation reads and writes of FPSCR. (Book I 4.2.2, 5.5)

#include "cpu/floating_point/fpscr.h"
#include "emu/core/types.h"

namespace cpu::decimal {

enum class Rounding : u8 {  // as FPSCR[DRN] numbers them
  nearest_even,
  to_zero,
  up,
  down,
  nearest_away,
  nearest_to_zero,
  from_zero,
  for_shorter  // away from zero where the last digit would be 0 or 5
};

class Status {
 public:
  explicit Status(u64 value) : value_(value) {}
  u64 value() const { return value_; }
  Rounding rounding() const { return static_cast<Rounding>(value_ >> 32 & 7); }
  bool enabled(u64 bit) const { return value_ & bit; }

  void raise(u64 exceptions) { value_ = fpscr::with_exceptions(value_, exceptions); }
  // False: the exception is enabled, and no result is stored.
  bool invalid(u64 reason) {
    raise(reason);
    rounded(false, false);
    return !enabled(fpscr::ve);
  }
  void rounded(bool inexact, bool away) {
    value_ = (value_ & ~(fpscr::fi | fpscr::fr)) | (inexact ? fpscr::fi : 0) | (away ? fpscr::fr : 0);
  }
  void result_class(u64 five_bits) { value_ = (value_ & ~fpscr::fprf) | five_bits << 12; }
  void condition(u64 four_bits) { value_ = (value_ & ~fpscr::fpcc) | four_bits << 12; }

 private:
  u64 value_;
};

}  // namespace cpu::decimal
