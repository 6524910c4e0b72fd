// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/registers.h"

namespace cpu {

void archive(emu::Archive& ar, SlbEntry& entry) {
  auto& [esid, vsid] = entry;
  ar("esid", esid);
  ar("vsid", vsid);
}

void archive(emu::Archive& ar, Checkpoint& checkpoint) {
  auto& [gpr, lr, ctr, cr, xer, vsr, fpscr, vscr, vrsave, tar, dscr, amr, ppr] = checkpoint;
  ar("gpr", gpr);
  ar("lr", lr);
  ar("ctr", ctr);
  ar("cr", cr);
  ar("xer", xer);
  ar("vsr", vsr);
  ar("fpscr", fpscr);
  ar("vscr", vscr);
  ar("vrsave", vrsave);
  ar("tar", tar);
  ar("dscr", dscr);
  ar("amr", amr);
  ar("ppr", ppr);
}

void archive(emu::Archive& ar, Registers& registers) {
  auto& [gpr, pc, lr, ctr, cr, xer, msr, vsr, fpscr, vscr, vrsave, srr0, srr1, dar, dsisr, cfar, sprg, slb, tar, dscr, fscr, spr,
         decrementer_at, decrementer_pending, little_endian_interrupts, ail, checkpoint, transaction_failed] = registers;
  const u16 version = ar.section("processor", 2);
  ar("gpr", gpr);
  ar("pc", pc);
  ar("lr", lr);
  ar("ctr", ctr);
  ar("cr", cr);
  ar("xer", xer);
  ar("msr", msr);
  ar("vsr", vsr);
  ar("fpscr", fpscr);
  ar("vscr", vscr);
  ar("vrsave", vrsave);
  ar("srr0", srr0);
  ar("srr1", srr1);
  ar("dar", dar);
  ar("dsisr", dsisr);
  ar("cfar", cfar);
  ar("sprg", sprg);
  ar("slb", slb);
  ar("tar", tar);
  ar("dscr", dscr);
  ar("fscr", fscr);
  ar("spr", spr);
  ar("decrementer_at", decrementer_at);
  ar("decrementer_pending", decrementer_pending);
  ar("little_endian_interrupts", little_endian_interrupts);
  ar("ail", ail);
  if (version >= 2) {  // transactional memory
    ar("checkpoint", checkpoint);
    ar("transaction_failed", transaction_failed);
  }
  if (ar.loading() && ail != 0 && ail != 3) ar.fail("ail is neither 0 nor 3");
}

}  // namespace cpu
