// SPDX-License-Identifier: GPL-2.0-or-later
// Fixed-point arithmetic and logic, in 64-bit mode: with integers of twice as many bits. (Book I 3.3)
#include <bit>

#include "tests/guest/judging/table.h"

namespace judge {

namespace {

__extension__ using Wide = __int128;
__extension__ using Unsigned = unsigned __int128;

constexpr u64 SO = 0x80000000, OV = 0x40000000, CA = 0x20000000;
constexpr u32 records = 1, tells_overflow = 0x400;
constexpr u64 upper_word = u64{0xFFFFFFFF} << 32;

constexpr s64 as_signed(u64 x) { return static_cast<s64>(x); }
constexpr s64 word(u64 x) { return static_cast<s32>(x); }
constexpr u64 low_word(u64 x) { return x & 0xFFFFFFFF; }
constexpr u64 bits(Wide x) { return static_cast<u64>(x); }

void record(Case& k, u64 result) {
  const s64 value = as_signed(result);
  k.set_cr(0, (value < 0 ? 8 : value > 0 ? 4 : 2) | (k.r.xer & SO ? 1 : 0));
}

struct Answer {
  u64 value = 0;
  u64 unknown = 0;
  bool overflow = false;
  bool carry = false;
};
using Model = std::function<Answer(u64 a, u64 b, bool carry)>;

enum class Carry { left, told };

void add(std::vector<Row>& rows, std::string_view group, std::array<std::string_view, 4> names, u32 extended,
         std::string_view fields, Carry carry, int since, Model model) {
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i].empty()) continue;
    const u32 more = (i & 1 ? records : 0) | (i & 2 ? tells_overflow : 0);
    rows.push_back({names[i], group, since, 31u << 26 | extended << 1 | more, Form::gpr, fields, Kind::general, [=](Case& k) {
                      const Answer answer = model(k.r.gpr[k.a], k.r.gpr[k.b], k.r.xer & CA);
                      if (carry == Carry::told) k.r.xer = (k.r.xer & ~CA) | (answer.carry ? CA : 0);
                      if (more & tells_overflow) k.r.xer = (k.r.xer & ~OV) | (answer.overflow ? SO | OV : 0);
                      k.r.gpr[k.t] = answer.value;
                      k.target = k.t;
                      k.unknown_general = answer.unknown;
                      if (!(more & records)) return;
                      record(k, answer.value);
                      if (answer.unknown) k.unknown_cr |= 0xE0000000;
                    }});
  }
}

Answer sum(u64 x, u64 y, bool one) {
  const Wide exact = Wide{as_signed(x)} + as_signed(y) + one;
  const Unsigned counted = Unsigned{x} + y + one;
  return {bits(exact), 0, exact != as_signed(bits(exact)), (counted >> 64) != 0};
}

// A quotient that is not one leaves all bits open.
Answer quotient(Wide dividend, Wide divisor, int size, bool is_signed) {
  const u64 unknown = size == 32 ? upper_word : 0;
  if (divisor == 0) return {0, ~u64{0}, true, false};
  const Wide exact = dividend / divisor;
  const Wide most = is_signed ? (Wide{1} << (size - 1)) - 1 : (Wide{1} << size) - 1;
  const Wide least = is_signed ? -most - 1 : 0;
  if (exact > most || exact < least) return {0, ~u64{0}, true, false};
  return {size == 32 ? low_word(bits(exact)) : bits(exact), unknown, false, false};
}

// The dividend has 128 bits: unsigned ones do not fit into a signed number.
Answer unsigned_quotient(Unsigned dividend, u64 divisor) {
  if (divisor == 0 || dividend / divisor > ~u64{0}) return {0, ~u64{0}, true, false};
  return {static_cast<u64>(dividend / divisor), 0, false, false};
}

