// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/stub.h"

#include <algorithm>
#include <cassert>

namespace cpu::stub {

namespace {

constexpr u64 fpscr_at = 64 * 16;
constexpr u64 vscr_at = fpscr_at + 16;

constexpr u32 move_spr(u32 extended, u32 rt, u32 spr) {
  return 31u << 26 | rt << 21 | (spr & 31) << 16 | (spr >> 5) << 11 | extended << 1;
}
constexpr u32 mfspr(u32 rt, u32 spr) { return move_spr(339, rt, spr); }
constexpr u32 mtspr(u32 spr, u32 rs) { return move_spr(467, rs, spr); }
constexpr u32 x_form(u32 rt, u32 ra, u32 rb, u32 extended) { return 31u << 26 | rt << 21 | ra << 16 | rb << 11 | extended << 1; }
constexpr u32 stxvd2x(u32 vsr, u32 ra) { return x_form(vsr & 31, 0, ra, 972) | vsr >> 5; }
constexpr u32 lxvd2x(u32 vsr, u32 ra) { return x_form(vsr & 31, 0, ra, 844) | vsr >> 5; }
constexpr u32 addi(u32 rt, u32 ra, u32 value) { return 14u << 26 | rt << 21 | ra << 16 | (value & 0xFFFF); }
constexpr u32 lfd_f0_0_r3 = 50u << 26 | 3u << 16;
constexpr u32 stfd_f0_0_r3 = 54u << 26 | 3u << 16;
constexpr u32 mffs_f0 = 0xFC00048E;
constexpr u32 mtfsf_all_f0 = 63u << 26 | 1u << 25 | 0xFF << 17 | 711 << 1;  // L = 1: all 64 bits
constexpr u32 mfvscr_v0 = 0x10000604;
constexpr u32 mtvscr_v0 = 0x10000644;
constexpr u32 stvx_v0_0_r3 = x_form(0, 0, 3, 231);
constexpr u32 lvx_v0_0_r3 = x_form(0, 0, 3, 103);
constexpr u32 stwcx_r3_0_r3 = x_form(3, 0, 3, 150) | 1;
constexpr u32 sc = 0x44000002;
constexpr u32 xer = 1;

class Assembler {
 public:
  Assembler(std::span<u8> to, u64 at) : to_(to), at_(at) {}
  void operator()(u32 word) {
    emu::store_be(&to_[at_], word);
    at_ += 4;
  }
  u64 at() const { return at_; }

 private:
  std::span<u8> to_;
  u64 at_;
};

}  // namespace

void assemble(std::span<u8> scratch) {
  Assembler saving(scratch, save);
  saving(mfspr(4, xer));
  for (u32 vsr = 0; vsr < 64; ++vsr) {
    saving(stxvd2x(vsr, 3));
    saving(addi(3, 3, 16));
  }
  saving(mffs_f0);
  saving(stfd_f0_0_r3);
  saving(addi(3, 3, 16));
  saving(mfvscr_v0);
  saving(stvx_v0_0_r3);
  // What was used goes back: saving must not change anything.
  saving(addi(3, 3, static_cast<u32>(-vscr_at)));
  saving(lxvd2x(0, 3));
  saving(addi(3, 3, 32 * 16));
  saving(lxvd2x(32, 3));
  saving(sc);
  assert(saving.at() <= load);

  Assembler loading(scratch, load);
  loading(stwcx_r3_0_r3);  // nothing is reserved there: it fails, and a reservation of old is gone
  loading(mtspr(xer, 4));
  loading(addi(3, 3, vscr_at));
  loading(lvx_v0_0_r3);
  loading(mtvscr_v0);
  loading(addi(3, 3, static_cast<u32>(-16)));
  loading(lfd_f0_0_r3);
  loading(mtfsf_all_f0);
  loading(addi(3, 3, static_cast<u32>(-fpscr_at)));
  for (u32 vsr = 0; vsr < 64; ++vsr) {
    loading(lxvd2x(vsr, 3));
    loading(addi(3, 3, 16));
  }
  loading(sc);
  assert(loading.at() <= reservation);

  Assembler losing(scratch, reservation);
  losing(stwcx_r3_0_r3);
  losing(sc);
}

void pack(std::span<u8> to, const Registers& registers) {
  for (size_t i = 0; i < 64; ++i) std::ranges::copy(registers.vsr[i], &to[i * 16]);
  emu::store_be(&to[fpscr_at], registers.fpscr);
  std::fill_n(&to[vscr_at], 16, u8{0});
  emu::store_be(&to[vscr_at + 12], registers.vscr);
}

void unpack(std::span<const u8> from, Registers& registers) {
  for (size_t i = 0; i < 64; ++i) std::copy_n(&from[i * 16], 16, registers.vsr[i].begin());
  registers.fpscr = emu::load_be<u64>(&from[fpscr_at]);
  registers.vscr = emu::load_be<u32>(&from[vscr_at + 12]);
}

}  // namespace cpu::stub
