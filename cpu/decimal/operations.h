// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The operations of decimal floating point, as chapter 5 of Book I defines them, on numbers and FPSCR. The manual's names.
// An empty result: an exception that is enabled keeps the target as it was.

#include <optional>

#include "cpu/decimal/number.h"
#include "cpu/decimal/status.h"

namespace cpu::decimal {

using Result = std::optional<Number>;

Result dadd(const Format&, Status&, const Number& a, const Number& b);
Result dsub(const Format&, Status&, const Number& a, const Number& b);
Result dmul(const Format&, Status&, const Number& a, const Number& b);
Result ddiv(const Format&, Status&, const Number& a, const Number& b);

// Four bits for a field of CR: less, greater, equal, unordered.
u32 dcmpu(Status&, const Number& a, const Number& b);
u32 dcmpo(Status&, const Number& a, const Number& b);
u32 dtstdc(const Format&, Status&, const Number&, u32 classes);
u32 dtstdg(const Format&, Status&, const Number&, u32 groups);
u32 dtstex(Status&, const Number& a, const Number& b);
u32 dtstsf(Status&, u32 significance, const Number&);

Rounding rounding_of(const Status&, u32 rmc);                                // RMC, where R is 0 or absent
Rounding rounding_of(const Status&, u32 r, u32 rmc);                         // of drintx, drintn
Result dqua(const Format&, Status&, s32 exponent, const Number&, Rounding);  // dquai
Result dqua(const Format&, Status&, const Number& a, const Number& b, Rounding);
Result drrnd(const Format&, Status&, u32 significance, const Number&, Rounding);
enum class TellInexact { no, yes };
Result drint(const Format&, Status&, const Number&, Rounding, TellInexact);

Result widened(const Format& to, Status&, const Number&, bool quiets);   // dctdp, dctqpq
Result narrowed(const Format& to, Status&, const Number&, bool quiets);  // drsp, drdpq
Result dcffix(const Format&, Status&, s64);
std::optional<s64> dctfix(Status&, const Number&);

Bits ddedpd(const Format&, const Number&, u32 sp);  // digits of four bits
Result denbcd(const Format&, Status&, Bits, bool has_sign);

s64 dxex(const Format&, const Number&);
Bits diex(const Format&, s64 exponent, Bits);
Number shifted(const Format&, const Number&, int places);  // dscli; dscri: negative places

u64 class_of(const Format&, const Number&);  // FPRF

}  // namespace cpu::decimal
