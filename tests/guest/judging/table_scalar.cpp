// SPDX-License-Identifier: GPL-2.0-or-later
// The floating point registers. (Book I 4.6)
#include "tests/guest/judging/table.h"

namespace judge {

namespace {

using enum Operation;

constexpr u32 x_form(u32 primary, u32 extended) { return primary << 26 | extended << 1; }

void tell(Case& k, const Result& result, Format f, u64 image) {
  if (stopped(k.r.fpscr, result.flags)) {
    k.r.fpscr &= ~(FR | FI);
  } else {
    k.set_dword(k.t, 0, image);
    k.unknown_target = {0, ~u64{0}};
    k.r.fpscr = (k.r.fpscr & ~(FR | FI | FPRF)) | (result.flags & (FR | FI)) | fprf(result.bits, f);
  }
  if ((result.flags & OX) && !(k.r.fpscr & OE)) k.unknown_fpscr |= FR;
  k.r.fpscr = note(k.r.fpscr, result.flags);
}
constexpr std::string_view fields_of(Operation op) {
  switch (op) {
    case mul:
      return "tac";
    case sqrt:
    case round:
    case re:
    case rsqrte:
      return "tb";
    case madd:
    case msub:
    case nmadd:
    case nmsub:
      return "tabc";
    default:
      return "tab";
  }
}

void record(Case& k) {
  if (k.word & 1) k.set_cr(1, static_cast<u32>(k.r.fpscr >> 28 & 15));
}

Row arithmetic(std::string_view name, u32 primary, u32 extended, Operation op, Format f, int since = 6) {
  return {name,
          f == Format::single ? "single precision arithmetic" : "double precision arithmetic",
          since,
          x_form(primary, extended),
          Form::fpr,
          fields_of(op),
          f == Format::single ? Kind::singles_as_doubles : Kind::doubles,
          [op, f](Case& k) {
            const u64 b = op == mul ? k.dword(k.c, 0) : k.dword(k.b, 0);
            const Result result = compute(op, k.dword(k.a, 0), b, k.dword(k.c, 0), f, k.r.fpscr);
            tell(k, result, f, result.bits);
            record(k);
          }};
}

Row estimate(std::string_view name, u32 primary, u32 extended, Operation op, Format f, int bits) {
  return {name,
          "estimates",
          6,
          x_form(primary, extended),
          Form::fpr,
          fields_of(op),
          f == Format::single ? Kind::singles_as_doubles : Kind::doubles,
          [op, f, bits](Case& k) {
            const Result result = compute(op, 0, k.dword(k.b, 0), 0, f, k.r.fpscr);
            k.unknown_fpscr |= FR | FI;
            tell(k, {result.bits, result.flags & ~(XX | FR | FI), {}}, f, result.bits);
            if (result.exact) k.estimates.push_back({0, false, result.exact, bits, true, f});
            record(k);
          }};
}

Row to_int(std::string_view name, u32 extended, int bits, bool is_signed, bool truncated, int since = 6) {
  return {name, "to integer", since, x_form(63, extended), Form::fpr, "tb", Kind::doubles, [=](Case& k) {
            const Result result = to_integer(k.dword(k.b, 0), bits, is_signed, truncated ? Integral::zero : current(k.r.fpscr));
            k.unknown_fpscr |= stopped(k.r.fpscr, result.flags) ? 0 : FPRF;
            k.r.fpscr &= ~(FR | FI);
            if (!stopped(k.r.fpscr, result.flags)) {
              k.r.fpscr |= result.flags & (FR | FI);
              k.set_dword(k.t, 0, result.bits);
              k.unknown_target = {bits == 32 ? 0xFFFFFFFF00000000 : 0, ~u64{0}};
            }
            k.r.fpscr = note(k.r.fpscr, result.flags);
            record(k);
          }};
}

Row from_int(std::string_view name, u32 primary, u32 extended, bool is_signed, Format f, int since) {
  return {name, "from integer", since, x_form(primary, extended), Form::fpr, "tb", Kind::integers, [=](Case& k) {
            const Result result = from_integer(k.dword(k.b, 0), is_signed, f, k.r.fpscr);
            tell(k, result, f, result.bits);
            record(k);
          }};
}

Row integral(std::string_view name, u32 extended, Integral how) {
  return {name, "to integral", 6, x_form(63, extended), Form::fpr, "tb", Kind::doubles, [=](Case& k) {
            Result result = to_integral(k.dword(k.b, 0), how);
            result.flags &= invalid;
            tell(k, result, Format::dual, result.bits);
            record(k);
          }};
}

Row comparison(std::string_view name, u32 extended, bool ordered) {
  return {name, "comparisons", 6, x_form(63, extended) | 6 << 23, Form::fpr, "ab", Kind::doubles, [=](Case& k) {
            const u64 a = k.dword(k.a, 0), b = k.dword(k.b, 0);
            const u32 code = relation(a, b);
            k.set_cr(6, code);
            k.r.fpscr = (k.r.fpscr & ~FPCC) | u64{code} << 12;
            u64 flags = snan(a) || snan(b) ? VXSNAN : 0;
            if (ordered && (flags ? !(k.r.fpscr & VE) : code == 1)) flags |= VXVC;
            k.r.fpscr = note(k.r.fpscr, flags);
          }};
}

Row move(std::string_view name, u32 extended, std::function<u64(u64, u64)> value) {
  return {name, "moves", 6, x_form(63, extended), Form::fpr, name == "fcpsgn" ? "tab" : "tb", Kind::doubles, [=](Case& k) {
            k.set_dword(k.t, 0, value(k.dword(k.a, 0), k.dword(k.b, 0)));
            k.unknown_target = {0, ~u64{0}};
            record(k);
          }};
}

}  // namespace

std::vector<Row> scalar_rows() {
  const Format s = Format::single, d = Format::dual;
  std::vector<Row> rows = {arithmetic("fadd", 63, 21, add, d),
                           arithmetic("fadds", 59, 21, add, s),
                           arithmetic("fsub", 63, 20, sub, d),
                           arithmetic("fsubs", 59, 20, sub, s),
                           arithmetic("fmul", 63, 25, mul, d),
                           arithmetic("fmuls", 59, 25, mul, s),
                           arithmetic("fdiv", 63, 18, div, d),
                           arithmetic("fdivs", 59, 18, div, s),
                           arithmetic("fsqrt", 63, 22, sqrt, d),
                           arithmetic("fsqrts", 59, 22, sqrt, s),
                           arithmetic("fmadd", 63, 29, madd, d),
                           arithmetic("fmadds", 59, 29, madd, s),
                           arithmetic("fmsub", 63, 28, msub, d),
                           arithmetic("fmsubs", 59, 28, msub, s),
                           arithmetic("fnmadd", 63, 31, nmadd, d),
                           arithmetic("fnmadds", 59, 31, nmadd, s),
                           arithmetic("fnmsub", 63, 30, nmsub, d),
                           arithmetic("fnmsubs", 59, 30, nmsub, s),
                           estimate("fre", 63, 24, re, d, 8),
                           estimate("fres", 59, 24, re, s, 8),
                           estimate("frsqrte", 63, 26, rsqrte, d, 5),
                           estimate("frsqrtes", 59, 26, rsqrte, s, 5),
                           to_int("fctiw", 14, 32, true, false),
                           to_int("fctiwz", 15, 32, true, true),
                           to_int("fctiwu", 142, 32, false, false, 7),
                           to_int("fctiwuz", 143, 32, false, true, 7),
                           to_int("fctid", 814, 64, true, false),
                           to_int("fctidz", 815, 64, true, true),
                           to_int("fctidu", 942, 64, false, false, 7),
                           to_int("fctiduz", 943, 64, false, true, 7),
                           from_int("fcfid", 63, 846, true, d, 6),
                           from_int("fcfidu", 63, 974, false, d, 7),
                           from_int("fcfids", 59, 846, true, s, 7),
                           from_int("fcfidus", 59, 974, false, s, 7),
                           integral("frin", 392, Integral::nearest_away),
                           integral("friz", 424, Integral::zero),
                           integral("frip", 456, Integral::up),
                           integral("frim", 488, Integral::down),
                           comparison("fcmpu", 0, false),
                           comparison("fcmpo", 32, true),
                           move("fmr", 72, [](u64, u64 b) { return b; }),
                           move("fneg", 40, [](u64, u64 b) { return b ^ sign; }),
                           move("fabs", 264, [](u64, u64 b) { return b & ~sign; }),
                           move("fnabs", 136, [](u64, u64 b) { return b | sign; }),
                           move("fcpsgn", 8, [](u64 a, u64 b) { return (a & sign) | (b & ~sign); })};
  Row round = arithmetic("frsp", 63, 12, Operation::round, s);
  round.operands = Kind::doubles;
  rows.push_back(round);
  rows.push_back({"fsel", "moves", 6, x_form(63, 23), Form::fpr, "tabc", Kind::doubles, [](Case& k) {
                    const u64 a = k.dword(k.a, 0);
                    const bool takes_c = !nan(a) && (zero(a) || !(a & sign));
                    k.set_dword(k.t, 0, k.dword(takes_c ? k.c : k.b, 0));
                    k.unknown_target = {0, ~u64{0}};
                    record(k);
                  }});
  rows.push_back({"ftdiv", "tests", 7, x_form(63, 128) | 6 << 23, Form::fpr, "ab", Kind::doubles,
                  [](Case& k) { k.set_cr(6, test_divide(k.dword(k.a, 0), k.dword(k.b, 0), Format::dual)); }});
  rows.push_back({"ftsqrt", "tests", 7, x_form(63, 160) | 6 << 23, Form::fpr, "b", Kind::doubles,
                  [](Case& k) { k.set_cr(6, test_sqrt(k.dword(k.b, 0), Format::dual)); }});
  // The same with a record bit.
  const size_t count = rows.size();
  static constexpr std::string_view recorded[] = {"fadd.", "fdivs.", "fctiwz.", "frsp.", "fsel.", "fmr."};
  for (size_t i = 0; i < count; ++i)
    for (const std::string_view name : recorded)
      if (name.substr(0, name.size() - 1) == rows[i].name) {
        Row row = rows[i];
        row.name = name;
        row.word |= 1;
        rows.push_back(row);
      }
  return rows;
}

std::vector<Row> fpscr_rows() {
  std::vector<Row> rows;
  // What a move makes of it: summary bits are never taken from the value.
  const auto moved = [](u64 old, u64 value, u64 mask) {
    mask &= ~(bit(52) | ~(bit(29) | bit(30) | bit(31) | u64{0xFFFFFFFF}));
    return summary((old & ~mask) | (value & mask));
  };
  static constexpr std::string_view names[] = {"mtfsf 0x81", "mtfsf 0xFF", "mtfsf 0x42", "mtfsf W", "mtfsf L"};
  static constexpr u32 words[] = {0x81 << 17, 0xFF << 17, 0x42 << 17, 0x01 << 17 | 1 << 16, 1 << 25};
  for (size_t i = 0; i < std::size(names); ++i)
    rows.push_back({names[i], "moves to FPSCR", 6, x_form(63, 711) | words[i], Form::fpr, "b", Kind::any, [moved](Case& k) {
                      const u32 fields = k.word >> 17 & 0xFF;
                      u64 mask = 0;
                      for (int f = 0; f < 8; ++f)
                        if (fields & 0x80 >> f) mask |= u64{15} << (28 - 4 * f);
                      if (k.word & 1 << 16) mask <<= 32;
                      if (k.word & 1 << 25) mask = ~u64{0};
                      k.r.fpscr = moved(k.r.fpscr, k.dword(k.b, 0), mask);
                    }});
  for (u32 field = 0; field < 8; ++field)
    for (const u32 value : {0u, 5u, 15u})
      rows.push_back(
          {"mtfsfi", "moves to FPSCR", 6, x_form(63, 134) | field << 23 | value << 12, Form::fpr, "", Kind::any, [=](Case& k) {
             const int shift = static_cast<int>(28 - 4 * field);
             k.r.fpscr = moved(k.r.fpscr, u64{value} << shift, u64{15} << shift);
           }});
  for (u32 number = 0; number < 32; ++number) {
    if (number != 1 && number != 2) {
      rows.push_back({"mtfsb0", "moves to FPSCR", 6, x_form(63, 70) | number << 21, Form::fpr, "", Kind::any,
                      [=](Case& k) { k.r.fpscr = moved(k.r.fpscr, 0, bit(32 + static_cast<int>(number))); }});
      rows.push_back({"mtfsb1", "moves to FPSCR", 6, x_form(63, 38) | number << 21, Form::fpr, "", Kind::any, [=](Case& k) {
                        const u64 one = bit(32 + static_cast<int>(number));
                        const bool news = (one & exceptions) && !(k.r.fpscr & one);
                        k.r.fpscr = moved(k.r.fpscr, one, one) | (news ? FX : 0);
                      }});
    }
  }
  for (u32 field = 0; field < 8; ++field)
    rows.push_back(
        {"mcrfs", "moves from FPSCR", 6, x_form(63, 64) | 5 << 23 | field << 18, Form::fpr, "", Kind::any, [=](Case& k) {
           const int shift = static_cast<int>(28 - 4 * field);
           k.set_cr(5, static_cast<u32>(k.r.fpscr >> shift & 15));
           k.r.fpscr = moved(k.r.fpscr, 0, (FX | exceptions) & u64{15} << shift);
         }});
  rows.push_back({"mffs", "moves from FPSCR", 6, x_form(63, 583), Form::fpr, "t", Kind::any, [](Case& k) {
                    k.set_dword(k.t, 0, k.r.fpscr);
                    k.unknown_target = {0, ~u64{0}};
                  }});
  return rows;
}

}  // namespace judge
