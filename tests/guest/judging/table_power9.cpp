// SPDX-License-Identifier: GPL-2.0-or-later
// What version 3.0 of the architecture added, for POWER9: quadruple and half precision, and integers of general registers and
// of vectors. (Book I 3.3, chapter 6, chapter 7)
#include <bit>

#include "tests/guest/judging/quad.h"
#include "tests/guest/judging/table.h"

namespace judge {

namespace {

using quad::Bits;
using quad::Rounding;

constexpr u64 all = ~u64{0};
constexpr u32 x_form(u32 primary, u32 extended) { return primary << 26 | extended << 1; }
constexpr u32 vx(u32 extended) { return 4u << 26 | extended; }

Bits whole(const Case& k, u32 vsr) { return Bits{k.dword(vsr, 0)} << 64 | k.dword(vsr, 1); }
void set_whole(Case& k, u32 vsr, Bits x) {
  k.set_dword(vsr, 0, static_cast<u64>(x >> 64));
  k.set_dword(vsr, 1, static_cast<u64>(x));
}

// What all scalars do with their result and FPSCR.
template <class Written>
void tell(Case& k, u64 flags, u64 class_of_result, const Written& write) {
  if (stopped(k.r.fpscr, flags)) {
    k.r.fpscr &= ~(FR | FI);
  } else {
    write();
    k.r.fpscr = (k.r.fpscr & ~(FR | FI | FPRF)) | (flags & (FR | FI)) | class_of_result;
  }
  if ((flags & OX) && !(k.r.fpscr & OE)) k.unknown_fpscr |= FR;
  k.r.fpscr = note(k.r.fpscr, flags);
}
void tell_quad(Case& k, const quad::Result& result) {
  tell(k, result.flags, quad::fprf(result.bits), [&] { set_whole(k, k.t, result.bits); });
}

// ---- quadruple precision ----

constexpr std::string_view quads = "quadruple precision";

Row of_quads(std::string_view name, std::string_view fields, u32 word, std::function<void(Case&)> model) {
  return {name, quads, 9, word, Form::vr, fields, Kind::binary_quads, std::move(model)};
}

void arithmetic(std::vector<Row>& rows) {
  struct One {
    std::string_view name, odd_name;
    u32 extended;
    Operation operation;
  };
  using enum Operation;
  constexpr One ones[] = {
      {"xsaddqp", "xsaddqpo", 4, add},         {"xsmulqp", "xsmulqpo", 36, mul},        {"xssubqp", "xssubqpo", 516, sub},
      {"xsdivqp", "xsdivqpo", 548, div},       {"xsmaddqp", "xsmaddqpo", 388, madd},    {"xsmsubqp", "xsmsubqpo", 420, msub},
      {"xsnmaddqp", "xsnmaddqpo", 452, nmadd}, {"xsnmsubqp", "xsnmsubqpo", 484, nmsub}, {"xssqrtqp", "xssqrtqpo", 804, sqrt}};
  for (const One& one : ones)
    for (const u32 odd : {0u, 1u}) {
      const bool three = one.operation >= madd && one.operation <= nmsub, root = one.operation == sqrt;
      const u32 word = x_form(63, one.extended) | odd | (root ? 27u << 16 : 0u);
      rows.push_back(of_quads(odd ? one.odd_name : one.name, root ? "tb" : "tab", word, [=](Case& k) {
        const Bits a = whole(k, k.a), b = whole(k, k.b), t = whole(k, k.t);
        const Rounding how = odd ? Rounding::odd : Rounding::current;
        tell_quad(k, three ? quad::compute(one.operation, a, t, b, k.r.fpscr, how)
                           : quad::compute(one.operation, a, b, 0, k.r.fpscr, how));
      }));
    }
}

constexpr u32 in_fpscr = 3;
void to_integral(std::vector<Row>& rows) {
  constexpr std::string_view names[] = {"xsrqpi", "xsrqpix", "xsrqpxp"};
  struct Way {
    u32 r, rmc;
    Integral how;
    Rounding rounding;
  };
  constexpr Way ways[] = {{0, 0, Integral::nearest_away, Rounding::nearest_away},
                          {0, in_fpscr, Integral::nearest_even, Rounding::current},
                          {1, 0, Integral::nearest_even, Rounding::nearest_even},
                          {1, 1, Integral::zero, Rounding::zero},
                          {1, 2, Integral::up, Rounding::up},
                          {1, 3, Integral::down, Rounding::down}};
  for (size_t i = 0; i < std::size(names); ++i)
    for (const Way& way : ways) {
      const u32 word = 63u << 26 | way.r << 16 | way.rmc << 9 | (i == 2 ? 37u : 5u) << 1 | (i == 1 ? 1u : 0u);
      rows.push_back(of_quads(names[i], "tb", word, [=](Case& k) {
        const bool present = way.rounding == Rounding::current;
        quad::Result result = i == 2 ? quad::to_extended(whole(k, k.b), k.r.fpscr, way.rounding)
                                     : quad::to_integral(whole(k, k.b), present ? current(k.r.fpscr) : way.how);
        if (i == 0) result.flags &= invalid;
        tell_quad(k, result);
      }));
    }
}

void quad_conversions(std::vector<Row>& rows) {
  const auto word = [](u32 which) { return x_form(63, 836) | which << 16; };
  struct To {
    std::string_view name;
    u32 which;
    int bits;
    bool is_signed;
  };
  constexpr To integers[] = {
      {"xscvqpuwz", 1, 32, false}, {"xscvqpswz", 9, 32, true}, {"xscvqpudz", 17, 64, false}, {"xscvqpsdz", 25, 64, true}};
  for (const To& to : integers)
    rows.push_back(of_quads(to.name, "tb", word(to.which), [=](Case& k) {
      const Result result = quad::to_integer(whole(k, k.b), to.bits, to.is_signed);
      const bool stops = stopped(k.r.fpscr, result.flags);
      k.r.fpscr &= ~(FR | FI);
      if (!stops) {
        k.unknown_fpscr |= FPRF;
        k.r.fpscr |= result.flags & (FR | FI);
        k.set_dword(k.t, 0, result.bits);
        k.set_dword(k.t, 1, 0);
      }
      k.r.fpscr = note(k.r.fpscr, result.flags);
    }));
  for (const u32 odd : {0u, 1u})
    rows.push_back(of_quads(odd ? "xscvqpdpo" : "xscvqpdp", "tb", word(20) | odd, [=](Case& k) {
      const Result result = quad::to_double(whole(k, k.b), k.r.fpscr, odd ? Rounding::odd : Rounding::current);
      tell(k, result.flags, fprf(result.bits, Format::dual), [&] {
        k.set_dword(k.t, 0, result.bits);
        k.set_dword(k.t, 1, 0);
      });
    }));
  rows.push_back({"xscvdpqp", quads, 9, word(22), Form::vr, "tb", Kind::doubles,
                  [](Case& k) { tell_quad(k, quad::from_double(k.dword(k.b, 0))); }});
  rows.push_back({"xscvsdqp", quads, 9, word(10), Form::vr, "tb", Kind::integers,
                  [](Case& k) { tell_quad(k, quad::from_integer(k.dword(k.b, 0), true)); }});
  rows.push_back({"xscvudqp", quads, 9, word(2), Form::vr, "tb", Kind::integers,
                  [](Case& k) { tell_quad(k, quad::from_integer(k.dword(k.b, 0), false)); }});
}

void tell_field(Case& k, u32 field, u32 code, u64 flags = 0) {
  k.set_cr(field, code);
  k.r.fpscr = note((k.r.fpscr & ~FPCC) | u64{code} << 12, flags);
}

u32 by_exponent(u32 a, u32 b) { return a < b ? 8 : a > b ? 4 : 2; }
u32 class_bit(bool is_nan, bool is_infinite, bool is_zero, bool is_small, bool negative) {
  const u32 of_sign = negative ? 0 : 1;
  return is_nan ? 64u : is_infinite ? 16u << of_sign : is_zero ? 4u << of_sign : is_small ? 1u << of_sign : 0;
}

void quad_tests(std::vector<Row>& rows) {
  constexpr u32 field = 5 << 23;
  for (const bool ordered : {false, true})
    rows.push_back(of_quads(ordered ? "xscmpoqp" : "xscmpuqp", "ab", x_form(63, ordered ? 132 : 644) | field, [=](Case& k) {
      const Bits a = whole(k, k.a), b = whole(k, k.b);
      const u32 code = quad::relation(a, b);
      u64 flags = quad::snan(a) || quad::snan(b) ? VXSNAN : 0;
      if (ordered && (flags ? !(k.r.fpscr & VE) : code == 1)) flags |= VXVC;
      tell_field(k, 5, code, flags);
    }));
  rows.push_back(of_quads("xscmpexpqp", "ab", x_form(63, 164) | field, [](Case& k) {
    const Bits a = whole(k, k.a), b = whole(k, k.b);
    const auto exponent = [](Bits x) { return static_cast<u32>(x >> 112) & 0x7FFF; };
    tell_field(k, 5, quad::nan(a) || quad::nan(b) ? 1 : by_exponent(exponent(a), exponent(b)));
  }));
  for (const u32 classes : {0x7Fu, 0x40u, 0x2Au, 0x15u, 0x33u, 0x0Cu})
    rows.push_back(of_quads("xststdcqp", "b", x_form(63, 708) | field | classes << 16, [=](Case& k) {
      const Bits b = whole(k, k.b), size = b & ~quad::sign;
      const bool negative = static_cast<bool>(b >> 127);
      const u32 bit = class_bit(quad::nan(b), quad::infinite(b), size == 0, size < Bits{1} << 112, negative);
      tell_field(k, 5, (negative ? 8 : 0) | (bit & classes ? 2 : 0));
    }));
  const auto moves = [&](std::string_view name, u32 word, std::string_view fields, std::function<Bits(Bits, Bits)> value) {
    rows.push_back({name, quads, 9, word, Form::vr, fields, Kind::binary_quads,
                    [=](Case& k) { set_whole(k, k.t, value(whole(k, k.a), whole(k, k.b))); }});
  };
  moves("xsabsqp", x_form(63, 804), "tb", [](Bits, Bits b) { return b & ~quad::sign; });
  moves("xsnabsqp", x_form(63, 804) | 8 << 16, "tb", [](Bits, Bits b) { return b | quad::sign; });
  moves("xsnegqp", x_form(63, 804) | 16 << 16, "tb", [](Bits, Bits b) { return b ^ quad::sign; });
  moves("xscpsgnqp", x_form(63, 100), "tab", [](Bits a, Bits b) { return (a & quad::sign) | (b & ~quad::sign); });
  moves("xsxexpqp", x_form(63, 804) | 2 << 16, "tb", [](Bits, Bits b) { return (b >> 112 & 0x7FFF) << 64; });
  moves("xsxsigqp", x_form(63, 804) | 18 << 16, "tb", [](Bits, Bits b) {
    const u32 exponent = static_cast<u32>(b >> 112) & 0x7FFF;
    return (b & ((Bits{1} << 112) - 1)) | (exponent != 0 && exponent != 0x7FFF ? Bits{1} << 112 : Bits{0});
  });
  moves("xsiexpqp", x_form(63, 868), "tab",
        [](Bits a, Bits b) { return (a & ~(Bits{0x7FFF} << 112)) | (b >> 64 & 0x7FFF) << 112; });
}

// ---- doubles, singles and halves ----

constexpr std::string_view others = "VSX of 3.0";

Row vsr(std::string_view name, std::string_view fields, u32 word, Kind kind, std::function<void(Case&)> model) {
  return {name, others, 9, word, Form::vsr, fields, kind, std::move(model)};
}
constexpr u32 xx3(u32 extended) { return 60u << 26 | extended << 3; }
constexpr u32 xx2(u32 extended) { return 60u << 26 | extended << 2; }

void put(Case& k, u64 first, u64 second = 0) {
  k.set_dword(k.t, 0, first);
  k.set_dword(k.t, 1, second);
}

void doubles(std::vector<Row>& rows) {
  struct Comparison {
    std::string_view name;
    u32 extended, accepted;
    bool ordered;
  };
  for (const Comparison& c : {Comparison{"xscmpeqdp", 3, 2, false}, {"xscmpgtdp", 11, 4, true}, {"xscmpgedp", 19, 6, true}})
    rows.push_back(vsr(c.name, "tab", xx3(c.extended), Kind::doubles, [=](Case& k) {
      const u64 a = k.dword(k.a, 0), b = k.dword(k.b, 0);
      const u32 code = relation(a, b);
      u64 flags = snan(a) || snan(b) ? VXSNAN : 0;
      if (c.ordered && (flags ? !(k.r.fpscr & VE) : code == 1)) flags |= VXVC;
      if (!stopped(k.r.fpscr, flags)) put(k, code & c.accepted ? all : 0);
      k.r.fpscr = note(k.r.fpscr, flags);
    }));
  struct Choice {
    std::string_view name;
    u32 extended;
    bool larger, of_c;
  };
  for (const Choice& c : {Choice{"xsmaxcdp", 128, true, true},
                          {"xsmincdp", 136, false, true},
                          {"xsmaxjdp", 144, true, false},
                          {"xsminjdp", 152, false, false}})
    rows.push_back(vsr(c.name, "tab", xx3(c.extended), Kind::doubles, [=](Case& k) {
      const u64 a = k.dword(k.a, 0), b = k.dword(k.b, 0);
      u64 flags = 0, value;
      if (nan(a) || nan(b)) {
        value = c.of_c || !nan(a) ? b : a;
        flags = (c.of_c ? snan(a) || snan(b) : snan(value)) ? VXSNAN : 0;
      } else {
        value = compute(c.larger ? Operation::max : Operation::min, a, b, 0, Format::dual, 0).bits;
      }
      if (!stopped(k.r.fpscr, flags)) put(k, value);
      k.r.fpscr = note(k.r.fpscr, flags);
    }));
  const auto exponent = [](u64 x) { return static_cast<u32>(x >> 52) & 0x7FF; };
  rows.push_back(vsr("xscmpexpdp", "ab", xx3(59) | 5 << 23, Kind::doubles, [=](Case& k) {
    const u64 a = k.dword(k.a, 0), b = k.dword(k.b, 0);
    tell_field(k, 5, nan(a) || nan(b) ? 1 : by_exponent(exponent(a), exponent(b)));
  }));
  for (const u32 classes : {0x7Fu, 0x40u, 0x2Au, 0x15u, 0x03u, 0x0Cu}) {
    rows.push_back(vsr("xststdcdp", "b", xx2(362) | 5 << 23 | classes << 16, Kind::doubles, [=](Case& k) {
      const u64 b = k.dword(k.b, 0);
      const u32 bit = class_bit(nan(b), infinite(b), zero(b), exponent(b) == 0, b & sign);
      tell_field(k, 5, (b & sign ? 8 : 0) | (bit & classes ? 2 : 0));
    }));
    rows.push_back(vsr("xststdcsp", "b", xx2(298) | 5 << 23 | classes << 16, Kind::doubles, [=](Case& k) {
      const u64 b = k.dword(k.b, 0);
      const u32 bit = class_bit(nan(b), infinite(b), zero(b), exponent(b) < 1023 - 126, b & sign);
      // A single: as many bits as one has, and not too far away; a NaN with nothing in the others.
      const Result single = compute(Operation::round, 0, b, 0, Format::single, 0);
      const bool is_single = nan(b) ? (b & 0x1FFFFFFF) == 0 : single.bits == b;
      tell_field(k, 5, (b & sign ? 8 : 0) | (bit & classes ? 2 : 0) | (is_single ? 0 : 1));
    }));
    // The seven bits are in three places.
    const u32 split = (classes & 31) << 16 | (classes >> 5 & 1) << 2 | (classes >> 6) << 6;
    rows.push_back(vsr("xvtstdcdp", "tb", xx2(490) | split, Kind::doubles, [=](Case& k) {
      u64 halves[2];
      for (int i = 0; i < 2; ++i) {
        const u64 b = k.dword(k.b, i);
        halves[i] = class_bit(nan(b), infinite(b), zero(b), exponent(b) == 0, b & sign) & classes ? all : 0;
      }
      put(k, halves[0], halves[1]);
    }));
    rows.push_back(vsr("xvtstdcsp", "tb", xx2(426) | split, Kind::singles, [=](Case& k) {
      u32 words[4];
      for (int i = 0; i < 4; ++i) {
        const u32 x = k.w(k.b, i);
        const u64 b = widen(x);
        words[i] = class_bit(nan(b), infinite(b), zero(b), (x & 0x7F800000) == 0, b & sign) & classes ? ~u32{0} : 0;
      }
      for (int i = 0; i < 4; ++i) k.set_w(k.t, i, words[i]);
    }));
  }
  rows.push_back(vsr("xscvdphp", "tb", xx2(347) | 17 << 16, Kind::doubles, [](Case& k) {
    const Result result = quad::to_half(k.dword(k.b, 0), k.r.fpscr);
    // Where its exponent was adjusted and still is that of no half, nobody says what it is.
    const bool adjusted = ((k.r.fpscr & OE) && (result.flags & OX)) || ((k.r.fpscr & UE) && (result.flags & UX));
    const u64 value = quad::from_half(static_cast<u32>(result.bits));
    u64 of_class = fprf(value, Format::dual);
    if (!nan(value) && !infinite(value) && !zero(value) && (result.bits & 0x7C00) == 0) of_class |= C;
    const bool stops = stopped(k.r.fpscr, result.flags);
    tell(k, result.flags, of_class, [&] { put(k, result.bits); });
    if (adjusted && !stops) k.unknown_fpscr |= FPRF, k.unknown_target = {0xFFFF, 0};
  }));
  rows.push_back(vsr("xscvhpdp", "tb", xx2(347) | 16 << 16, Kind::halves, [](Case& k) {
    u64 x = quad::from_half(static_cast<u32>(k.dword(k.b, 0)));
    const u64 flags = snan(x) ? VXSNAN : 0;
    if (nan(x)) x |= quiet;
    tell(k, flags, fprf(x, Format::dual), [&] { put(k, x); });
  }));
  rows.push_back(vsr("xvcvhpsp", "tb", xx2(475) | 24 << 16, Kind::halves, [](Case& k) {
    u32 words[4];
    u64 flags = 0;
    for (int i = 0; i < 4; ++i) {
      u64 x = quad::from_half(k.w(k.b, i));
      if (snan(x)) flags |= VXSNAN;
      if (nan(x)) x |= quiet;
      words[i] = narrow(x);
    }
    if (!stopped_vector(k.r.fpscr, flags))
      for (int i = 0; i < 4; ++i) k.set_w(k.t, i, words[i]);
    k.r.fpscr = note(k.r.fpscr, flags);
  }));
  rows.push_back(vsr("xvcvsphp", "tb", xx2(475) | 25 << 16, Kind::singles, [](Case& k) {
    u32 words[4];
    u64 flags = 0;
    for (int i = 0; i < 4; ++i) {
      const Result result = quad::to_half(widen(k.w(k.b, i)), k.r.fpscr);
      flags |= result.flags;
      words[i] = static_cast<u32>(result.bits);
    }
    if (!stopped_vector(k.r.fpscr, flags))
      for (int i = 0; i < 4; ++i) k.set_w(k.t, i, words[i]);
    k.r.fpscr = note(k.r.fpscr, flags);
  }));
  const auto halves = [&](std::string_view name, std::string_view fields, u32 word, Kind kind,
                          std::function<u64(u64 a, u64 b)> value) {
    rows.push_back(vsr(name, fields, word, kind, [=](Case& k) {
      const u64 first = value(k.dword(k.a, 0), k.dword(k.b, 0)), second = value(k.dword(k.a, 1), k.dword(k.b, 1));
      put(k, first, second);
    }));
  };
  const auto words = [](u64 x, const auto& value) {
    return u64{value(static_cast<u32>(x >> 32))} << 32 | value(static_cast<u32>(x));
  };
  halves("xvxexpdp", "tb", xx2(475), Kind::doubles, [=](u64, u64 b) { return u64{exponent(b)}; });
  halves("xvxsigdp", "tb", xx2(475) | 1 << 16, Kind::doubles,
         [=](u64, u64 b) { return (b & 0xFFFFFFFFFFFFF) | (exponent(b) != 0 && exponent(b) != 0x7FF ? u64{1} << 52 : 0); });
  halves("xvxexpsp", "tb", xx2(475) | 8 << 16, Kind::singles,
         [=](u64, u64 b) { return words(b, [](u32 x) { return x >> 23 & 0xFF; }); });
  halves("xvxsigsp", "tb", xx2(475) | 9 << 16, Kind::singles, [=](u64, u64 b) {
    return words(b, [](u32 x) {
      const u32 e = x >> 23 & 0xFF;
      return (x & 0x7FFFFF) | (e != 0 && e != 0xFF ? 0x800000u : 0u);
    });
  });
  halves("xviexpdp", "tab", xx3(248), Kind::integers, [](u64 a, u64 b) { return (a & 0x800FFFFFFFFFFFFF) | (b & 0x7FF) << 52; });
  halves("xviexpsp", "tab", xx3(216), Kind::integers,
         [](u64 a, u64 b) { return (a & 0x807FFFFF807FFFFF) | (b & 0x000000FF000000FF) << 23; });
  halves("xxbrd", "tb", xx2(475) | 23 << 16, Kind::integers, [](u64, u64 b) { return __builtin_bswap64(b); });
  halves("xxbrw", "tb", xx2(475) | 15 << 16, Kind::integers,
         [=](u64, u64 b) { return words(b, [](u32 x) { return __builtin_bswap32(x); }); });
  halves("xxbrh", "tb", xx2(475) | 7 << 16, Kind::integers,
         [](u64, u64 b) { return (b & 0x00FF00FF00FF00FF) << 8 | (b >> 8 & 0x00FF00FF00FF00FF); });
  rows.push_back(vsr("xxbrq", "tb", xx2(475) | 31 << 16, Kind::integers, [](Case& k) {
    const u64 first = k.dword(k.b, 0), second = k.dword(k.b, 1);
    put(k, __builtin_bswap64(second), __builtin_bswap64(first));
  }));
  const auto byte_of = [](const Case& k, u32 v, u32 i) { return static_cast<u8>(k.dword(v, i / 8) >> (56 - 8 * (i % 8))); };
  for (const bool right : {false, true})
    rows.push_back(vsr(right ? "xxpermr" : "xxperm", "tab", xx3(right ? 58 : 26), Kind::any, [=](Case& k) {
      Bits result = 0;
      for (u32 i = 0; i < 16; ++i) {
        u32 from = byte_of(k, k.b, i) & 31;
        if (right) from = 31 - from;
        result = result << 8 | (from < 16 ? byte_of(k, k.a, from) : byte_of(k, k.t, from - 16));
      }
      set_whole(k, k.t, result);
    }));
  for (const u32 at : {0u, 3u, 7u, 12u}) {
    rows.push_back(vsr("xxextractuw", "tb", xx2(165) | at << 16, Kind::any, [=](Case& k) {
      u64 value = 0;
      for (u32 i = 0; i < 4; ++i) value = value << 8 | byte_of(k, k.b, at + i);
      put(k, value);
    }));
    rows.push_back(vsr("xxinsertw", "tb", xx2(181) | at << 16, Kind::any, [=](Case& k) {
      const Bits word = static_cast<u32>(k.dword(k.b, 0));
      const u32 shift = 96 - 8 * at;
      set_whole(k, k.t, (whole(k, k.t) & ~(Bits{0xFFFFFFFF} << shift)) | word << shift);
    }));
    rows.push_back(vsr("xxspltib", "t", 60u << 26 | 360u << 1 | (17 * at) << 11, Kind::any, [=](Case& k) {
      const u64 byte = 17 * at & 0xFF;
      put(k, byte * 0x0101010101010101, byte * 0x0101010101010101);
    }));
  }
}

// ---- general registers ----

constexpr std::string_view general = "fixed-point of 3.0";

Row gpr(std::string_view name, std::string_view fields, u32 word, std::function<void(Case&)> model) {
  return {name, general, 9, word, Form::gpr, fields, Kind::general, std::move(model)};
}

void integers(std::vector<Row>& rows) {
  __extension__ using Wide = __int128;
  const auto value = [&](std::string_view name, std::string_view fields, u32 word, std::function<u64(u64 a, u64 b, u64 c)> f) {
    rows.push_back(gpr(name, fields, word, [=](Case& k) { k.r.gpr[k.t] = f(k.r.gpr[k.a], k.r.gpr[k.b], k.r.gpr[k.c]); }));
  };
  // What has no remainder leaves all bits open; of words, the upper half.
  const auto remainder = [&](std::string_view name, u32 extended, bool words, bool is_signed) {
    rows.push_back(gpr(name, "tab", x_form(31, extended), [=](Case& k) {
      const u64 a = k.r.gpr[k.a], b = k.r.gpr[k.b];
      const Wide x = !words ? (is_signed ? Wide{static_cast<s64>(a)} : Wide{a})
                            : (is_signed ? Wide{static_cast<s32>(a)} : Wide{static_cast<u32>(a)});
      const Wide y = !words ? (is_signed ? Wide{static_cast<s64>(b)} : Wide{b})
                            : (is_signed ? Wide{static_cast<s32>(b)} : Wide{static_cast<u32>(b)});
      const Wide least = words ? Wide{INT32_MIN} : Wide{INT64_MIN};
      k.target = k.t;
      const bool open = y == 0 || (is_signed && x == least && y == -1);
      k.unknown_general = open ? all : words ? all << 32 : 0;
      k.r.gpr[k.t] = open ? 0 : static_cast<u64>(x % y) & (words ? 0xFFFFFFFF : all);
    }));
  };
  remainder("modud", 265, false, false);
  remainder("moduw", 267, true, false);
  remainder("modsd", 777, false, true);
  remainder("modsw", 779, true, true);
  value("maddhd", "tabc", vx(48), [](u64 a, u64 b, u64 c) {
    return static_cast<u64>((Wide{static_cast<s64>(a)} * static_cast<s64>(b) + static_cast<s64>(c)) >> 64);
  });
  value("maddhdu", "tabc", vx(49), [](u64 a, u64 b, u64 c) { return static_cast<u64>((Bits{a} * b + c) >> 64); });
  value("maddld", "tabc", vx(51), [](u64 a, u64 b, u64 c) { return a * b + c; });
  constexpr u32 records = 1;
  const auto record = [](Case& k, u64 result) {
    const s64 x = static_cast<s64>(result);
    k.set_cr(0, (x < 0 ? 8 : x > 0 ? 4 : 2) | (k.r.xer & 0x80000000 ? 1 : 0));
  };
  for (const u32 rc : {0u, records}) {
    // Of these the target is in the place of a.
    rows.push_back(gpr(rc ? "cnttzd." : "cnttzd", "ta", x_form(31, 570) | rc, [=](Case& k) {
      const u64 x = k.r.gpr[k.t];
      k.r.gpr[k.a] = static_cast<u64>(std::countr_zero(x));
      if (rc) record(k, k.r.gpr[k.a]);
    }));
    rows.push_back(gpr(rc ? "cnttzw." : "cnttzw", "ta", x_form(31, 538) | rc, [=](Case& k) {
      const u32 x = static_cast<u32>(k.r.gpr[k.t]);
      k.r.gpr[k.a] = static_cast<u64>(std::countr_zero(x));
      if (rc) record(k, k.r.gpr[k.a]);
    }));
    for (const u32 shift : {0u, 1u, 31u, 32u, 45u, 63u})
      rows.push_back(
          gpr(rc ? "extswsli." : "extswsli", "ta", x_form(31, 890) | (shift & 31) << 11 | shift >> 5 << 1 | rc, [=](Case& k) {
            k.r.gpr[k.a] = static_cast<u64>(s64{static_cast<s32>(k.r.gpr[k.t])}) << shift;
            if (rc) record(k, k.r.gpr[k.a]);
          }));
  }
  for (u32 field = 0; field < 8; ++field)
    rows.push_back(gpr("setb", "t", x_form(31, 128) | field << 18, [=](Case& k) {
      const u32 code = k.r.cr >> (28 - 4 * field) & 15;
      k.r.gpr[k.t] = code & 8 ? all : code & 4 ? 1 : 0;
    }));
  const auto in_range = [](u64 byte, u64 range) { return (range & 0xFF) <= byte && byte <= (range >> 8 & 0xFF); };
  for (const u32 two : {0u, 1u})
    rows.push_back(gpr("cmprb", "ab", x_form(31, 192) | 6 << 23 | two << 21, [=](Case& k) {
      const u64 byte = k.r.gpr[k.a] & 0xFF, ranges = k.r.gpr[k.b];
      k.set_cr(6, in_range(byte, ranges) || (two && in_range(byte, ranges >> 16)) ? 4 : 0);
    }));
  rows.push_back(gpr("cmpeqb", "ab", x_form(31, 224) | 6 << 23, [](Case& k) {
    bool any = false;
    for (int i = 0; i < 64; i += 8) any |= (k.r.gpr[k.b] >> i & 0xFF) == (k.r.gpr[k.a] & 0xFF);
    k.set_cr(6, any ? 4 : 0);
  }));
}

// ---- FPSCR ----

void control(std::vector<Row>& rows) {
  const auto move = [&](std::string_view name, u32 which, std::string_view fields, u32 more, u64 told,
                        std::function<u64(const Case&, u64)> after) {
    rows.push_back(
        {name, "moves from FPSCR", 9, x_form(63, 583) | which << 16 | more, Form::fpr, fields, Kind::any, [=](Case& k) {
           const u64 old = k.r.fpscr;
           k.r.fpscr = summary(after(k, old));
           k.set_dword(k.t, 0, old & told);
           // The engine leaves out NI (docs/simplifications.md).
           k.unknown_target = {name.starts_with("mffscd") || name == "mffsce" ? 0 : old & NI, all};
         }});
  };
  constexpr u64 enables = VE | OE | UE | ZE | XE, drn = u64{7} << 32, controls = drn | enables | NI | RN;
  move("mffsce", 1, "t", 0, all, [](const Case&, u64 old) { return old & ~enables; });
  move("mffscrn", 22, "tb", 0, controls, [](const Case& k, u64 old) { return (old & ~RN) | (k.dword(k.b, 0) & RN); });
  move("mffscrni", 23, "t", 2 << 11, controls, [](const Case&, u64 old) { return (old & ~RN) | 2; });
  move("mffscdrn", 20, "tb", 0, controls, [](const Case& k, u64 old) { return (old & ~drn) | (k.dword(k.b, 0) & drn); });
  move("mffscdrni", 21, "t", 5 << 11, controls, [](const Case&, u64 old) { return (old & ~drn) | u64{5} << 32; });
  move("mffsl", 24, "t", 0, controls | FPRF | FR | FI, [](const Case&, u64 old) { return old; });
}

// ---- vectors of integers ----

constexpr std::string_view vectors = "VMX of 3.0";

void each(std::vector<Row>& rows, std::string_view name, u32 word, std::string_view fields, int bits,
          std::function<u64(u64 t, u64 a, u64 b)> value) {
  rows.push_back({name, vectors, 9, word, Form::vr, fields, Kind::integers, [=](Case& k) {
                    k.may_interrupt = false;
                    const u64 mask = all >> (64 - bits);
                    u64 halves[2] = {0, 0};
                    for (int i = 0; i < 128; i += bits) {
                      const int half = i / 64, shift = i % 64;
                      const auto get = [&](u32 vsr) { return k.dword(vsr, half) >> shift & mask; };
                      halves[half] |= (value(get(k.t), get(k.a), get(k.b)) & mask) << shift;
                    }
                    put(k, halves[0], halves[1]);
                  }});
}

u64 sign_extended(u64 x, int bits) { return static_cast<u64>(static_cast<s64>(x << (64 - bits)) >> (64 - bits)); }
u64 mask_between(u32 first, u32 last, int bits) {
  const u64 whole_one = all >> (64 - bits);
  const auto from = [&](u32 i) { return whole_one >> i; };
  const u64 to = last + 1 >= static_cast<u32>(bits) ? 0 : from(last + 1);
  return first <= last ? from(first) & ~to : (from(first) | ~to) & whole_one;
}

void vector_elements(std::vector<Row>& rows) {
  const u32 unary = vx(1538);
  struct Sized {
    std::string_view name;
    u32 number;
    int bits;
  };
  for (const Sized& s : {Sized{"vabsdub", 1027, 8}, {"vabsduh", 1091, 16}, {"vabsduw", 1155, 32}})
    each(rows, s.name, vx(s.number), "tab", s.bits, [](u64, u64 a, u64 b) { return a > b ? a - b : b - a; });
  for (const Sized& s : {Sized{"vctzb", 28, 8}, {"vctzh", 29, 16}, {"vctzw", 30, 32}, {"vctzd", 31, 64}})
    each(rows, s.name, unary | s.number << 16, "tb", s.bits,
         [=](u64, u64, u64 b) { return b ? static_cast<u64>(std::countr_zero(b)) : static_cast<u64>(s.bits); });
  for (const Sized& s : {Sized{"vnegw", 6, 32}, {"vnegd", 7, 64}})
    each(rows, s.name, unary | s.number << 16, "tb", s.bits, [](u64, u64, u64 b) { return -b; });
  for (const Sized& s : {Sized{"vprtybw", 8, 32}, {"vprtybd", 9, 64}})
    each(rows, s.name, unary | s.number << 16, "tb", s.bits,
         [](u64, u64, u64 b) { return static_cast<u64>(std::popcount(b & 0x0101010101010101)) & 1; });
  for (const Sized& s : {Sized{"vextsb2w", 16, 8}, {"vextsh2w", 17, 16}})
    each(rows, s.name, unary | s.number << 16, "tb", 32, [=](u64, u64, u64 b) { return sign_extended(b, s.bits); });
  for (const Sized& s : {Sized{"vextsb2d", 24, 8}, {"vextsh2d", 25, 16}, {"vextsw2d", 26, 32}})
    each(rows, s.name, unary | s.number << 16, "tb", 64, [=](u64, u64, u64 b) { return sign_extended(b, s.bits); });
  const auto rotated = [](u64 x, u64 by, int bits) {
    by %= static_cast<u64>(bits);
    return by == 0 ? x : (x << by | x >> (static_cast<u64>(bits) - by)) & all >> (64 - bits);
  };
  for (const Sized& s : {Sized{"vrlwnm", 389, 32}, {"vrldnm", 453, 64}})
    each(rows, s.name, vx(s.number), "tab", s.bits, [=](u64, u64 a, u64 b) {
      const u32 m = static_cast<u32>(s.bits - 1);
      return rotated(a, b & m, s.bits) & mask_between(b >> 16 & m, b >> 8 & m, s.bits);
    });
  for (const Sized& s : {Sized{"vrlwmi", 133, 32}, {"vrldmi", 197, 64}})
    each(rows, s.name, vx(s.number), "tab", s.bits, [=](u64 t, u64 a, u64 b) {
      const u32 m = static_cast<u32>(s.bits - 1);
      const u64 mask = mask_between(b >> 16 & m, b >> 8 & m, s.bits);
      return (rotated(a, b & m, s.bits) & mask) | (t & ~mask);
    });
  struct Compared {
    std::string_view name;
    u32 number;
    int bits;
    bool or_zero;
  };
  constexpr u32 records = 1024;
  for (const Compared& c : {Compared{"vcmpneb", 7, 8, false},
                            {"vcmpneh", 71, 16, false},
                            {"vcmpnew", 135, 32, false},
                            {"vcmpnezb", 263, 8, true},
                            {"vcmpnezh", 327, 16, true},
                            {"vcmpnezw", 391, 32, true}})
    for (const u32 rc : {0u, records})
      rows.push_back({c.name, vectors, 9, vx(c.number) | rc, Form::vr, "tab", Kind::integers, [=](Case& k) {
                        k.may_interrupt = false;
                        const u64 mask = all >> (64 - c.bits);
                        u64 halves[2] = {0, 0};
                        for (int i = 0; i < 128; i += c.bits) {
                          const int half = i / 64, shift = i % 64;
                          const u64 a = k.dword(k.a, half) >> shift & mask, b = k.dword(k.b, half) >> shift & mask;
                          if (a != b || (c.or_zero && (a == 0 || b == 0))) halves[half] |= mask << shift;
                        }
                        put(k, halves[0], halves[1]);
                        const bool everywhere = halves[0] == all && halves[1] == all, nowhere = !halves[0] && !halves[1];
                        if (rc) k.set_cr(6, (everywhere ? 8 : 0) | (nowhere ? 2 : 0));
                      }});
}

void vectors_as_wholes(std::vector<Row>& rows) {
  const auto add = [&](std::string_view name, std::string_view fields, u32 word, std::function<Bits(const Case&)> value) {
    rows.push_back({name, vectors, 9, word, Form::vr, fields, Kind::any, [=](Case& k) {
                      k.may_interrupt = false;
                      set_whole(k, k.t, value(k));
                    }});
  };
  const auto byte = [](const Case& k, u32 v, u32 i) { return static_cast<u8>(k.dword(v, i / 8) >> (56 - 8 * (i % 8))); };
  const u32 unary = vx(1538);
  add("vprtybq", "tb", unary | 10 << 16, [](const Case& k) {
    return Bits{static_cast<u32>(std::popcount(k.dword(k.b, 0) & 0x0101010101010101) +
                                 std::popcount(k.dword(k.b, 1) & 0x0101010101010101)) &
                1};
  });
  add("vpermr", "tabc", vx(59), [=](const Case& k) {
    Bits result = 0;
    for (u32 i = 0; i < 16; ++i) {
      const u32 from = 31 - (byte(k, k.c, i) & 31);
      result = result << 8 | (from < 16 ? byte(k, k.a, from) : byte(k, k.b, from - 16));
    }
    return result;
  });
  add("vmsumudm", "tabc", vx(35), [](const Case& k) {
    return whole(k, k.c) + Bits{k.dword(k.a, 0)} * k.dword(k.b, 0) + Bits{k.dword(k.a, 1)} * k.dword(k.b, 1);
  });
  add("vslv", "tab", vx(1860), [=](const Case& k) {
    Bits result = 0;
    for (u32 i = 0; i < 16; ++i) {
      const u32 pair = u32{byte(k, k.a, i)} << 8 | (i < 15 ? byte(k, k.a, i + 1) : 0u);
      result = result << 8 | (pair << (byte(k, k.b, i) & 7) >> 8 & 0xFF);
    }
    return result;
  });
  add("vsrv", "tab", vx(1796), [=](const Case& k) {
    Bits result = 0;
    for (u32 i = 0; i < 16; ++i) {
      const u32 pair = (i ? u32{byte(k, k.a, i - 1)} << 8 : 0u) | byte(k, k.a, i);
      result = result << 8 | (pair >> (byte(k, k.b, i) & 7) & 0xFF);
    }
    return result;
  });
  add("vbpermd", "tab", vx(1484), [=](const Case& k) {
    u64 halves[2] = {0, 0};
    for (u32 i = 0; i < 2; ++i)
      for (u32 j = 0; j < 8; ++j) {
        const u32 which = byte(k, k.b, 8 * i + j);
        halves[i] = halves[i] << 1 | (which < 64 ? k.dword(k.a, static_cast<int>(i)) >> (63 - which) & 1 : 0);
      }
    return Bits{halves[0]} << 64 | halves[1];
  });
  struct Sized {
    std::string_view name;
    u32 number, bytes;
  };
  for (const u32 at : {0u, 3u, 8u}) {
    for (const Sized& s : {Sized{"vextractub", 525, 1}, {"vextractuh", 589, 2}, {"vextractuw", 653, 4}, {"vextractd", 717, 8}})
      add(s.name, "tb", vx(s.number) | at << 16, [=](const Case& k) {
        Bits value = 0;
        for (u32 i = 0; i < s.bytes; ++i) value = value << 8 | byte(k, k.b, at + i);
        return value << 64;
      });
    for (const Sized& s : {Sized{"vinsertb", 781, 1}, {"vinserth", 845, 2}, {"vinsertw", 909, 4}, {"vinsertd", 973, 8}})
      add(s.name, "tb", vx(s.number) | at << 16, [=](const Case& k) {
        const Bits mask = all >> (64 - 8 * s.bytes);
        const u32 shift = 128 - 8 * (at + s.bytes);
        return (whole(k, k.t) & ~(mask << shift)) | (k.dword(k.b, 0) & mask) << shift;
      });
  }
  // Times ten, with a digit that comes in and a carry that goes out.
  struct Ten {
    std::string_view name;
    u32 number;
    bool carries, extends;
  };
  for (const Ten& t : {Ten{"vmul10cuq", 1, true, false},
                       {"vmul10ecuq", 65, true, true},
                       {"vmul10uq", 513, false, false},
                       {"vmul10euq", 577, false, true}})
    add(t.name, t.extends ? "tab" : "ta", vx(t.number), [=](const Case& k) {
      const Bits low = Bits{k.dword(k.a, 1)} * 10 + (t.extends ? k.dword(k.b, 1) & 15 : 0);
      const Bits high = Bits{k.dword(k.a, 0)} * 10 + (low >> 64);
      return t.carries ? high >> 64 : high << 64 | static_cast<u64>(low);
    });
}

// With a general register; a program would lose its pointers.
void mixed(std::vector<Row>& rows) {
  const auto add = [&](std::string_view name, std::string_view fields, u32 word, Form form, std::function<void(Case&)> model) {
    rows.push_back({name,
                    vectors,
                    9,
                    word,
                    form,
                    fields,
                    Kind::mixed,
                    [=](Case& k) {
                      k.may_interrupt = false;
                      model(k);
                    },
                    {},
                    {},
                    true});
  };
  const auto byte = [](const Case& k, u32 v, u32 i) { return static_cast<u8>(k.dword(v, i / 8) >> (56 - 8 * (i % 8))); };
  struct Sized {
    std::string_view name;
    u32 number, bytes;
    bool right;
  };
  for (const Sized& s : {Sized{"vextublx", 1549, 1, false},
                         {"vextuhlx", 1613, 2, false},
                         {"vextuwlx", 1677, 4, false},
                         {"vextubrx", 1805, 1, true},
                         {"vextuhrx", 1869, 2, true},
                         {"vextuwrx", 1933, 4, true}})
    add(s.name, "tab", vx(s.number), Form::vr, [=](Case& k) {
      const u32 index = static_cast<u32>(k.r.gpr[k.a & 31] & 15);
      // Beyond the register nothing is defined.
      if (index + s.bytes > 16) {
        k.target = k.t & 31;
        k.unknown_general = all;
        return;
      }
      const u32 first = s.right ? 16 - index - s.bytes : index;
      u64 value = 0;
      for (u32 i = 0; i < s.bytes; ++i) value = value << 8 | byte(k, k.b, first + i);
      k.r.gpr[k.t & 31] = value;
    });
  for (const bool leading : {true, false})
    add(leading ? "vclzlsbb" : "vctzlsbb", "tb", vx(1538) | (leading ? 0u : 1u << 16), Form::vr, [=](Case& k) {
      u64 count = 0;
      while (count < 16 && !(byte(k, k.b, static_cast<u32>(leading ? count : 15 - count)) & 1)) ++count;
      k.r.gpr[k.t & 31] = count;
    });
  const auto exponent = [](u64 x) { return static_cast<u32>(x >> 52) & 0x7FF; };
  // A GPR's number has no sixth bit.
  add("xsxexpdp", "tb", xx2(347), Form::fpr, [=](Case& k) { k.r.gpr[k.t & 31] = exponent(k.dword(k.b, 0)); });
  add("xsxsigdp", "tb", xx2(347) | 1 << 16, Form::fpr, [=](Case& k) {
    const u64 b = k.dword(k.b, 0);
    k.r.gpr[k.t & 31] = (b & 0xFFFFFFFFFFFFF) | (exponent(b) != 0 && exponent(b) != 0x7FF ? u64{1} << 52 : 0);
  });
  add("xsiexpdp", "tab", xx2(459) | 0, Form::fpr, [](Case& k) {
    const u64 a = k.r.gpr[k.a & 31], b = k.r.gpr[k.b & 31];
    put(k, (a & 0x800FFFFFFFFFFFFF) | (b & 0x7FF) << 52);
    k.unknown_target = {0, all};
  });
  add("mfvsrld", "ta", x_form(31, 307), Form::fpr, [](Case& k) { k.r.gpr[k.a & 31] = k.dword(k.t, 1); });
  add("mtvsrws", "ta", x_form(31, 403), Form::fpr, [](Case& k) {
    const u64 word = k.r.gpr[k.a & 31] & 0xFFFFFFFF;
    put(k, word << 32 | word, word << 32 | word);
  });
  add("mtvsrdd", "tab", x_form(31, 435), Form::fpr, [](Case& k) {
    const u64 first = k.a & 31 ? k.r.gpr[k.a & 31] : 0;
    put(k, first, k.r.gpr[k.b & 31]);
  });
  for (const u32 distance : {0u, 1u, 0x7FFFu, 0x8000u, 0xFFFFu, 0x1234u})
    rows.push_back(
        {"addpcis",
         general,
         9,
         19u << 26 | (distance & 0xFFC0) | (distance >> 1 & 31) << 16 | 2 << 1 | (distance & 1),
         Form::gpr,
         "t",
         Kind::general,
         [=](Case& k) { k.r.gpr[k.t] = k.r.pc + 4 + static_cast<u64>(s64{static_cast<std::int16_t>(distance)} * 65536); },
         {},
         {},
         true});
  rows.push_back({"mcrxrx",
                  general,
                  9,
                  x_form(31, 576) | 6 << 23,
                  Form::gpr,
                  "",
                  Kind::general,
                  [](Case& k) {
                    const auto x = [&](int number) { return static_cast<u32>(k.r.xer >> (63 - number) & 1); };
                    k.set_cr(6, x(33) << 3 | x(44) << 2 | x(34) << 1 | x(45));
                  },
                  {},
                  {},
                  true});
}

}  // namespace

std::vector<Row> power9_rows() {
  std::vector<Row> rows;
  arithmetic(rows);
  to_integral(rows);
  quad_conversions(rows);
  quad_tests(rows);
  doubles(rows);
  integers(rows);
  control(rows);
  vector_elements(rows);
  vectors_as_wholes(rows);
  mixed(rows);
  return rows;
}

}  // namespace judge
