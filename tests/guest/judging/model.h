// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the processor answers, worked out in another way than cpu/floating_point does: with numbers of so many bits that
// nothing is lost, and one rounding. POWER's own rules are added for NaN, tininess and flags. (Book I 4.3 - 4.6)

#include <functional>
#include <memory>

#include <mpfr.h>

#include "emu/core/types.h"

namespace judge {

// FPSCR, by the numbers of its bits.
constexpr u64 bit(int number) { return u64{1} << (63 - number); }
inline constexpr u64 FX = bit(32), FEX = bit(33), VX = bit(34), OX = bit(35), UX = bit(36), ZX = bit(37), XX = bit(38),
                     VXSNAN = bit(39), VXISI = bit(40), VXIDI = bit(41), VXZDZ = bit(42), VXIMZ = bit(43), VXVC = bit(44),
                     FR = bit(45), FI = bit(46), C = bit(47), FPCC = bit(48) | bit(49) | bit(50) | bit(51), VXSOFT = bit(53),
                     VXSQRT = bit(54), VXCVI = bit(55), VE = bit(56), OE = bit(57), UE = bit(58), ZE = bit(59), XE = bit(60),
                     NI = bit(61), RN = bit(62) | bit(63), FPRF = C | FPCC;
inline constexpr u64 invalid = VXSNAN | VXISI | VXIDI | VXZDZ | VXIMZ | VXVC | VXSOFT | VXSQRT | VXCVI;
inline constexpr u64 exceptions = OX | UX | ZX | XX | invalid;

enum class Format { single, dual };

// A binary number without limits.
class Number {
 public:
  static constexpr mpfr_prec_t precision = 4600;  // of a product and a sum of any doubles
  explicit Number(mpfr_prec_t bits = precision) { mpfr_init2(value_, bits); }
  ~Number() { mpfr_clear(value_); }
  Number(const Number&) = delete;
  Number& operator=(const Number&) = delete;
  mpfr_ptr operator*() { return value_; }
  mpfr_srcptr operator*() const { return value_; }

 private:
  mpfr_t value_;
};
using Shared = std::shared_ptr<const Number>;

struct Result {
  u64 bits = 0;   // as a double
  u64 flags = 0;  // exceptions, FR, FI
  Shared exact;   // of an estimate: what it should be near to
};

inline constexpr u64 sign = u64{1} << 63, inf = u64{0x7FF} << 52, quiet = u64{1} << 51;
constexpr bool nan(u64 x) { return (x & ~sign) > inf; }
constexpr bool snan(u64 x) { return nan(x) && !(x & quiet); }
constexpr bool zero(u64 x) { return (x & ~sign) == 0; }
constexpr bool infinite(u64 x) { return (x & ~sign) == inf; }

enum class Operation { add, sub, mul, div, sqrt, madd, msub, nmadd, nmsub, re, rsqrte, round, max, min };
// The multiply-adds: a * c + b.
Result compute(Operation, u64 a, u64 b, u64 c, Format, u64 fpscr);
enum class Integral { nearest_away, zero, up, down, nearest_even };
Integral current(u64 fpscr);
Result to_integral(u64 x, Integral);
Result to_integer(u64 x, int bits, bool is_signed, Integral);  // bits: the integer
Result from_integer(u64 x, bool is_signed, Format, u64 fpscr);
bool near(u64 actual, const Number& exact, int bits, Format);  // relative error at most 2^-bits, or as good as the format can

u64 fprf(u64 bits, Format);
u32 relation(u64 a, u64 b);  // as a field of CR
u32 test_divide(u64 a, u64 b, Format);
u32 test_sqrt(u64 b, Format);

u64 summary(u64 fpscr);
u64 note(u64 fpscr, u64 flags);      // sticky bits, FX
bool stopped(u64 fpscr, u64 flags);  // the result is not written
bool stopped_vector(u64 fpscr, u64 flags);

u64 widen(u32 x);
u32 narrow(u64 x);  // of a value that is a single

namespace vmx {
u32 compute(Operation, u32 a, u32 b, u32 c, bool nj);
u32 round(u32 x, Integral, bool nj);
u32 to_signed(u32 x, int scale, bool& sat);
u32 to_unsigned(u32 x, int scale, bool& sat);
u32 from_word(u32 x, bool is_signed, int scale);
u32 flush(u32 x, bool nj);
}  // namespace vmx

}  // namespace judge
