// SPDX-License-Identifier: GPL-2.0-or-later
// Decimal floating point. Unicorn has its functions once, for its 32-bit and its 64-bit processor: they look for FPSCR where the
// 32-bit one has it, so the 64-bit one's rounding, status and exceptions are lost. Ours take the place of all of them, and of
// those for integers of decimal digits, which take some invalid ones for zeros.
#include <optional>

#include "cpu/decimal/operations.h"
#include "cpu/decimal/packed.h"
#include "cpu/unicorn/engine_inside.h"

extern "C" {
[[gnu::weak, noreturn]] void raise_exception_err_ra_ppc64(void* registers, u32 exception, u32 error, std::uintptr_t host_code);
}

namespace {

using namespace cpu::decimal;

// Two doublewords in the host's order: the first one is the second in memory. A quad number is in the first of two registers.
struct Vsr {
  u64 second;
  u64 first;
};

struct Long {
  static const Format& format() { return long_format; }
  static Bits bits(const Vsr* from) { return {from->first, 0}; }
  static void put(Vsr* to, Bits bits) { to->first = bits.high; }
};
struct Quad {
  static const Format& format() { return extended_format; }
  static Bits bits(const Vsr* from) { return {from[0].first, from[1].first}; }
  static void put(Vsr* to, Bits bits) {
    to[0].first = bits.high;
    to[1].first = bits.low;
  }
};
template <class Width>
Number get(const Vsr* from) {
  return decode(Width::format(), Width::bits(from));
}

// FPSCR, for one instruction.
class Control {
 public:
  Control()
      : callee_(cpu::unicorn::running_callee()), status_(callee_ && callee_->floating.fpscr ? *callee_->floating.fpscr : 0) {}
  Status& status() { return status_; }
  template <class Width>
  void put(Vsr* to, const Result& result) {
    if (result) Width::put(to, encode(Width::format(), *result));
  }
  // Last: an enabled exception does not return.
  void done(void* registers) {
    done(registers, [this](u32 word) {
      if (word & 1) callee_->floating.cr[1] = static_cast<u32>(status_.value() >> 28 & 15);
    });
  }
  // The same of one that has a field of CR for its target.
  void tested(void* registers, u32 field) {
    done(registers, [this, field](u32 word) { callee_->floating.cr[word >> 23 & 7] = field; });
  }

 private:
  // An instruction that interrupts has set its field of CR, too: the code behind the call is not reached. (Book I 4.2.2)
  template <class SetField>
  void done(void* registers, SetField set_field) {
    if (!callee_ || !callee_->floating.fpscr) return;
    *callee_->floating.fpscr = status_.value();
    if (!cpu::unicorn::floating_interrupt_due(callee_->floating) || !raise_exception_err_ra_ppc64) [[likely]]
      return;
    if (callee_->pc_register && callee_->floating.cr) set_field(callee_->instruction_at(*callee_->pc_register));
    constexpr u32 program = 6, floating_point = 0x10;
    raise_exception_err_ra_ppc64(registers, program, floating_point, 0);
  }

  cpu::unicorn::Callee* callee_;
  Status status_;
};

template <class Width, Result (*operation)(const Format&, Status&, const Number&, const Number&)>
void of_two(void* registers, Vsr* t, const Vsr* a, const Vsr* b) {
  Control control;
  control.put<Width>(t, operation(Width::format(), control.status(), get<Width>(a), get<Width>(b)));
  control.done(registers);
}

template <class Body>
void changing(void* registers, const Body& body) {
  Control control;
  body(control);
  control.done(registers);
}
template <class Body>
u32 testing(void* registers, const Body& body) {
  Control control;
  const u32 field = body(control.status());
  control.tested(registers, field);
  return field;
}

s32 five_bits_signed(u32 te) { return static_cast<s32>(te << 27) >> 27; }
u32 six_bits(const Vsr* a) { return static_cast<u32>(a->first & 63); }

}  // namespace

#define TAKES_ITS_PLACE extern "C" __attribute__((visibility("default"), used))

#define OF_TWO(name)                                                                                      \
  TAKES_ITS_PLACE void helper_##name(void* r, Vsr* t, Vsr* a, Vsr* b) { of_two<Long, name>(r, t, a, b); } \
  TAKES_ITS_PLACE void helper_##name##q(void* r, Vsr* t, Vsr* a, Vsr* b) { of_two<Quad, name>(r, t, a, b); }
