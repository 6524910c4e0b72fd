// SPDX-License-Identifier: GPL-2.0-or-later
// Vectors and scalars of VSX. (Book I chapter 7)
#include "tests/guest/judging/table.h"

namespace judge {

namespace {

using enum Operation;

struct Word {
  u32 bits;
  bool two_operands;
};
constexpr Word operator|(Word word, u32 more) { return {word.bits | more, word.two_operands}; }
constexpr Word xx3(u32 extended) { return {60u << 26 | extended << 3, true}; }
constexpr Word xx2(u32 extended) { return {60u << 26 | extended << 2, false}; }

constexpr u64 all = ~u64{0};
constexpr Format s = Format::single, d = Format::dual;

// A scalar's second doubleword is 0 after it. (Book I 7.6)
void tell(Case& k, const Result& result, Format f, u64 image) {
  if (stopped(k.r.fpscr, result.flags)) {
    k.r.fpscr &= ~(FR | FI);
  } else {
    k.set_dword(k.t, 0, image);
    k.set_dword(k.t, 1, 0);
    k.r.fpscr = (k.r.fpscr & ~(FR | FI | FPRF)) | (result.flags & (FR | FI)) | fprf(result.bits, f);
  }
  if ((result.flags & OX) && !(k.r.fpscr & OE)) k.unknown_fpscr |= FR;
  k.r.fpscr = note(k.r.fpscr, result.flags);
}

struct Vector {
  std::array<u64, 2> halves{};
  void dword(int i, u64 x) { halves[static_cast<size_t>(i)] = x; }
  void word(int i, u32 x) { halves[static_cast<size_t>(i / 2)] |= u64{x} << (i % 2 ? 0 : 32); }
};
void tell_vector(Case& k, const Vector& v, u64 flags, std::array<u64, 2> unknown = {}) {
  if (!stopped_vector(k.r.fpscr, flags)) {
    for (int i = 0; i < 2; ++i) k.set_dword(k.t, i, v.halves[static_cast<size_t>(i)]);
    k.unknown_target = unknown;
  } else {
    k.estimates.clear();
  }
  k.r.fpscr = note(k.r.fpscr, flags);
}

enum class Order { plain, a_form, m_form };

std::function<void(Case&)> scalar(Operation op, Format f, Order order, int bits) {
  return [=](Case& k) {
    const u64 a = k.dword(k.a, 0), b = k.dword(k.b, 0), t = k.dword(k.t, 0);
    const bool estimated = bits != 0;
    Result result = order == Order::a_form ? compute(op, a, t, b, f, k.r.fpscr) : compute(op, a, b, t, f, k.r.fpscr);
    if (op == max || op == min) {
      if (!stopped(k.r.fpscr, result.flags)) k.set_dword(k.t, 0, result.bits), k.set_dword(k.t, 1, 0);
      k.r.fpscr = note(k.r.fpscr, result.flags);
      return;
    }
    if (estimated) {
      result.flags &= ~(XX | FR | FI);
      k.unknown_fpscr |= FR | FI;
      if (result.exact) k.estimates.push_back({0, false, result.exact, bits, true, f});
    }
    tell(k, result, f, result.bits);
  };
}

std::function<void(Case&)> vector(Operation op, Format f, Order order, int bits) {
  return [=](Case& k) {
    Vector v;
    u64 flags = 0;
    for (int i = 0; i < (f == s ? 4 : 2); ++i) {
      const auto get = [&](u32 vsr) { return f == s ? widen(k.w(vsr, i)) : k.dword(vsr, i); };
      const u64 a = get(k.a), b = get(k.b), t = get(k.t);
      const Result result = order == Order::a_form ? compute(op, a, t, b, f, k.r.fpscr) : compute(op, a, b, t, f, k.r.fpscr);
      flags |= bits ? result.flags & ~(XX | FR | FI) : result.flags;
      if (bits && result.exact) k.estimates.push_back({i, f == s, result.exact, bits, false, f});
      if (f == s) {
        v.word(i, narrow(result.bits));
      } else {
        v.dword(i, result.bits);
      }
    }
    tell_vector(k, v, flags);
  };
}

// Comparisons and tests have a field of CR in place of a target.
Row row(std::string_view name, std::string_view group, int since, Word word, Kind kind, std::function<void(Case&)> model) {
  const bool tells_cr = word.bits >> 23 & 7;
  const std::string_view fields = word.two_operands ? (tells_cr ? "ab" : "tab") : (tells_cr ? "b" : "tb");
  return {name, group, since, word.bits, Form::vsr, fields, kind, std::move(model)};
}

void add_all(std::vector<Row>& rows, Operation op, std::array<std::string_view, 4> names, std::array<u32, 4> extended, bool three,
             Order order = Order::plain, int bits = 0) {
  const auto word = [&](size_t i) { return three ? xx3(extended[i]) : xx2(extended[i]); };
  const std::string_view group = bits ? "VSX estimates" : op == max || op == min ? "VSX maximum, minimum" : "VSX arithmetic";
  if (!names[0].empty()) rows.push_back(row(names[0], group, 8, word(0), Kind::singles_as_doubles, scalar(op, s, order, bits)));
  rows.push_back(row(names[1], group, 7, word(1), Kind::doubles, scalar(op, d, order, bits)));
  rows.push_back(row(names[2], group, 7, word(2), Kind::singles, vector(op, s, order, bits)));
  rows.push_back(row(names[3], group, 7, word(3), Kind::doubles, vector(op, d, order, bits)));
}

void add_integral(std::vector<Row>& rows, std::array<std::string_view, 3> names, std::array<u32, 3> extended, Integral how,
                  bool present) {
  const auto element = [=](Case& k, u64 x) {
    Result result = to_integral(x, present ? current(k.r.fpscr) : how);
    if (!present) result.flags &= invalid;
    return result;
  };
  rows.push_back(row(names[0], "VSX to integral", 7, xx2(extended[0]), Kind::doubles, [=](Case& k) {
    const Result result = element(k, k.dword(k.b, 0));
    tell(k, result, d, result.bits);
  }));
  rows.push_back(row(names[1], "VSX to integral", 7, xx2(extended[1]), Kind::doubles, [=](Case& k) {
    Vector v;
    u64 flags = 0;
    for (int i = 0; i < 2; ++i) {
      const Result result = element(k, k.dword(k.b, i));
      v.dword(i, result.bits);
      flags |= result.flags;
    }
    tell_vector(k, v, flags);
  }));
  rows.push_back(row(names[2], "VSX to integral", 7, xx2(extended[2]), Kind::singles, [=](Case& k) {
    Vector v;
    u64 flags = 0;
    for (int i = 0; i < 4; ++i) {
      const Result result = element(k, widen(k.w(k.b, i)));
      v.word(i, narrow(result.bits));
      flags |= result.flags;
    }
    tell_vector(k, v, flags);
  }));
}

Row scalar_to_int(std::string_view name, u32 extended, int bits, bool is_signed) {
  return row(name, "VSX to integer", 7, xx2(extended), Kind::doubles, [=](Case& k) {
    const Result result = to_integer(k.dword(k.b, 0), bits, is_signed, Integral::zero);
    const bool stops = stopped(k.r.fpscr, result.flags);
    k.r.fpscr &= ~(FR | FI);
    if (!stops) {
      k.unknown_fpscr |= FPRF;
      k.r.fpscr |= result.flags & (FR | FI);
      k.set_dword(k.t, 0, bits == 32 ? result.bits & 0xFFFFFFFF : result.bits);
      k.set_dword(k.t, 1, 0);
      k.unknown_target = {bits == 32 ? all << 32 : 0, 0};
    }
    k.r.fpscr = note(k.r.fpscr, result.flags);
  });
}

Row scalar_from_int(std::string_view name, u32 extended, bool is_signed, Format f) {
  return row(name, "VSX from integer", f == s ? 8 : 7, xx2(extended), Kind::integers, [=](Case& k) {
    const Result result = from_integer(k.dword(k.b, 0), is_signed, f, k.r.fpscr);
    tell(k, result, f, result.bits);
  });
}

Row vector_to_int(std::string_view name, u32 extended, Format from, int bits, bool is_signed) {
  return row(name, "VSX to integer", 7, xx2(extended), from == s ? Kind::singles : Kind::doubles, [=](Case& k) {
    Vector v;
    u64 flags = 0;
    const bool words = from == s && bits == 32;
    for (int i = 0; i < (words ? 4 : 2); ++i) {
      const u64 x = from == d ? k.dword(k.b, i) : widen(k.w(k.b, words ? i : 2 * i));
      const Result result = to_integer(x, bits, is_signed, Integral::zero);
      flags |= result.flags;
      if (bits == 64) {
        v.dword(i, result.bits);
      } else {
        v.word(words ? i : 2 * i, static_cast<u32>(result.bits));
      }
    }
    const u64 unknown = bits == 32 && !words ? 0xFFFFFFFF : 0;
    tell_vector(k, v, flags, {unknown, unknown});
  });
}

Row vector_from_int(std::string_view name, u32 extended, Format to, int bits, bool is_signed) {
  return row(name, "VSX from integer", 7, xx2(extended), Kind::integers, [=](Case& k) {
    Vector v;
    u64 flags = 0;
    const bool words = to == s && bits == 32;
    for (int i = 0; i < (words ? 4 : 2); ++i) {
      u64 x = bits == 64 ? k.dword(k.b, i) : k.w(k.b, words ? i : 2 * i);
      if (bits == 32 && is_signed) x = static_cast<u64>(static_cast<s64>(static_cast<s32>(x)));
      const Result result = from_integer(x, is_signed, to, k.r.fpscr);
      flags |= result.flags;
      if (to == d) {
        v.dword(i, result.bits);
      } else {
        v.word(words ? i : 2 * i, narrow(result.bits));
      }
    }
    const u64 unknown = to == s && !words ? 0xFFFFFFFF : 0;
    tell_vector(k, v, flags, {unknown, unknown});
  });
}

Row vector_comparison(std::string_view name, u32 extended, Format f, u32 accepted, bool ordered, bool records) {
  return row(name, "VSX comparisons", 7, xx3(extended) | (records ? u32{1} << 10 : u32{0}),
             f == s ? Kind::singles : Kind::doubles, [=](Case& k) {
               Vector v;
               u64 flags = 0;
               int trues = 0;
               const int count = f == s ? 4 : 2;
               for (int i = 0; i < count; ++i) {
                 const u64 a = f == s ? widen(k.w(k.a, i)) : k.dword(k.a, i), b = f == s ? widen(k.w(k.b, i)) : k.dword(k.b, i);
                 if (snan(a) || snan(b))
                   flags |= VXSNAN | (ordered && !(k.r.fpscr & VE) ? VXVC : 0);
                 else if (ordered && (nan(a) || nan(b)))
                   flags |= VXVC;
                 if (!(relation(a, b) & accepted)) continue;
                 ++trues;
                 if (f == s) {
                   v.word(i, ~u32{0});
                 } else {
                   v.dword(i, all);
                 }
               }
               if (records) k.set_cr(6, (trues == count ? 8 : 0) | (trues == 0 ? 2 : 0));
               if (stopped_vector(k.r.fpscr, flags)) k.unknown_cr |= 0xF0;
               tell_vector(k, v, flags);
             });
}

Row scalar_comparison(std::string_view name, u32 extended, bool ordered) {
  return row(name, "VSX comparisons", 7, xx3(extended) | u32{5} << 23, Kind::doubles, [=](Case& k) {
    const u64 a = k.dword(k.a, 0), b = k.dword(k.b, 0);
    const u32 code = relation(a, b);
    k.set_cr(5, code);
    k.r.fpscr = (k.r.fpscr & ~FPCC) | u64{code} << 12;
    u64 flags = snan(a) || snan(b) ? VXSNAN : 0;
    if (ordered && (flags ? !(k.r.fpscr & VE) : code == 1)) flags |= VXVC;
    k.r.fpscr = note(k.r.fpscr, flags);
  });
}

Row sign_move(std::string_view name, Word word, bool is_vector, Format f, std::function<u64(u64, u64, u64)> value) {
  return row(name, "VSX moves", 7, word, Kind::doubles, [=](Case& k) {
    const u64 signs = f == s ? u64{0x8000000080000000} : sign;
    for (int i = 0; i < 2; ++i) {
      if (i == 1 && !is_vector) {
        k.unknown_target = {0, all};
        break;
      }
      k.set_dword(k.t, i, value(k.dword(k.a, i), k.dword(k.b, i), signs));
    }
  });
}

// Between the formats.
void add_formats(std::vector<Row>& rows) {
  rows.push_back(row("xsrsp", "VSX formats", 8, xx2(281), Kind::doubles, [](Case& k) {
    const Result result = compute(Operation::round, 0, k.dword(k.b, 0), 0, s, k.r.fpscr);
    const u64 second = k.dword(k.t, 1);
    const bool stops = stopped(k.r.fpscr, result.flags);
    tell(k, result, s, result.bits);
    k.set_dword(k.t, 1, second);
    if (!stops) k.unknown_target = {0, all};
  }));
  rows.push_back(row("xscvdpsp", "VSX formats", 7, xx2(265), Kind::doubles, [](Case& k) {
    const Result result = compute(Operation::round, 0, k.dword(k.b, 0), 0, s, k.r.fpscr);
    // An adjusted exponent does not fit into a single: what comes then is not defined.
    const bool adjusted = ((k.r.fpscr & OE) && (result.flags & OX)) || ((k.r.fpscr & UE) && (result.flags & UX));
    const bool stops = stopped(k.r.fpscr, result.flags);
    tell(k, result, s, u64{adjusted ? 0 : narrow(result.bits)} << 32);
    if (!stops) k.unknown_target = {adjusted ? all : 0xFFFFFFFF, 0};
  }));
  rows.push_back(row("xscvspdp", "VSX formats", 7, xx2(329), Kind::singles, [](Case& k) {
    const Result result = compute(Operation::round, 0, widen(k.w(k.b, 0)), 0, d, k.r.fpscr);
    tell(k, result, d, result.bits);
  }));
  rows.push_back(row("xscvspdpn", "VSX formats", 8, xx2(331), Kind::singles, [](Case& k) {
    k.set_dword(k.t, 0, widen(k.w(k.b, 0)));
    k.unknown_target = {0, all};
  }));
  rows.push_back(row("xscvdpspn", "VSX formats", 8, xx2(267), Kind::singles_as_doubles, [](Case& k) {
    k.set_dword(k.t, 0, u64{narrow(k.dword(k.b, 0))} << 32);
    k.unknown_target = {0xFFFFFFFF, all};
  }));
  rows.push_back(row("xvcvspdp", "VSX formats", 7, xx2(457), Kind::singles, [](Case& k) {
    Vector v;
    u64 flags = 0;
    for (int i = 0; i < 2; ++i) {
      const Result result = compute(Operation::round, 0, widen(k.w(k.b, 2 * i)), 0, d, k.r.fpscr);
      v.dword(i, result.bits);
      flags |= result.flags;
    }
    tell_vector(k, v, flags);
  }));
  rows.push_back(row("xvcvdpsp", "VSX formats", 7, xx2(393), Kind::doubles, [](Case& k) {
    Vector v;
    u64 flags = 0;
    for (int i = 0; i < 2; ++i) {
      const Result result = compute(Operation::round, 0, k.dword(k.b, i), 0, s, k.r.fpscr);
      flags |= result.flags;
      if (!stopped_vector(k.r.fpscr, result.flags)) v.word(2 * i, narrow(result.bits));
    }
    tell_vector(k, v, flags, {0xFFFFFFFF, 0xFFFFFFFF});
  }));
}

}  // namespace

std::vector<Row> vsx_rows() {
  std::vector<Row> rows;
  add_all(rows, add, {"xsaddsp", "xsadddp", "xvaddsp", "xvadddp"}, {0, 32, 64, 96}, true);
  add_all(rows, sub, {"xssubsp", "xssubdp", "xvsubsp", "xvsubdp"}, {8, 40, 72, 104}, true);
  add_all(rows, mul, {"xsmulsp", "xsmuldp", "xvmulsp", "xvmuldp"}, {16, 48, 80, 112}, true);
  add_all(rows, div, {"xsdivsp", "xsdivdp", "xvdivsp", "xvdivdp"}, {24, 56, 88, 120}, true);
  add_all(rows, sqrt, {"xssqrtsp", "xssqrtdp", "xvsqrtsp", "xvsqrtdp"}, {11, 75, 139, 203}, false);
  add_all(rows, re, {"xsresp", "xsredp", "xvresp", "xvredp"}, {26, 90, 154, 218}, false, Order::plain, 14);
  add_all(rows, rsqrte, {"xsrsqrtesp", "xsrsqrtedp", "xvrsqrtesp", "xvrsqrtedp"}, {10, 74, 138, 202}, false, Order::plain, 14);
  add_all(rows, madd, {"xsmaddasp", "xsmaddadp", "xvmaddasp", "xvmaddadp"}, {1, 33, 65, 97}, true, Order::a_form);
  add_all(rows, madd, {"xsmaddmsp", "xsmaddmdp", "xvmaddmsp", "xvmaddmdp"}, {9, 41, 73, 105}, true, Order::m_form);
  add_all(rows, msub, {"xsmsubasp", "xsmsubadp", "xvmsubasp", "xvmsubadp"}, {17, 49, 81, 113}, true, Order::a_form);
  add_all(rows, msub, {"xsmsubmsp", "xsmsubmdp", "xvmsubmsp", "xvmsubmdp"}, {25, 57, 89, 121}, true, Order::m_form);
  add_all(rows, nmadd, {"xsnmaddasp", "xsnmaddadp", "xvnmaddasp", "xvnmaddadp"}, {129, 161, 193, 225}, true, Order::a_form);
  add_all(rows, nmadd, {"xsnmaddmsp", "xsnmaddmdp", "xvnmaddmsp", "xvnmaddmdp"}, {137, 169, 201, 233}, true, Order::m_form);
  add_all(rows, nmsub, {"xsnmsubasp", "xsnmsubadp", "xvnmsubasp", "xvnmsubadp"}, {145, 177, 209, 241}, true, Order::a_form);
  add_all(rows, nmsub, {"xsnmsubmsp", "xsnmsubmdp", "xvnmsubmsp", "xvnmsubmdp"}, {153, 185, 217, 249}, true, Order::m_form);
  add_all(rows, max, {"", "xsmaxdp", "xvmaxsp", "xvmaxdp"}, {0, 160, 192, 224}, true);
  add_all(rows, min, {"", "xsmindp", "xvminsp", "xvmindp"}, {0, 168, 200, 232}, true);
  add_integral(rows, {"xsrdpi", "xvrdpi", "xvrspi"}, {73, 201, 137}, Integral::nearest_away, false);
  add_integral(rows, {"xsrdpiz", "xvrdpiz", "xvrspiz"}, {89, 217, 153}, Integral::zero, false);
  add_integral(rows, {"xsrdpip", "xvrdpip", "xvrspip"}, {105, 233, 169}, Integral::up, false);
  add_integral(rows, {"xsrdpim", "xvrdpim", "xvrspim"}, {121, 249, 185}, Integral::down, false);
  add_integral(rows, {"xsrdpic", "xvrdpic", "xvrspic"}, {107, 235, 171}, Integral::zero, true);
  add_formats(rows);
  for (Row& r : std::vector<Row>{scalar_to_int("xscvdpsxds", 344, 64, true),      scalar_to_int("xscvdpsxws", 88, 32, true),
                                 scalar_to_int("xscvdpuxds", 328, 64, false),     scalar_to_int("xscvdpuxws", 72, 32, false),
                                 scalar_from_int("xscvsxddp", 376, true, d),      scalar_from_int("xscvuxddp", 360, false, d),
                                 scalar_from_int("xscvsxdsp", 312, true, s),      scalar_from_int("xscvuxdsp", 296, false, s),
                                 vector_to_int("xvcvdpsxds", 472, d, 64, true),   vector_to_int("xvcvdpsxws", 216, d, 32, true),
                                 vector_to_int("xvcvdpuxds", 456, d, 64, false),  vector_to_int("xvcvdpuxws", 200, d, 32, false),
                                 vector_to_int("xvcvspsxds", 408, s, 64, true),   vector_to_int("xvcvspsxws", 152, s, 32, true),
                                 vector_to_int("xvcvspuxds", 392, s, 64, false),  vector_to_int("xvcvspuxws", 136, s, 32, false),
                                 vector_from_int("xvcvsxddp", 504, d, 64, true),  vector_from_int("xvcvsxwdp", 248, d, 32, true),
                                 vector_from_int("xvcvuxddp", 488, d, 64, false), vector_from_int("xvcvuxwdp", 232, d, 32, false),
                                 vector_from_int("xvcvsxdsp", 440, s, 64, true),  vector_from_int("xvcvsxwsp", 184, s, 32, true),
                                 vector_from_int("xvcvuxdsp", 424, s, 64, false), vector_from_int("xvcvuxwsp", 168, s, 32, false),
                                 scalar_comparison("xscmpudp", 35, false),        scalar_comparison("xscmpodp", 43, true)})
    rows.push_back(r);
  for (const bool records : {false, true}) {
    const auto name = [&](std::string_view plain, std::string_view dot) { return records ? dot : plain; };
    rows.push_back(vector_comparison(name("xvcmpeqsp", "xvcmpeqsp."), 67, s, 2, false, records));
    rows.push_back(vector_comparison(name("xvcmpgtsp", "xvcmpgtsp."), 75, s, 4, true, records));
    rows.push_back(vector_comparison(name("xvcmpgesp", "xvcmpgesp."), 83, s, 6, true, records));
    rows.push_back(vector_comparison(name("xvcmpeqdp", "xvcmpeqdp."), 99, d, 2, false, records));
    rows.push_back(vector_comparison(name("xvcmpgtdp", "xvcmpgtdp."), 107, d, 4, true, records));
    rows.push_back(vector_comparison(name("xvcmpgedp", "xvcmpgedp."), 115, d, 6, true, records));
  }
  const auto tests = [&](std::string_view name, Word word, Format f, bool is_vector, bool division) {
    rows.push_back(row(name, "VSX tests", 7, word | u32{5} << 23, f == s ? Kind::singles : Kind::doubles, [=](Case& k) {
      u32 found = 0;
      for (int i = 0; i < (f == s ? 4 : is_vector ? 2 : 1); ++i) {
        const u64 a = f == s ? widen(k.w(k.a, i)) : k.dword(k.a, i), b = f == s ? widen(k.w(k.b, i)) : k.dword(k.b, i);
        found |= division ? test_divide(a, b, f) : test_sqrt(b, f);
      }
      k.set_cr(5, found);
    }));
  };
  tests("xstdivdp", xx3(61), d, false, true);
  tests("xvtdivdp", xx3(125), d, true, true);
  tests("xvtdivsp", xx3(93), s, true, true);
  tests("xstsqrtdp", xx2(106), d, false, false);
  tests("xvtsqrtdp", xx2(234), d, true, false);
  tests("xvtsqrtsp", xx2(170), s, true, false);
  const auto copied = [](u64 a, u64 b, u64 signs) { return (a & signs) | (b & ~signs); };
  const auto absolute = [](u64, u64 b, u64 signs) { return b & ~signs; };
  const auto negative = [](u64, u64 b, u64 signs) { return b | signs; };
  const auto negated = [](u64, u64 b, u64 signs) { return b ^ signs; };
  rows.push_back(sign_move("xscpsgndp", xx3(176), false, d, copied));
  rows.push_back(sign_move("xvcpsgndp", xx3(240), true, d, copied));
  rows.push_back(sign_move("xvcpsgnsp", xx3(208), true, s, copied));
  rows.push_back(sign_move("xsabsdp", xx2(345), false, d, absolute));
  rows.push_back(sign_move("xvabsdp", xx2(473), true, d, absolute));
  rows.push_back(sign_move("xvabssp", xx2(409), true, s, absolute));
  rows.push_back(sign_move("xsnabsdp", xx2(361), false, d, negative));
  rows.push_back(sign_move("xvnabsdp", xx2(489), true, d, negative));
  rows.push_back(sign_move("xvnabssp", xx2(425), true, s, negative));
  rows.push_back(sign_move("xsnegdp", xx2(377), false, d, negated));
  rows.push_back(sign_move("xvnegdp", xx2(505), true, d, negated));
  rows.push_back(sign_move("xvnegsp", xx2(441), true, s, negated));
  return rows;
}

}  // namespace judge
