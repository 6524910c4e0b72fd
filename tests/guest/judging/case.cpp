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

}  // namespace judge