OF_TWO(dadd)
OF_TWO(dsub)
OF_TWO(dmul)
OF_TWO(ddiv)

// Both widths of the same thing: `Width` in `body`.
#define BOTH(type, name, parameters, arguments, ...)                                        \
  namespace {                                                                               \
  template <class Width>                                                                    \
  type name##_of_width parameters __VA_ARGS__                                               \
  }                                                                                         \
  TAKES_ITS_PLACE type helper_##name parameters { return name##_of_width<Long> arguments; } \
  TAKES_ITS_PLACE type helper_##name##q parameters { return name##_of_width<Quad> arguments; }

BOTH(u32, dcmpu, (void* r, Vsr* a, Vsr* b), (r, a, b),
     { return testing(r, [&](Status& status) { return dcmpu(status, get<Width>(a), get<Width>(b)); }); })
BOTH(u32, dcmpo, (void* r, Vsr* a, Vsr* b), (r, a, b),
     { return testing(r, [&](Status& status) { return dcmpo(status, get<Width>(a), get<Width>(b)); }); })
BOTH(u32, dtstdc, (void* r, Vsr* a, u32 dcm), (r, a, dcm),
     { return testing(r, [&](Status& status) { return dtstdc(Width::format(), status, get<Width>(a), dcm); }); })
BOTH(u32, dtstdg, (void* r, Vsr* a, u32 dgm), (r, a, dgm),
     { return testing(r, [&](Status& status) { return dtstdg(Width::format(), status, get<Width>(a), dgm); }); })
BOTH(u32, dtstex, (void* r, Vsr* a, Vsr* b), (r, a, b),
     { return testing(r, [&](Status& status) { return dtstex(status, get<Width>(a), get<Width>(b)); }); })
BOTH(u32, dtstsf, (void* r, Vsr* a, Vsr* b), (r, a, b),
     { return testing(r, [&](Status& status) { return dtstsf(status, six_bits(a), get<Width>(b)); }); })
BOTH(u32, dtstsfi, (void* r, u32 uim, Vsr* b), (r, uim, b),
     { return testing(r, [&](Status& status) { return dtstsf(status, uim & 63, get<Width>(b)); }); })

BOTH(void, dquai, (void* r, Vsr* t, Vsr* b, u32 te, u32 rmc), (r, t, b, te, rmc), {
  changing(r, [&](Control& c) {
    c.put<Width>(t, dqua(Width::format(), c.status(), five_bits_signed(te), get<Width>(b), rounding_of(c.status(), rmc)));
  });
})
BOTH(void, dqua, (void* r, Vsr* t, Vsr* a, Vsr* b, u32 rmc), (r, t, a, b, rmc), {
  changing(r, [&](Control& c) {
    c.put<Width>(t, dqua(Width::format(), c.status(), get<Width>(a), get<Width>(b), rounding_of(c.status(), rmc)));
  });
})
BOTH(void, drrnd, (void* r, Vsr* t, Vsr* a, Vsr* b, u32 rmc), (r, t, a, b, rmc), {
  changing(r, [&](Control& c) {
    c.put<Width>(t, drrnd(Width::format(), c.status(), six_bits(a), get<Width>(b), rounding_of(c.status(), rmc)));
  });
})
BOTH(void, drintx, (void* registers, Vsr* t, Vsr* b, u32 r, u32 rmc), (registers, t, b, r, rmc), {
  changing(registers, [&](Control& c) {
    c.put<Width>(t, drint(Width::format(), c.status(), get<Width>(b), rounding_of(c.status(), r, rmc), TellInexact::yes));
  });
})
BOTH(void, drintn, (void* registers, Vsr* t, Vsr* b, u32 r, u32 rmc), (registers, t, b, r, rmc), {
  changing(registers, [&](Control& c) {
    c.put<Width>(t, drint(Width::format(), c.status(), get<Width>(b), rounding_of(c.status(), r, rmc), TellInexact::no));
  });
})

