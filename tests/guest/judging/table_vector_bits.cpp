// SPDX-License-Identifier: GPL-2.0-or-later
// What moves bytes and bits of vectors: splat, merge, pack, permute; ciphers, and integers of decimal digits. (Book I chapter 6)
#include <algorithm>
#include <bit>

#include "tests/guest/judging/vectors.h"

namespace judge {

namespace {

constexpr std::string_view permutes = "VMX permutes", packs = "VMX packs", ciphers = "VMX ciphers",
                           digits = "VMX decimal integers";

void splats(std::vector<Row>& rows) {
  constexpr std::string_view of_element[] = {"vspltb", "vsplth", "vspltw"}, of_number[] = {"vspltisb", "vspltish", "vspltisw"};
  for (u32 i = 0; i < 3; ++i) {
    const u32 size = 1u << i;
    for (const u32 which : {0u, 1u, 16 / size - 1})
      rows.push_back(vector_row(of_element[i], permutes, 6, (524 + 64 * i) | which << 16, "tb", [=](Case&, const Operands& v) {
        Bytes t;
        for (u32 j = 0; j < 16 / size; ++j) t.set(size, j, v.b.get(size, which));
        return t;
      }));
    for (const s32 number : {0, 1, 15, -1, -16})
      rows.push_back(vector_row(of_number[i], permutes, 6, (780 + 64 * i) | (static_cast<u32>(number) & 31) << 16, "t",
                                [=](Case&, const Operands&) {
                                  Bytes t;
                                  for (u32 j = 0; j < 16 / size; ++j) t.set(size, j, static_cast<u64>(s64{number}));
                                  return t;
                                }));
  }
}

void merges(std::vector<Row>& rows) {
  // Elements of a and b in turn: `from` of the n-th.
  const auto merge = [&](std::string_view name, int since, u32 extended, u32 size, std::function<u32(u32)> from) {
    rows.push_back(vector_row(name, permutes, since, extended, "tab", [=](Case&, const Operands& v) {
      Bytes t;
      for (u32 i = 0; i < 8 / size; ++i) {
        t.set(size, 2 * i, v.a.get(size, from(i)));
        t.set(size, 2 * i + 1, v.b.get(size, from(i)));
      }
      return t;
    }));
  };
  constexpr std::string_view high[] = {"vmrghb", "vmrghh", "vmrghw"}, low[] = {"vmrglb", "vmrglh", "vmrglw"};
  for (u32 i = 0; i < 3; ++i) {
    const u32 size = 1u << i;
    merge(high[i], 6, 12 + 64 * i, size, [](u32 n) { return n; });
    merge(low[i], 6, 268 + 64 * i, size, [size](u32 n) { return n + 8 / size; });
  }
  merge("vmrgew", 8, 1932, 4, [](u32 n) { return 2 * n; });
  merge("vmrgow", 8, 1676, 4, [](u32 n) { return 2 * n + 1; });
}

void packings(std::vector<Row>& rows) {
  enum class From { is_signed, is_unsigned };
  enum class To { is_signed, is_unsigned, modulo };
  const auto pack = [&](std::string_view name, u32 extended, u32 size, From from, To to) {
    rows.push_back(vector_row(name, packs, size == 8 ? 8 : 6, extended, "tab", [=](Case& k, const Operands& v) {
      Bytes t;
      const u32 half = 8 / (size / 2);
      for (u32 i = 0; i < 2 * half; ++i) {
        const Wide x = (i < half ? v.a : v.b).number(size, from == From::is_signed, i % half);
        t.set(size / 2, i, to == To::modulo ? static_cast<u64>(x) : saturated(k, x, size / 2, to == To::is_signed));
      }
      return t;
    }));
  };
  using enum From;
  pack("vpkshss", 398, 2, is_signed, To::is_signed), pack("vpkswss", 462, 4, is_signed, To::is_signed);
  pack("vpkshus", 270, 2, is_signed, To::is_unsigned), pack("vpkswus", 334, 4, is_signed, To::is_unsigned);
  pack("vpkuhum", 14, 2, is_unsigned, To::modulo), pack("vpkuwum", 78, 4, is_unsigned, To::modulo);
  pack("vpkuhus", 142, 2, is_unsigned, To::is_unsigned), pack("vpkuwus", 206, 4, is_unsigned, To::is_unsigned);
  pack("vpksdss", 1486, 8, is_signed, To::is_signed), pack("vpksdus", 1358, 8, is_signed, To::is_unsigned);
  pack("vpkudum", 1102, 8, is_unsigned, To::modulo), pack("vpkudus", 1230, 8, is_unsigned, To::is_unsigned);
  const auto unpack = [&](std::string_view name, u32 extended, u32 size, u32 first) {
    rows.push_back(vector_row(name, packs, size == 4 ? 8 : 6, extended, "tb", [=](Case&, const Operands& v) {
      Bytes t;
      for (u32 i = 0; i < 8 / size; ++i) t.set(2 * size, i, static_cast<u64>(v.b.number(size, true, i + first * (8 / size))));
      return t;
    }));
  };
  unpack("vupkhsb", 526, 1, 0), unpack("vupkhsh", 590, 2, 0), unpack("vupkhsw", 1614, 4, 0);
  unpack("vupklsb", 654, 1, 1), unpack("vupklsh", 718, 2, 1), unpack("vupklsw", 1742, 4, 1);
  // Pixels: a bit and three colours, of 8 bits in a word and of 5 in a halfword.
  rows.push_back(vector_row("vpkpx", packs, 6, 782, "tab", [](Case&, const Operands& v) {
    Bytes t;
    for (u32 i = 0; i < 8; ++i) {
      const u64 word = (i < 4 ? v.a : v.b).get(4, i % 4);
      t.set(2, i, (word >> 24 & 1) << 15 | (word >> 19 & 31) << 10 | (word >> 11 & 31) << 5 | (word >> 3 & 31));
    }
    return t;
  }));
  for (const u32 low : {0u, 1u})
    rows.push_back(vector_row(low ? "vupklpx" : "vupkhpx", packs, 6, low ? 974 : 846, "tb", [=](Case&, const Operands& v) {
      Bytes t;
      for (u32 i = 0; i < 4; ++i) {
        const u64 pixel = v.b.get(2, i + 4 * low);
        t.set(1, 4 * i, pixel & 0x8000 ? 0xFF : 0);
        for (u32 colour = 1; colour < 4; ++colour) t.set(1, 4 * i + colour, pixel >> (15 - 5 * colour) & 31);
      }
      return t;
    }));
}

void permutations(std::vector<Row>& rows) {
  rows.push_back(vector_row("vperm", permutes, 6, 43, "tabc", [](Case&, const Operands& v) {
    Bytes t;
    for (u32 i = 0; i < 16; ++i) {
      const u32 from = v.c.byte[i] & 31;
      t.byte[i] = from < 16 ? v.a.byte[from] : v.b.byte[from - 16];
    }
    return t;
  }));
  rows.push_back(vector_row("vpermxor", permutes, 8, 45, "tabc", [](Case&, const Operands& v) {
    Bytes t;
    for (u32 i = 0; i < 16; ++i) t.byte[i] = v.a.byte[v.c.byte[i] >> 4] ^ v.b.byte[v.c.byte[i] & 15];
    return t;
  }));
  rows.push_back(vector_row("vgbbd", permutes, 8, 1292, "tb", [](Case&, const Operands& v) {
    Bytes t;
    for (u32 half = 0; half < 128; half += 64)
      for (u32 row = 0; row < 8; ++row)
        for (u32 column = 0; column < 8; ++column) t.set_bit(half + 8 * row + column, v.b.bit(half + 8 * column + row));
    return t;
  }));
  rows.push_back(vector_row("vbpermq", permutes, 8, 1356, "tab", [](Case&, const Operands& v) {
    Bytes t;
    for (u32 i = 0; i < 16; ++i)
      if (v.b.byte[i] < 128) t.set_bit(48 + i, v.a.bit(v.b.byte[i]));
    return t;
  }));
}

// ---- AES, in the field of 256 elements whose polynomial is x^8 + x^4 + x^3 + x + 1 ----

u8 times(u8 x, u8 y) {
  u32 product = 0;
  for (u32 i = 0; i < 8; ++i)
    if (y >> i & 1) product ^= u32{x} << i;
  for (u32 i = 15; i-- > 8;)
    if (product >> i & 1) product ^= 0x11Bu << (i - 8);
  return static_cast<u8>(product);
}
u8 substitute(u8 x) {
  u8 inverse = 0;
  for (u32 y = 1; y < 256; ++y)
    if (times(x, static_cast<u8>(y)) == 1) inverse = static_cast<u8>(y);
  u8 result = 0x63;
  for (int i = 0; i < 5; ++i) result = static_cast<u8>(result ^ std::rotl(inverse, i));
  return result;
}
struct Boxes {
  std::array<u8, 256> there{}, back{};
  Boxes() {
    for (u32 i = 0; i < 256; ++i) {
      there[i] = substitute(static_cast<u8>(i));
      back[there[i]] = static_cast<u8>(i);
    }
  }
};
const Boxes& boxes() {
  static const Boxes made;
  return made;
}
Bytes substituted(const Bytes& from, const std::array<u8, 256>& box) {
  Bytes t;
  for (u32 i = 0; i < 16; ++i) t.byte[i] = box[from.byte[i]];
  return t;
}
// Row r of the state goes r columns to the left, or to the right.
Bytes rows_shifted(const Bytes& from, bool left) {
  Bytes t;
  for (u32 column = 0; column < 4; ++column)
    for (u32 row = 0; row < 4; ++row) t.byte[4 * column + row] = from.byte[4 * ((column + (left ? row : 4 - row)) % 4) + row];
  return t;
}
Bytes columns_mixed(const Bytes& from, std::array<u8, 4> by) {
  Bytes t;
  for (u32 column = 0; column < 4; ++column)
    for (u32 row = 0; row < 4; ++row)
      for (u32 i = 0; i < 4; ++i) t.byte[4 * column + row] ^= times(from.byte[4 * column + i], by[(i + 4 - row) % 4]);
  return t;
}
Bytes exclusive(const Bytes& x, const Bytes& y) {
  Bytes t;
  for (u32 i = 0; i < 16; ++i) t.byte[i] = x.byte[i] ^ y.byte[i];
  return t;
}

void aes(std::vector<Row>& rows) {
  const auto row = [&](std::string_view name, u32 extended, std::string_view fields, std::function<Bytes(Bytes, Bytes)> f) {
    rows.push_back(vector_row(name, ciphers, 8, extended, fields, [f](Case&, const Operands& v) { return f(v.a, v.b); }));
  };
  row("vsbox", 1480, "ta", [](Bytes a, Bytes) { return substituted(a, boxes().there); });
  row("vcipher", 1288, "tab", [](Bytes a, Bytes key) {
    return exclusive(columns_mixed(rows_shifted(substituted(a, boxes().there), true), {2, 3, 1, 1}), key);
  });
  row("vcipherlast", 1289, "tab",
      [](Bytes a, Bytes key) { return exclusive(rows_shifted(substituted(a, boxes().there), true), key); });
  row("vncipher", 1352, "tab", [](Bytes a, Bytes key) {
    return columns_mixed(exclusive(substituted(rows_shifted(a, false), boxes().back), key), {14, 11, 13, 9});
  });
  row("vncipherlast", 1353, "tab",
      [](Bytes a, Bytes key) { return exclusive(substituted(rows_shifted(a, false), boxes().back), key); });
}

// ---- the sigma functions of SHA-2, and products of polynomials ----

void hashes(std::vector<Row>& rows) {
  struct Sigma {
    int first, second, third;  // the third: a rotate in the functions of capital letters, else a shift
  };
  static constexpr Sigma words[] = {{7, 18, 3}, {17, 19, 10}, {2, 13, 22}, {6, 11, 25}};
  static constexpr Sigma dwords[] = {{1, 8, 7}, {19, 61, 6}, {28, 34, 39}, {14, 18, 41}};
  for (const u32 capital : {0u, 1u})
    for (const u32 six : {0u, 15u, 5u, 12u, 9u}) {
      const u32 fields = capital << 15 | six << 11;
      const auto row = [&]<class Word>(std::string_view name, u32 extended, const Sigma* table, Word) {
        rows.push_back(vector_row(name, ciphers, 8, extended | fields, "ta", [=](Case&, const Operands& v) {
          Bytes t;
          constexpr u32 size = sizeof(Word);
          for (u32 i = 0; i < 16 / size; ++i) {
            const Sigma& s = table[2 * capital + (six >> (3 - i * (size / 4)) & 1)];
            const Word x = static_cast<Word>(v.a.get(size, i));
            t.set(size, i,
                  Word(std::rotr(x, s.first) ^ std::rotr(x, s.second) ^ (capital ? std::rotr(x, s.third) : x >> s.third)));
          }
          return t;
        }));
      };
      row("vshasigmaw", 1666, words, u32{});
      row("vshasigmad", 1730, dwords, u64{});
    }
}

void polynomials(std::vector<Row>& rows) {
  constexpr std::string_view names[] = {"vpmsumb", "vpmsumh", "vpmsumw", "vpmsumd"};
  for (u32 i = 0; i < 4; ++i) {
    const u32 size = 1u << i;
    rows.push_back(vector_row(names[i], ciphers, 8, 1032 + 64 * i, "tab", [=](Case&, const Operands& v) {
      Bytes t;
      for (u32 pair = 0; pair < 8 / size; ++pair)
        for (const u32 element : {2 * pair, 2 * pair + 1})
          for (u32 x = 0; x < 8 * size; ++x)
            for (u32 y = 0; y < 8 * size; ++y) {
              // Bits of the same weight: the product has one bit less than the place for it.
              const u32 at = 16 * size * pair + x + y + 1;
              if (v.a.bit(8 * size * element + x) && v.b.bit(8 * size * element + y)) t.set_bit(at, !t.bit(at));
            }
      return t;
    }));
  }
}

// ---- 31 digits and a sign ----

struct Digits {
  std::array<u32, 31> digit{};  // the lowest first
  bool negative = false;
  bool valid = true;
  explicit Digits(const Bytes& from) {
    const u32 code = from.byte[15] & 15u;
    negative = code == 11 || code == 13;
    valid = code >= 10;
    for (u32 i = 0; i < 31; ++i) {
      digit[i] = from.byte[15 - (i + 1) / 2] >> (i % 2 ? 0 : 4) & 15u;
      valid = valid && digit[i] < 10;
    }
  }
};

void decimal_sums(std::vector<Row>& rows) {
  for (const bool subtracts : {false, true})
    for (const u32 preferred : {0u, 1u})
      rows.push_back(vector_row(subtracts ? "bcdsub." : "bcdadd.", digits, 8, (subtracts ? 1089u : 1025u) | preferred << 9, "tab",
                                [=](Case& k, const Operands& v) {
                                  Digits a(v.a), b(v.b);
                                  if (!a.valid || !b.valid) {
                                    k.unknown_target = {~u64{0}, ~u64{0}};
                                    k.set_cr(6, 1);
                                    return Bytes{};
                                  }
                                  if (subtracts) b.negative = !b.negative;
                                  const bool differ = a.negative != b.negative;
                                  if (differ && std::lexicographical_compare(a.digit.rbegin(), a.digit.rend(), b.digit.rbegin(),
                                                                             b.digit.rend()))
                                    std::swap(a, b);
                                  Bytes t;
                                  s32 carry = 0;
                                  bool some = false;
                                  for (u32 i = 0; i < 31; ++i) {
                                    s32 x = static_cast<s32>(a.digit[i]) + carry;
                                    x += differ ? -static_cast<s32>(b.digit[i]) : static_cast<s32>(b.digit[i]);
                                    carry = x < 0 ? -1 : x > 9 ? 1 : 0;
                                    x -= 10 * carry;
                                    some = some || x != 0;
                                    u8& byte = t.byte[15 - (i + 1) / 2];
                                    byte = static_cast<u8>(byte | x << (i % 2 ? 0 : 4));
                                  }
                                  const bool zero = !some && !carry;
                                  t.byte[15] |= !zero && a.negative ? 0xD : preferred ? 0xF : 0xC;
                                  k.set_cr(6, (zero ? 2u : a.negative ? 8u : 4u) | (carry ? 1u : 0u));
                                  return t;
                                }));
}

void control(std::vector<Row>& rows) {
  rows.push_back(vector_row("mfvscr", "VSCR", 6, 1540, "t", [](Case& k, const Operands&) {
    Bytes t;
    t.set(4, 3, k.r.vscr);
    return t;
  }));
  rows.push_back({"mtvscr", "VSCR", 6, 4u << 26 | 1604, Form::vr, "b", Kind::vectors, [](Case& k) {
                    k.may_interrupt = false;
                    k.r.vscr = k.w(k.b, 3) & 0x10001;  // the others are reserved
                  }});
}

}  // namespace

std::vector<Row> vector_bit_rows() {
  std::vector<Row> rows;
  splats(rows);
  merges(rows);
  packings(rows);
  permutations(rows);
  aes(rows);
  hashes(rows);
  polynomials(rows);
  decimal_sums(rows);
  control(rows);
  return rows;
}

}  // namespace judge
