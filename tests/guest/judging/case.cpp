// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/guest/judging/table.h"

namespace judge {

u64 Case::dword(u32 vsr, int i) const { return emu::load_be<u64>(&r.vsr[vsr][static_cast<size_t>(8 * i)]); }
void Case::set_dword(u32 vsr, int i, u64 value) { emu::store_be(&r.vsr[vsr][static_cast<size_t>(8 * i)], value); }
u32 Case::w(u32 vsr, int i) const { return emu::load_be<u32>(&r.vsr[vsr][static_cast<size_t>(4 * i)]); }
void Case::set_w(u32 vsr, int i, u32 value) { emu::store_be(&r.vsr[vsr][static_cast<size_t>(4 * i)], value); }
void Case::set_cr(u32 field, u32 value) {
  const u32 shift = 28 - 4 * field;
  r.cr = (r.cr & ~(15u << shift)) | value << shift;
}

u32 nameable(const Row& row, char field, u32 number) {
  return row.pairs.find(field) == std::string_view::npos ? number : number & ~u32{1};
}

u32 encoded(const Row& row, u32 t, u32 a, u32 b, u32 c) {
  const auto names = [&](char field) { return row.fields.find(field) != std::string_view::npos; };
  const bool high = row.form == Form::vsr;
  u32 word = row.word;
  if (names('t')) word |= (t & 31) << 21 | (high ? t >> 5 : 0);
  if (names('a')) word |= (a & 31) << 16 | (high ? a >> 5 << 2 : 0);
  if (names('b')) word |= (b & 31) << 11 | (high ? b >> 5 << 1 : 0);
  if (names('c')) word |= (c & 31) << 6;
  return word;
}

std::vector<Row> all_rows() {
  std::vector<Row> rows;
  for (const auto& more : {scalar_rows(), fpscr_rows(), vsx_rows(), vmx_rows(), integer_rows(), immediate_rows(), vector_rows(),
                           vector_bit_rows(), decimal_rows(), power9_rows()})
    rows.insert(rows.end(), more.begin(), more.end());
  return rows;
}

}  // namespace judge