TAKES_ITS_PLACE void helper_dctdp(void* r, Vsr* t, Vsr* b) {
  changing(r, [&](Control& c) {
    c.put<Long>(t, widened(long_format, c.status(), decode(short_format, {b->first & 0xFFFFFFFF, 0}), false));
  });
}
TAKES_ITS_PLACE void helper_dctqpq(void* r, Vsr* t, Vsr* b) {
  changing(r, [&](Control& c) { c.put<Quad>(t, widened(extended_format, c.status(), get<Long>(b), true)); });
}
TAKES_ITS_PLACE void helper_drsp(void* r, Vsr* t, Vsr* b) {
  changing(r, [&](Control& c) {
    if (const Result result = narrowed(short_format, c.status(), get<Long>(b), false))
      t->first = encode(short_format, *result).high;
  });
}
TAKES_ITS_PLACE void helper_drdpq(void* r, Vsr* t, Vsr* b) {
  changing(r, [&](Control& c) {
    if (const Result result = narrowed(long_format, c.status(), get<Quad>(b), true))
      Quad::put(t, {encode(long_format, *result).high, 0});
  });
}
// The integer is in one register, also of the quad forms.
BOTH(void, dcffix, (void* r, Vsr* t, Vsr* b), (r, t, b),
     { changing(r, [&](Control& c) { c.put<Width>(t, dcffix(Width::format(), c.status(), static_cast<s64>(b->first))); }); })
BOTH(void, dctfix, (void* r, Vsr* t, Vsr* b), (r, t, b), {
  changing(r, [&](Control& c) {
    if (const auto value = dctfix(c.status(), get<Width>(b))) t->first = static_cast<u64>(*value);
  });
})
BOTH(void, ddedpd, (void*, Vsr* t, Vsr* b, u32 sp), (nullptr, t, b, sp),
     { Width::put(t, ddedpd(Width::format(), get<Width>(b), sp)); })
BOTH(void, denbcd, (void* r, Vsr* t, Vsr* b, u32 s), (r, t, b, s),
     { changing(r, [&](Control& c) { c.put<Width>(t, denbcd(Width::format(), c.status(), Width::bits(b), s != 0)); }); })
BOTH(void, dxex, (void*, Vsr* t, Vsr* b), (nullptr, t, b), { t->first = static_cast<u64>(dxex(Width::format(), get<Width>(b))); })
BOTH(void, diex, (void*, Vsr* t, Vsr* a, Vsr* b), (nullptr, t, a, b),
     { Width::put(t, diex(Width::format(), static_cast<s64>(a->first), Width::bits(b))); })
BOTH(void, dscli, (void*, Vsr* t, Vsr* a, u32 sh), (nullptr, t, a, sh),
     { Width::put(t, encode(Width::format(), shifted(Width::format(), get<Width>(a), static_cast<int>(sh & 63)))); })
BOTH(void, dscri, (void*, Vsr* t, Vsr* a, u32 sh), (nullptr, t, a, sh),
     { Width::put(t, encode(Width::format(), shifted(Width::format(), get<Width>(a), -static_cast<int>(sh & 63)))); })

// Vectors: both doublewords are of one register. The field of CR is the answer.
#define OF_PACKED(name, operation)                                                                \
  TAKES_ITS_PLACE u32 helper_##name##_ppc64(Vsr* t, Vsr* a, Vsr* b, u32 ps) {                     \
    const PackedSum sum = operation({a->first, a->second}, {b->first, b->second}, (ps & 1) != 0); \
    t->first = sum.value.high;                                                                    \
    t->second = sum.value.low;                                                                    \
    return sum.condition;                                                                         \
  }
OF_PACKED(bcdadd, add_packed)
OF_PACKED(bcdsub, subtract_packed)

namespace cpu::unicorn {

bool quantize_quad(u8* vsr, u64& control, u32 word) {
  const auto reg = [&](u32 shift) { return reinterpret_cast<Vsr*>(vsr) + (word >> shift & 31); };
  constexpr u32 drrndq = 35;
  Status status(control);
  const Rounding rounding = rounding_of(status, word >> 9 & 3);
  const Number b = get<Quad>(reg(11));
  const Result result = (word >> 1 & 0xFF) == drrndq ? drrnd(extended_format, status, six_bits(reg(16)), b, rounding)
                                                     : dqua(extended_format, status, get<Quad>(reg(16)), b, rounding);
  if (result) Quad::put(reg(21), encode(extended_format, *result));
  control = status.value();
  return status.enabled(fpscr::fex);
}

}  // namespace cpu::unicorn
