// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/missing.h"

#include "cpu/msr.h"

namespace cpu {

namespace {

constexpr u64 no_fp = 0x800, no_vectors = 0xF20, no_vsx = 0xF40;

constexpr Missing table[] = {
    // Where their target is FPR 16 or a higher one. A number of 128 bits is in two registers, of which the first is even.
    {0xFC2109FE, 0xFC000006, "dquaq", msr::fp, no_fp},
    {0xFC2009FE, 0xFC000046, "drrndq", msr::fp, no_fp},
    {0xFC00003F, 0x10000023, "vmsumudm", msr::vec, no_vectors, EngineDoes::something_else},
    {0xFC0007FF, 0x7C0002D8, "lxvwsx", msr::vsx, no_vsx},
    {0xFC0007FF, 0x7C0002D9, "lxvwsx", msr::vec, no_vectors},  // of a VR
    {0xFC0007FE, 0xFC000308, "xsmaddqp", msr::vsx, no_vsx},
    {0xFC0007FE, 0xFC000348, "xsmsubqp", msr::vsx, no_vsx},
    {0xFC0007FE, 0xFC000388, "xsnmaddqp", msr::vsx, no_vsx},
    {0xFC0007FE, 0xFC0003C8, "xsnmsubqp", msr::vsx, no_vsx},
    {0xFC1F07FE, 0xFC14048E, "mffscdrn", msr::fp, no_fp},
    {0xFC1F07FE, 0xFC15048E, "mffscdrni", msr::fp, no_fp},
};

}  // namespace

const Missing* find_missing(Instruction i) {
  for (const Missing& row : table)
    if ((i.word & row.mask) == row.match) return &row;
  return nullptr;
}

}  // namespace cpu
