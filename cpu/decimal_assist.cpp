// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/decimal_assist.h"

#include "cpu/decimal/declets.h"
#include "cpu/processor.h"

namespace cpu {

// A six for each digit that carries nothing out, wherever that comes from: what an addition of biased digits takes back.
Outcome addg6s(Processor& cpu, Instruction i) {
  const u64 a = cpu.engine().gpr(i.ra()), b = cpu.engine().gpr(i.rb());
  u64 sixes = 0;
  u64 carry = 0;
  for (u32 at = 0; at < 64; at += 4) {
    carry = ((a >> at & 15) + (b >> at & 15) + carry) >> 4;
    if (!carry) sixes |= u64{6} << at;
  }
  cpu.engine().set_gpr(i.rt(), sixes);
  return Outcome::done;
}

// In each word: six digits of four bits, and two declets.
Outcome cbcdtd(Processor& cpu, Instruction i) {
  const u64 from = cpu.engine().gpr(i.rt());
  u64 to = 0;
  for (const u32 word : {0U, 32U})
    for (const u32 half : {0U, 1U})
      to |= u64{decimal::declet_of_bcd(static_cast<u32>(from >> (word + 12 * half) & 0xFFF))} << (word + 10 * half);
  cpu.engine().set_gpr(i.ra(), to);
  return Outcome::done;
}

Outcome cdtbcd(Processor& cpu, Instruction i) {
  const u64 from = cpu.engine().gpr(i.rt());
  u64 to = 0;
  for (const u32 word : {0U, 32U})
    for (const u32 half : {0U, 1U})
      to |= u64{decimal::bcd_of_declet(static_cast<u32>(from >> (word + 10 * half) & 0x3FF))} << (word + 12 * half);
  cpu.engine().set_gpr(i.ra(), to);
  return Outcome::done;
}

}  // namespace cpu