void arithmetic(std::vector<Row>& rows) {
  constexpr std::string_view group = "fixed-point arithmetic";
  const auto all = [&](std::array<std::string_view, 4> names, u32 extended, std::string_view fields, Carry carry, Model model,
                       int since = 6) { add(rows, group, names, extended, fields, carry, since, std::move(model)); };
  all({"add", "add.", "addo", "addo."}, 266, "tab", Carry::left, [](u64 a, u64 b, bool) { return sum(a, b, false); });
  all({"addc", "addc.", "addco", "addco."}, 10, "tab", Carry::told, [](u64 a, u64 b, bool) { return sum(a, b, false); });
  all({"adde", "adde.", "addeo", "addeo."}, 138, "tab", Carry::told, [](u64 a, u64 b, bool ca) { return sum(a, b, ca); });
  all({"addme", "addme.", "addmeo", "addmeo."}, 234, "ta", Carry::told, [](u64 a, u64, bool ca) { return sum(a, ~u64{0}, ca); });
  all({"addze", "addze.", "addzeo", "addzeo."}, 202, "ta", Carry::told, [](u64 a, u64, bool ca) { return sum(a, 0, ca); });
  all({"subf", "subf.", "subfo", "subfo."}, 40, "tab", Carry::left, [](u64 a, u64 b, bool) { return sum(~a, b, true); });
  all({"subfc", "subfc.", "subfco", "subfco."}, 8, "tab", Carry::told, [](u64 a, u64 b, bool) { return sum(~a, b, true); });
  all({"subfe", "subfe.", "subfeo", "subfeo."}, 136, "tab", Carry::told, [](u64 a, u64 b, bool ca) { return sum(~a, b, ca); });
  all({"subfme", "subfme.", "subfmeo", "subfmeo."}, 232, "ta", Carry::told,
      [](u64 a, u64, bool ca) { return sum(~a, ~u64{0}, ca); });
  all({"subfze", "subfze.", "subfzeo", "subfzeo."}, 200, "ta", Carry::told, [](u64 a, u64, bool ca) { return sum(~a, 0, ca); });
  all({"neg", "neg.", "nego", "nego."}, 104, "ta", Carry::left, [](u64 a, u64, bool) { return sum(~a, 0, true); });
  all({"mullw", "mullw.", "mullwo", "mullwo."}, 235, "tab", Carry::left, [](u64 a, u64 b, bool) {
    const s64 product = word(a) * word(b);
    return Answer{static_cast<u64>(product), 0, product != word(static_cast<u64>(product)), false};
  });
  all({"mulld", "mulld.", "mulldo", "mulldo."}, 233, "tab", Carry::left, [](u64 a, u64 b, bool) {
    const Wide product = Wide{as_signed(a)} * as_signed(b);
    return Answer{bits(product), 0, product != as_signed(bits(product)), false};
  });
  all({"mulhw", "mulhw.", "", ""}, 75, "tab", Carry::left, [](u64 a, u64 b, bool) {
    return Answer{low_word(static_cast<u64>(word(a) * word(b) >> 32)), upper_word, false, false};
  });
  all({"mulhwu", "mulhwu.", "", ""}, 11, "tab", Carry::left, [](u64 a, u64 b, bool) {
    return Answer{low_word(a) * low_word(b) >> 32, upper_word, false, false};
  });
  all({"mulhd", "mulhd.", "", ""}, 73, "tab", Carry::left, [](u64 a, u64 b, bool) {
    return Answer{bits(Wide{as_signed(a)} * as_signed(b) >> 64), 0, false, false};
  });
  all({"mulhdu", "mulhdu.", "", ""}, 9, "tab", Carry::left, [](u64 a, u64 b, bool) {
    return Answer{static_cast<u64>(Unsigned{a} * b >> 64), 0, false, false};
  });
  all({"divw", "divw.", "divwo", "divwo."}, 491, "tab", Carry::left,
      [](u64 a, u64 b, bool) { return quotient(word(a), word(b), 32, true); });
  all({"divwu", "divwu.", "divwuo", "divwuo."}, 459, "tab", Carry::left,
      [](u64 a, u64 b, bool) { return quotient(low_word(a), low_word(b), 32, false); });
  all({"divd", "divd.", "divdo", "divdo."}, 489, "tab", Carry::left,
      [](u64 a, u64 b, bool) { return quotient(as_signed(a), as_signed(b), 64, true); });
  all({"divdu", "divdu.", "divduo", "divduo."}, 457, "tab", Carry::left,
      [](u64 a, u64 b, bool) { return unsigned_quotient(a, b); });
  all(
      {"divwe", "divwe.", "divweo", "divweo."}, 427, "tab", Carry::left,
      [](u64 a, u64 b, bool) { return quotient(Wide{word(a)} << 32, word(b), 32, true); }, 7);
  all(
      {"divweu", "divweu.", "divweuo", "divweuo."}, 395, "tab", Carry::left,
      [](u64 a, u64 b, bool) { return quotient(Wide{low_word(a)} << 32, low_word(b), 32, false); }, 7);
  all(
      {"divde", "divde.", "divdeo", "divdeo."}, 425, "tab", Carry::left,
      [](u64 a, u64 b, bool) { return quotient(Wide{as_signed(a)} << 64, as_signed(b), 64, true); }, 7);
  all(
      {"divdeu", "divdeu.", "divdeuo", "divdeuo."}, 393, "tab", Carry::left,
      [](u64 a, u64 b, bool) { return unsigned_quotient(Unsigned{a} << 64, b); }, 7);
}

