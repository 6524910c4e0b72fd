// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Integers in vector registers: what the rows of table_vectors.cpp and table_vector_bits.cpp have in common. (Book I chapter 6)

#include "tests/guest/judging/table.h"

namespace judge {

__extension__ using Wide = __int128;

// The 16 bytes of a vector register, in the manual's order; its elements are counted from the left.
struct Bytes {
  std::array<u8, 16> byte{};
  u64 get(u32 size, u32 i) const {
    u64 value = 0;
    for (u32 j = 0; j < size; ++j) value = value << 8 | byte[size * i + j];
    return value;
  }
  Wide number(u32 size, bool is_signed, u32 i) const {
    const u64 value = get(size, i), top = u64{1} << (8 * size - 1);
    return is_signed && (value & top) ? Wide{value} - (Wide{top} << 1) : Wide{value};
  }
  void set(u32 size, u32 i, u64 value) {
    for (u32 j = size; j-- > 0; value >>= 8) byte[size * i + j] = static_cast<u8>(value);
  }
  bool bit(u32 i) const { return byte[i / 8] >> (7 - i % 8) & 1; }
  void set_bit(u32 i, bool value) {
    byte[i / 8] = static_cast<u8>((byte[i / 8] & ~(0x80 >> i % 8)) | (value ? 0x80 >> i % 8 : 0));
  }
};

struct Operands {
  Bytes a, b, c;
};

inline Bytes vector_of(const Case& k, u32 vsr) {
  Bytes v;
  for (u32 i = 0; i < 2; ++i) v.set(8, i, k.dword(vsr, static_cast<int>(i)));
  return v;
}

// The nearest number that fits, and VSCR[SAT].
inline u64 saturated(Case& k, Wide x, u32 size, bool is_signed) {
  const Wide range = Wide{1} << 8 * size;
  const Wide most = (is_signed ? range / 2 : range) - 1, least = is_signed ? -(range / 2) : 0;
  if (x > most || x < least) k.r.vscr |= 1;
  return static_cast<u64>(x > most ? most : x < least ? least : x);
}

inline Row vector_row(std::string_view name, std::string_view group, int since, u32 extended, std::string_view fields,
                      std::function<Bytes(Case&, const Operands&)> model) {
  return {name, group, since, 4u << 26 | extended, Form::vr, fields, Kind::vectors, [=](Case& k) {
            k.may_interrupt = false;
            const Bytes result = model(k, {vector_of(k, k.a), vector_of(k, k.b), vector_of(k, k.c)});
            for (u32 i = 0; i < 2; ++i) k.set_dword(k.t, static_cast<int>(i), result.get(8, i));
          }};
}

}  // namespace judge
