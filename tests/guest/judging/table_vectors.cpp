// SPDX-License-Identifier: GPL-2.0-or-later
// Arithmetic, comparisons and shifts of integers in vectors: with integers in which nothing is lost. (Book I chapter 6)
#include <bit>

#include "tests/guest/judging/vectors.h"

namespace judge {

namespace {

constexpr std::string_view arithmetic = "VMX integer arithmetic", products = "VMX integer products",
                           compares = "VMX integer comparisons", shifts = "VMX rotates, shifts", counts = "VMX logic, counts";

enum class Fit { wraps, saturates };
using Two = std::function<Wide(Wide, Wide)>;

Row lanes(std::string_view name, std::string_view group, int since, u32 extended, std::string_view fields, u32 size,
          bool is_signed, Fit fit, Two f) {
  return vector_row(name, group, since, extended, fields, [=](Case& k, const Operands& v) {
    Bytes t;
    for (u32 i = 0; i < 16 / size; ++i) {
      const Wide x = f(v.a.number(size, is_signed, i), v.b.number(size, is_signed, i));
      t.set(size, i, fit == Fit::saturates ? saturated(k, x, size, is_signed) : static_cast<u64>(x));
    }
    return t;
  });
}

// Of bytes, halfwords, words and doublewords, as far as they have a name. The last came with POWER8.
void each_size(std::vector<Row>& rows, std::string_view group, std::array<std::string_view, 4> names, std::array<u32, 4> extended,
               bool is_signed, Fit fit, Two f, std::string_view fields = "tab", int since = 6) {
  for (u32 i = 0; i < 4; ++i)
    if (!names[i].empty())
      rows.push_back(lanes(names[i], group, i == 3 ? 8 : since, extended[i], fields, 1u << i, is_signed, fit, f));
}

void sums(std::vector<Row>& rows) {
  const Two plus = [](Wide a, Wide b) { return a + b; }, minus = [](Wide a, Wide b) { return a - b; };
  each_size(rows, arithmetic, {"vaddubm", "vadduhm", "vadduwm", "vaddudm"}, {0, 64, 128, 192}, false, Fit::wraps, plus);
  each_size(rows, arithmetic, {"vsububm", "vsubuhm", "vsubuwm", "vsubudm"}, {1024, 1088, 1152, 1216}, false, Fit::wraps, minus);
  each_size(rows, arithmetic, {"vaddubs", "vadduhs", "vadduws", ""}, {512, 576, 640, 0}, false, Fit::saturates, plus);
  each_size(rows, arithmetic, {"vaddsbs", "vaddshs", "vaddsws", ""}, {768, 832, 896, 0}, true, Fit::saturates, plus);
  each_size(rows, arithmetic, {"vsububs", "vsubuhs", "vsubuws", ""}, {1536, 1600, 1664, 0}, false, Fit::saturates, minus);
  each_size(rows, arithmetic, {"vsubsbs", "vsubshs", "vsubsws", ""}, {1792, 1856, 1920, 0}, true, Fit::saturates, minus);
  const Two mean = [](Wide a, Wide b) { return (a + b + 1) >> 1; };
  each_size(rows, arithmetic, {"vavgub", "vavguh", "vavguw", ""}, {1026, 1090, 1154, 0}, false, Fit::wraps, mean);
  each_size(rows, arithmetic, {"vavgsb", "vavgsh", "vavgsw", ""}, {1282, 1346, 1410, 0}, true, Fit::wraps, mean);
  const Two larger = [](Wide a, Wide b) { return a > b ? a : b; }, smaller = [](Wide a, Wide b) { return a < b ? a : b; };
  each_size(rows, arithmetic, {"vmaxub", "vmaxuh", "vmaxuw", "vmaxud"}, {2, 66, 130, 194}, false, Fit::wraps, larger);
  each_size(rows, arithmetic, {"vmaxsb", "vmaxsh", "vmaxsw", "vmaxsd"}, {258, 322, 386, 450}, true, Fit::wraps, larger);
  each_size(rows, arithmetic, {"vminub", "vminuh", "vminuw", "vminud"}, {514, 578, 642, 706}, false, Fit::wraps, smaller);
  each_size(rows, arithmetic, {"vminsb", "vminsh", "vminsw", "vminsd"}, {770, 834, 898, 962}, true, Fit::wraps, smaller);
  rows.push_back(lanes("vaddcuw", arithmetic, 6, 384, "tab", 4, false, Fit::wraps, [](Wide a, Wide b) { return (a + b) >> 32; }));
  rows.push_back(lanes("vsubcuw", arithmetic, 6, 1408, "tab", 4, false, Fit::wraps, [](Wide a, Wide b) { return Wide{a >= b}; }));
}

// Quadwords, byte by byte: `ones` is added to each byte of b where it is subtracted.
void quadwords(std::vector<Row>& rows) {
  const auto row = [&](std::string_view name, u32 extended, std::string_view fields, bool subtracts, bool tells_carry) {
    rows.push_back(vector_row(name, "VMX quadwords", 8, extended, fields, [=](Case&, const Operands& v) {
      u32 carry = fields == "tabc" ? v.c.byte[15] & 1u : u32{subtracts};
      Bytes sum;
      for (u32 i = 16; i-- > 0;) {
        carry += v.a.byte[i] + (subtracts ? 255u - v.b.byte[i] : u32{v.b.byte[i]});
        sum.byte[i] = static_cast<u8>(carry);
        carry >>= 8;
      }
      if (!tells_carry) return sum;
      Bytes one;
      one.byte[15] = static_cast<u8>(carry);
      return one;
    }));
  };
  row("vadduqm", 256, "tab", false, false);
  row("vaddcuq", 320, "tab", false, true);
  row("vaddeuqm", 60, "tabc", false, false);
  row("vaddecuq", 61, "tabc", false, true);
  row("vsubuqm", 1280, "tab", true, false);
  row("vsubcuq", 1344, "tab", true, true);
  row("vsubeuqm", 62, "tabc", true, false);
  row("vsubecuq", 63, "tabc", true, true);
}

void multiplies(std::vector<Row>& rows) {
  // Of every second element: a product is as wide as two of them.
  const auto half = [&](std::string_view name, u32 extended, u32 size, bool is_signed, u32 which) {
    rows.push_back(vector_row(name, products, size == 4 ? 8 : 6, extended, "tab", [=](Case&, const Operands& v) {
      Bytes t;
      for (u32 i = 0; i < 8 / size; ++i) {
        const u32 from = 2 * i + which;
        t.set(2 * size, i, static_cast<u64>(v.a.number(size, is_signed, from) * v.b.number(size, is_signed, from)));
      }
      return t;
    }));
  };
  half("vmuleub", 520, 1, false, 0), half("vmuleuh", 584, 2, false, 0), half("vmuleuw", 648, 4, false, 0);
  half("vmulesb", 776, 1, true, 0), half("vmulesh", 840, 2, true, 0), half("vmulesw", 904, 4, true, 0);
  half("vmuloub", 8, 1, false, 1), half("vmulouh", 72, 2, false, 1), half("vmulouw", 136, 4, false, 1);
  half("vmulosb", 264, 1, true, 1), half("vmulosh", 328, 2, true, 1), half("vmulosw", 392, 4, true, 1);
  rows.push_back(lanes("vmuluwm", products, 8, 137, "tab", 4, false, Fit::wraps, [](Wide a, Wide b) { return a * b; }));
  // Halfwords of three registers.
  const auto three = [&](std::string_view name, u32 extended, bool saturates, std::function<Wide(Wide, Wide, Wide)> f) {
    rows.push_back(vector_row(name, products, 6, extended, "tabc", [=](Case& k, const Operands& v) {
      Bytes t;
      for (u32 i = 0; i < 8; ++i) {
        const Wide x = f(v.a.number(2, true, i), v.b.number(2, true, i), v.c.number(2, true, i));
        t.set(2, i, saturates ? saturated(k, x, 2, true) : static_cast<u64>(x));
      }
      return t;
    }));
  };
  three("vmhaddshs", 32, true, [](Wide a, Wide b, Wide c) { return (a * b >> 15) + c; });
  three("vmhraddshs", 33, true, [](Wide a, Wide b, Wide c) { return ((a * b + 0x4000) >> 15) + c; });
  three("vmladduhm", 34, false, [](Wide a, Wide b, Wide c) { return a * b + c; });
  // Products that are summed up in words.
  const auto sum = [&](std::string_view name, u32 extended, u32 size, bool signed_a, bool signed_b, bool signed_sum,
                       bool saturates) {
    rows.push_back(vector_row(name, products, 6, extended, "tabc", [=](Case& k, const Operands& v) {
      Bytes t;
      for (u32 i = 0; i < 4; ++i) {
        Wide x = v.c.number(4, signed_sum, i);
        for (u32 j = 0; j < 4 / size; ++j) {
          const u32 from = i * (4 / size) + j;
          x += v.a.number(size, signed_a, from) * v.b.number(size, signed_b, from);
        }
        t.set(4, i, saturates ? saturated(k, x, 4, signed_sum) : static_cast<u64>(x));
      }
      return t;
    }));
  };
  sum("vmsumubm", 36, 1, false, false, false, false);
  sum("vmsummbm", 37, 1, true, false, true, false);
  sum("vmsumuhm", 38, 2, false, false, false, false);
  sum("vmsumuhs", 39, 2, false, false, false, true);
  sum("vmsumshm", 40, 2, true, true, true, false);
  sum("vmsumshs", 41, 2, true, true, true, true);
  // Elements that are summed up: into every word, every second or the last.
  const auto across = [&](std::string_view name, u32 extended, u32 size, bool is_signed, u32 words) {
    rows.push_back(vector_row(name, products, 6, extended, "tab", [=](Case& k, const Operands& v) {
      Bytes t;
      for (u32 word = words - 1; word < 4; word += words) {
        Wide x = v.b.number(4, is_signed, word);
        const u32 each = 4 * words / size, group = word / words;
        for (u32 j = 0; j < each; ++j) x += v.a.number(size, is_signed, group * each + j);
        t.set(4, word, saturated(k, x, 4, is_signed));
      }
      return t;
    }));
  };
  across("vsumsws", 1928, 4, true, 4);
  across("vsum2sws", 1672, 4, true, 2);
  across("vsum4sbs", 1800, 1, true, 1);
  across("vsum4shs", 1608, 2, true, 1);
  across("vsum4ubs", 1544, 1, false, 1);
}

void comparisons(std::vector<Row>& rows) {
  const auto compare = [&](std::array<std::string_view, 2> names, u32 extended, u32 size, bool is_signed, bool for_greater) {
    for (const bool records : {false, true})
      rows.push_back(vector_row(names[records], compares, size == 8 ? 8 : 6, extended | (records ? 1024 : 0), "tab",
                                [=](Case& k, const Operands& v) {
                                  Bytes t;
                                  u32 yes = 0;
                                  for (u32 i = 0; i < 16 / size; ++i) {
                                    const Wide a = v.a.number(size, is_signed, i), b = v.b.number(size, is_signed, i);
                                    const bool holds = for_greater ? a > b : a == b;
                                    t.set(size, i, holds ? ~u64{0} : 0);
                                    yes += holds;
                                  }
                                  if (records) k.set_cr(6, (yes == 16 / size ? 8u : 0u) | (yes == 0 ? 2u : 0u));
                                  return t;
                                }));
  };
  compare({"vcmpequb", "vcmpequb."}, 6, 1, false, false), compare({"vcmpequh", "vcmpequh."}, 70, 2, false, false);
  compare({"vcmpequw", "vcmpequw."}, 134, 4, false, false), compare({"vcmpequd", "vcmpequd."}, 199, 8, false, false);
  compare({"vcmpgtub", "vcmpgtub."}, 518, 1, false, true), compare({"vcmpgtuh", "vcmpgtuh."}, 582, 2, false, true);
  compare({"vcmpgtuw", "vcmpgtuw."}, 646, 4, false, true), compare({"vcmpgtud", "vcmpgtud."}, 711, 8, false, true);
  compare({"vcmpgtsb", "vcmpgtsb."}, 774, 1, true, true), compare({"vcmpgtsh", "vcmpgtsh."}, 838, 2, true, true);
  compare({"vcmpgtsw", "vcmpgtsw."}, 902, 4, true, true), compare({"vcmpgtsd", "vcmpgtsd."}, 967, 8, true, true);
}

void shifts_of_elements(std::vector<Row>& rows) {
  for (u32 i = 0; i < 4; ++i) {
    const u32 size = 1u << i, bits = 8 * size;
    const int since = i == 3 ? 8 : 6;
    const auto row = [&](std::array<std::string_view, 4> names, std::array<u32, 4> extended, bool is_signed, Two f) {
      rows.push_back(lanes(names[i], shifts, since, extended[i], "tab", size, is_signed, Fit::wraps,
                           [=](Wide a, Wide b) { return f(a, b & (bits - 1)); }));
    };
    row({"vrlb", "vrlh", "vrlw", "vrld"}, {4, 68, 132, 196}, false,
        [bits](Wide a, Wide by) { return a << by | a >> (bits - by); });
    row({"vslb", "vslh", "vslw", "vsld"}, {260, 324, 388, 1476}, false, [](Wide a, Wide by) { return a << by; });
    row({"vsrb", "vsrh", "vsrw", "vsrd"}, {516, 580, 644, 1732}, false, [](Wide a, Wide by) { return a >> by; });
    row({"vsrab", "vsrah", "vsraw", "vsrad"}, {772, 836, 900, 964}, true, [](Wide a, Wide by) { return a >> by; });
  }
}

// The whole register, bit by bit.
Bytes moved(const Bytes& from, int left) {
  Bytes t;
  for (int i = 0; i < 128; ++i)
    if (i + left >= 0 && i + left < 128) t.set_bit(static_cast<u32>(i), from.bit(static_cast<u32>(i + left)));
  return t;
}

void shifts_of_registers(std::vector<Row>& rows) {
  const auto by_bits = [&](std::string_view name, u32 extended, int direction) {
    rows.push_back(vector_row(name, shifts, 6, extended, "tab", [=](Case& k, const Operands& v) {
      const u32 by = v.b.byte[15] & 7u;
      for (const u8 byte : v.b.byte)
        if ((byte & 7u) != by) k.unknown_target = {~u64{0}, ~u64{0}};
      return moved(v.a, direction * static_cast<int>(by));
    }));
  };
  by_bits("vsl", 452, 1);
  by_bits("vsr", 708, -1);
  const auto by_bytes = [&](std::string_view name, u32 extended, int direction) {
    rows.push_back(vector_row(name, shifts, 6, extended, "tab", [=](Case&, const Operands& v) {
      return moved(v.a, direction * 8 * static_cast<int>(v.b.byte[15] >> 3 & 15));
    }));
  };
  by_bytes("vslo", 1036, 1);
  by_bytes("vsro", 1100, -1);
  for (const u32 by : {0u, 1u, 7u, 8u, 15u})
    rows.push_back(vector_row("vsldoi", shifts, 6, 44 | by << 6, "tab", [=](Case&, const Operands& v) {
      Bytes t;
      for (u32 i = 0; i < 16; ++i) t.byte[i] = i + by < 16 ? v.a.byte[i + by] : v.b.byte[i + by - 16];
      return t;
    }));
}

void logic(std::vector<Row>& rows) {
  const auto row = [&](std::string_view name, int since, u32 extended, Two f) {
    rows.push_back(lanes(name, counts, since, extended, "tab", 8, false, Fit::wraps, std::move(f)));
  };
  row("vand", 6, 1028, [](Wide a, Wide b) { return a & b; });
  row("vandc", 6, 1092, [](Wide a, Wide b) { return a & ~b; });
  row("vor", 6, 1156, [](Wide a, Wide b) { return a | b; });
  row("vxor", 6, 1220, [](Wide a, Wide b) { return a ^ b; });
  row("vnor", 6, 1284, [](Wide a, Wide b) { return ~(a | b); });
  row("vorc", 8, 1348, [](Wide a, Wide b) { return a | ~b; });
  row("vnand", 8, 1412, [](Wide a, Wide b) { return ~(a & b); });
  row("veqv", 8, 1668, [](Wide a, Wide b) { return ~(a ^ b); });
  rows.push_back(vector_row("vsel", counts, 6, 42, "tabc", [](Case&, const Operands& v) {
    Bytes t;
    for (u32 i = 0; i < 128; ++i) t.set_bit(i, (v.c.bit(i) ? v.b : v.a).bit(i));
    return t;
  }));
  for (u32 i = 0; i < 4; ++i) {
    const Wide top = Wide{1} << (8 * (1 << i) - 1);
    constexpr std::string_view zeros[] = {"vclzb", "vclzh", "vclzw", "vclzd"},
                               ones[] = {"vpopcntb", "vpopcnth", "vpopcntw", "vpopcntd"};
    rows.push_back(lanes(zeros[i], counts, 8, 1794 + 64 * i, "tb", 1u << i, false, Fit::wraps, [top](Wide, Wide b) {
      Wide count = 0;
      for (Wide bit = top; bit && !(b & bit); bit >>= 1) ++count;
      return count;
    }));
    rows.push_back(lanes(ones[i], counts, 8, 1795 + 64 * i, "tb", 1u << i, false, Fit::wraps,
                         [](Wide, Wide b) { return Wide{std::popcount(static_cast<u64>(b))}; }));
  }
}

}  // namespace

std::vector<Row> vector_rows() {
  std::vector<Row> rows;
  sums(rows);
  quadwords(rows);
  multiplies(rows);
  comparisons(rows);
  shifts_of_elements(rows);
  shifts_of_registers(rows);
  logic(rows);
  return rows;
}

}  // namespace judge