// RA is the target; RS is where others have theirs.
void logic(std::vector<Row>& rows, std::array<std::string_view, 2> names, u32 extended, std::string_view fields,
           std::function<u64(Case&, u64, u64)> model, std::string_view group = "fixed-point logic", int since = 6) {
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i].empty()) continue;
    rows.push_back(
        {names[i], group, since, 31u << 26 | extended << 1 | static_cast<u32>(i), Form::gpr, fields, Kind::general, [=](Case& k) {
           k.r.gpr[k.a] = model(k, k.r.gpr[k.t], k.r.gpr[k.b]);
           k.target = k.a;
           if (i == 1) record(k, k.r.gpr[k.a]);
         }});
  }
}

u64 shifted_algebraically(Case& k, s64 value, u64 by) {
  const u64 lost = by > 63 ? as_signed(static_cast<u64>(value)) != 0 : static_cast<u64>(value) & ((u64{1} << by) - 1);
  k.r.xer = (k.r.xer & ~CA) | (value < 0 && lost ? CA : 0);
  return static_cast<u64>(by > 63 ? (value < 0 ? -1 : 0) : value >> by);
}

void logics(std::vector<Row>& rows) {
  const auto plain = [&](std::array<std::string_view, 2> names, u32 extended, std::function<u64(u64, u64)> f) {
    logic(rows, names, extended, "tab", [f](Case&, u64 s, u64 b) { return f(s, b); });
  };
  const auto one = [&](std::array<std::string_view, 2> names, u32 extended, std::function<u64(u64)> f, int since = 6) {
    logic(
        rows, names, extended, "ta", [f](Case&, u64 s, u64) { return f(s); }, "fixed-point logic", since);
  };
  plain({"and", "and."}, 28, [](u64 s, u64 b) { return s & b; });
  plain({"andc", "andc."}, 60, [](u64 s, u64 b) { return s & ~b; });
  plain({"or", "or."}, 444, [](u64 s, u64 b) { return s | b; });
  plain({"orc", "orc."}, 412, [](u64 s, u64 b) { return s | ~b; });
  plain({"xor", "xor."}, 316, [](u64 s, u64 b) { return s ^ b; });
  plain({"nor", "nor."}, 124, [](u64 s, u64 b) { return ~(s | b); });
  plain({"nand", "nand."}, 476, [](u64 s, u64 b) { return ~(s & b); });
  plain({"eqv", "eqv."}, 284, [](u64 s, u64 b) { return ~(s ^ b); });
  plain({"slw", "slw."}, 24, [](u64 s, u64 b) { return b & 32 ? 0 : low_word(s << (b & 31)); });
  plain({"srw", "srw."}, 536, [](u64 s, u64 b) { return b & 32 ? 0 : low_word(s) >> (b & 31); });
  plain({"sld", "sld."}, 27, [](u64 s, u64 b) { return b & 64 ? 0 : s << (b & 63); });
  plain({"srd", "srd."}, 539, [](u64 s, u64 b) { return b & 64 ? 0 : s >> (b & 63); });
  logic(rows, {"sraw", "sraw."}, 792, "tab",
        [](Case& k, u64 s, u64 b) { return shifted_algebraically(k, word(s), b & 32 ? 64 : b & 31); });
  logic(rows, {"srad", "srad."}, 794, "tab",
        [](Case& k, u64 s, u64 b) { return shifted_algebraically(k, as_signed(s), b & 64 ? 64 : b & 63); });
  for (const u32 by : {0u, 1u, 17u, 31u})
    logic(rows, {"srawi", "srawi."}, 824 | by << 10, "ta",
          [by](Case& k, u64 s, u64) { return shifted_algebraically(k, word(s), by); });
  for (const u32 by : {0u, 1u, 31u, 32u, 63u})
    logic(rows, {"sradi", "sradi."}, 413u << 1 | by >> 5 | (by & 31) << 10, "ta",
          [by](Case& k, u64 s, u64) { return shifted_algebraically(k, as_signed(s), by); });
  one({"cntlzw", "cntlzw."}, 26, [](u64 s) { return static_cast<u64>(std::countl_zero(static_cast<u32>(s))); });
  one({"cntlzd", "cntlzd."}, 58, [](u64 s) { return static_cast<u64>(std::countl_zero(s)); });
  one({"extsb", "extsb."}, 954, [](u64 s) { return static_cast<u64>(s64{static_cast<std::int8_t>(s)}); });
  one({"extsh", "extsh."}, 922, [](u64 s) { return static_cast<u64>(s64{static_cast<std::int16_t>(s)}); });
  one({"extsw", "extsw."}, 986, [](u64 s) { return static_cast<u64>(word(s)); });
  const auto counted = [](u64 s, int size) {
    u64 all = 0;
    for (int at = 0; at < 64; at += size) {
      const u64 part = size == 64 ? s : s >> at & ((u64{1} << size) - 1);
      all |= static_cast<u64>(std::popcount(part)) << at;
    }
    return all;
  };
  one({"popcntb", ""}, 122, [=](u64 s) { return counted(s, 8); });
  one(
      {"popcntw", ""}, 378, [=](u64 s) { return counted(s, 32); }, 7);
  one(
      {"popcntd", ""}, 506, [=](u64 s) { return counted(s, 64); }, 7);
  const auto parity = [](u64 s) { return static_cast<u64>(std::popcount(s & 0x0101010101010101) & 1); };
  one({"prtyw", ""}, 154, [=](u64 s) { return parity(s >> 32) << 32 | parity(low_word(s)); });
  one({"prtyd", ""}, 186, [=](u64 s) { return parity(s); });
  plain({"cmpb", ""}, 508, [](u64 s, u64 b) {
    u64 all = 0;
    for (int at = 0; at < 64; at += 8)
      if ((s >> at & 0xFF) == (b >> at & 0xFF)) all |= u64{0xFF} << at;
    return all;
  });
  logic(
      rows, {"bpermd", ""}, 252, "tab",
      [](Case&, u64 s, u64 b) {
        u64 all = 0;
        for (int i = 0; i < 8; ++i) {
          const u64 index = s >> (56 - 8 * i) & 0xFF;
          if (index < 64 && (b >> (63 - index) & 1)) all |= u64{1} << (7 - i);
        }
        return all;
      },
      "fixed-point logic", 7);
}

