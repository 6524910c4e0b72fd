// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The architected state of one processor: what a move must carry (docs/papr.md, What travels). Host byte order.

#include <array>

#include "emu/core/archive.h"
#include "emu/core/types.h"

namespace cpu {

struct SlbEntry {
  u64 esid = 0;  // as slbmte's RB: ESID, valid bit
  u64 vsid = 0;  // as slbmte's RS: VSID, keys, page size
  bool operator==(const SlbEntry&) const = default;
};

// What a transaction puts back when it fails; as in Registers. (Book II 5.1)
struct Checkpoint {
  std::array<u64, 32> gpr{};
  u64 lr = 0;
  u64 ctr = 0;
  u32 cr = 0;
  u64 xer = 0;
  std::array<std::array<u8, 16>, 64> vsr{};
  u64 fpscr = 0;
  u32 vscr = 0;
  u32 vrsave = 0;
  u64 tar = 0;
  u64 dscr = 0;
  u64 amr = 0;
  u64 ppr = 0;
  bool operator==(const Checkpoint&) const = default;
};

struct Registers {
  std::array<u64, 32> gpr{};
  u64 pc = 0;
  u64 lr = 0;
  u64 ctr = 0;
  u32 cr = 0;
  u64 xer = 0;                               // with SO, OV, CA
  u64 msr = 0;                               // the guest's, not the engine's
  std::array<std::array<u8, 16>, 64> vsr{};  // VSR 0-31 hold the FPRs in their first 8 bytes, 32-63 are the VRs; big-endian
  u64 fpscr = 0;
  u32 vscr = 0;
  u32 vrsave = 0;

  u64 srr0 = 0;
  u64 srr1 = 0;
  u64 dar = 0;
  u64 dsisr = 0;
  u64 cfar = 0;
  std::array<u64, 4> sprg{};
  std::array<SlbEntry, 64> slb{};
  u64 tar = 0;
  u64 dscr = 0;
  u64 fscr = 0;
  std::array<u64, 1024> spr{};  // the rest, under their numbers (AMR, CTRL, MMCRx, PMCx, PPR ...)

  // The decrementer as the time base value at which it passes zero: survives any pause.
  u64 decrementer_at = ~u64{0};
  bool decrementer_pending = false;
  bool little_endian_interrupts = false;  // LPCR[ILE]
  u32 ail = 0;                            // LPCR[AIL]: 0 or 3

  Checkpoint checkpoint;            // of the transaction that MSR[TS] tells of
  bool transaction_failed = false;  // it goes on where TFHAR says, as soon as it is active again

  bool operator==(const Registers&) const = default;
};

void archive(emu::Archive&, Registers&);
void archive(emu::Archive&, SlbEntry&);
void archive(emu::Archive&, Checkpoint&);

}  // namespace cpu
