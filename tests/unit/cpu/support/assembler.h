// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Instruction words, as tests write them: ld(rt, displacement, ra), in the operand order of the manual.

#include "emu/core/types.h"

namespace ppc {

constexpr u32 d_form(u32 opcode, u32 rt, u32 ra, s64 d) {
  return opcode << 26 | rt << 21 | ra << 16 | (static_cast<u32>(d) & 0xFFFF);
}
constexpr u32 x_form(u32 rt, u32 ra, u32 rb, u32 extended, u32 rc = 0) {
  return 31u << 26 | rt << 21 | ra << 16 | rb << 11 | extended << 1 | rc;
}
constexpr u32 move_spr(u32 extended, u32 rt, u32 spr) { return x_form(rt, spr & 31, spr >> 5, extended); }

constexpr u32 addi(u32 rt, u32 ra, s64 si) { return d_form(14, rt, ra, si); }
constexpr u32 addis(u32 rt, u32 ra, s64 si) { return d_form(15, rt, ra, si); }
constexpr u32 li(u32 rt, s64 si) { return addi(rt, 0, si); }
constexpr u32 lis(u32 rt, s64 si) { return addis(rt, 0, si); }
constexpr u32 ori(u32 ra, u32 rs, u32 ui) { return d_form(24, rs, ra, ui); }
constexpr u32 oris(u32 ra, u32 rs, u32 ui) { return d_form(25, rs, ra, ui); }
constexpr u32 nop = ori(0, 0, 0);
constexpr u32 add(u32 rt, u32 ra, u32 rb) { return x_form(rt, ra, rb, 266); }
constexpr u32 mr(u32 ra, u32 rs) { return x_form(rs, ra, rs, 444); }
constexpr u32 sldi32(u32 ra, u32 rs) {
  return 30u << 26 | rs << 21 | ra << 16 | 0u << 11 | 0x1F << 6 | 1 << 2 | 1 << 1;
}  // rldicr ra,rs,32,31

constexpr u32 lbz(u32 rt, s64 d, u32 ra) { return d_form(34, rt, ra, d); }
constexpr u32 lwz(u32 rt, s64 d, u32 ra) { return d_form(32, rt, ra, d); }
constexpr u32 lwzu(u32 rt, s64 d, u32 ra) { return d_form(33, rt, ra, d); }
constexpr u32 lhz(u32 rt, s64 d, u32 ra) { return d_form(40, rt, ra, d); }
constexpr u32 ld(u32 rt, s64 d, u32 ra) { return d_form(58, rt, ra, d & ~3); }
constexpr u32 stb(u32 rs, s64 d, u32 ra) { return d_form(38, rs, ra, d); }
constexpr u32 sth(u32 rs, s64 d, u32 ra) { return d_form(44, rs, ra, d); }
constexpr u32 stw(u32 rs, s64 d, u32 ra) { return d_form(36, rs, ra, d); }
constexpr u32 stwu(u32 rs, s64 d, u32 ra) { return d_form(37, rs, ra, d); }
constexpr u32 std_(u32 rs, s64 d, u32 ra) { return d_form(62, rs, ra, d & ~3); }
constexpr u32 lwarx(u32 rt, u32 ra, u32 rb) { return x_form(rt, ra, rb, 20); }
constexpr u32 stwcx(u32 rs, u32 ra, u32 rb) { return x_form(rs, ra, rb, 150, 1); }
constexpr u32 ldarx(u32 rt, u32 ra, u32 rb) { return x_form(rt, ra, rb, 84); }
constexpr u32 stdcx(u32 rs, u32 ra, u32 rb) { return x_form(rs, ra, rb, 214, 1); }
constexpr u32 dcbz(u32 ra, u32 rb) { return x_form(0, ra, rb, 1014); }
constexpr u32 icbi(u32 ra, u32 rb) { return x_form(0, ra, rb, 982); }
constexpr u32 isync = 19u << 26 | 150 << 1;
constexpr u32 sync = x_form(0, 0, 0, 598);

constexpr u32 b(s64 offset) { return 18u << 26 | (static_cast<u32>(offset) & 0x3FFFFFC); }
constexpr u32 bl(s64 offset) { return b(offset) | 1; }
constexpr u32 bc(u32 bo, u32 bi, s64 offset) { return 16u << 26 | bo << 21 | bi << 16 | (static_cast<u32>(offset) & 0xFFFC); }
constexpr u32 bdnz(s64 offset) { return bc(16, 0, offset); }
constexpr u32 beq(s64 offset) { return bc(12, 2, offset); }
constexpr u32 bne(s64 offset) { return bc(4, 2, offset); }
constexpr u32 blr = 0x4E800020;
constexpr u32 bctr = 0x4E800420;
constexpr u32 cmpdi(u32 ra, s64 si) { return d_form(11, 1, ra, si); }
constexpr u32 cmpwi(u32 ra, s64 si) { return d_form(11, 0, ra, si); }

constexpr u32 mfspr(u32 rt, u32 spr) { return move_spr(339, rt, spr); }
constexpr u32 mtspr(u32 spr, u32 rs) { return move_spr(467, rs, spr); }
constexpr u32 mftb(u32 rt) { return move_spr(371, rt, 268); }
constexpr u32 mtctr(u32 rs) { return mtspr(9, rs); }
constexpr u32 mtlr(u32 rs) { return mtspr(8, rs); }
constexpr u32 mflr(u32 rt) { return mfspr(rt, 8); }
constexpr u32 mfctr(u32 rt) { return mfspr(rt, 9); }
constexpr u32 mfmsr(u32 rt) { return x_form(rt, 0, 0, 83); }
constexpr u32 mtmsrd(u32 rs, u32 l = 0) { return x_form(rs, l, 0, 178); }
constexpr u32 mtmsr(u32 rs, u32 l = 0) { return x_form(rs, l, 0, 146); }
constexpr u32 rfid = 19u << 26 | 18 << 1;
constexpr u32 slbmte(u32 rs, u32 rb) { return x_form(rs, 0, rb, 402); }
constexpr u32 slbie(u32 rb) { return x_form(0, 0, rb, 434); }
constexpr u32 slbia = x_form(0, 0, 0, 498);
constexpr u32 slbmfev(u32 rt, u32 rb) { return x_form(rt, 0, rb, 851); }
constexpr u32 slbmfee(u32 rt, u32 rb) { return x_form(rt, 0, rb, 915); }
constexpr u32 sc = 0x44000002;
constexpr u32 hypercall = 0x44000022;
constexpr u32 trap = x_form(31, 0, 0, 4);

}  // namespace ppc