void comparisons(std::vector<Row>& rows) {
  struct Kind4 {
    std::string_view name;
    u32 extended;
    bool is_signed;
    bool doubleword;
  };
  for (const Kind4 kind : {Kind4{"cmpw", 0, true, false}, Kind4{"cmpd", 0, true, true}, Kind4{"cmplw", 32, false, false},
                           Kind4{"cmpld", 32, false, true}})
    rows.push_back({kind.name, "fixed-point comparisons", 6,
                    31u << 26 | kind.extended << 1 | 3u << 23 | u32{kind.doubleword} << 21, Form::gpr, "ab", Kind::general,
                    [kind](Case& k) {
                      const u64 a = k.r.gpr[k.a], b = k.r.gpr[k.b];
                      const Wide x = kind.is_signed ? Wide{kind.doubleword ? as_signed(a) : word(a)}
                                                    : Wide{kind.doubleword ? a : low_word(a)};
                      const Wide y = kind.is_signed ? Wide{kind.doubleword ? as_signed(b) : word(b)}
                                                    : Wide{kind.doubleword ? b : low_word(b)};
                      k.set_cr(3, (x < y ? 8 : x > y ? 4 : 2) | (k.r.xer & SO ? 1 : 0));
                    }});
}

}  // namespace

std::vector<Row> integer_rows() {
  std::vector<Row> rows;
  arithmetic(rows);
  logics(rows);
  comparisons(rows);
  return rows;
}

}  // namespace judge
