// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The machine state register and the reason bits of SRR1 and DSISR, under their architected names (Power ISA, Book III).

#include "emu/core/types.h"

namespace cpu {

namespace msr {
inline constexpr u64 sf = u64{1} << 63;   // 64-bit mode
inline constexpr u64 vec = u64{1} << 25;  // vector facility available
inline constexpr u64 vsx = u64{1} << 23;
inline constexpr u64 ee = 0x8000;  // external interrupts enabled
inline constexpr u64 pr = 0x4000;  // problem state
inline constexpr u64 fp = 0x2000;
inline constexpr u64 me = 0x1000;
inline constexpr u64 fe0 = 0x800;
inline constexpr u64 se = 0x400;  // single-step trace
inline constexpr u64 be = 0x200;  // branch trace
inline constexpr u64 fe1 = 0x100;
inline constexpr u64 ir = 0x20;
inline constexpr u64 dr = 0x10;
inline constexpr u64 pmm = 4;
inline constexpr u64 ri = 2;
inline constexpr u64 le = 1;

// What a guest may have: HV never; and those of transactional memory, if it is offered (transactional.h).
inline constexpr u64 guest = sf | vec | vsx | ee | pr | fp | me | fe0 | se | be | fe1 | ir | dr | pmm | ri | le;
// What decides how an address is translated.
inline constexpr u64 translation = pr | ir | dr;
}  // namespace msr

namespace srr1 {
inline constexpr u64 reasons = 0x783F0000;  // bits 33:36 and 42:47, set by the interrupt
inline constexpr u64 no_page = 0x40000000;
inline constexpr u64 no_execute = 0x10000000;  // or guarded storage
inline constexpr u64 protection = 0x08000000;
inline constexpr u64 key = 0x00200000;
inline constexpr u64 machine_check_data = 0x00200000;   // a load or store caused it
inline constexpr u64 machine_check_fetch = 0x00040000;  // bits 43:45 = 1: memory error at an instruction fetch
inline constexpr u64 floating_point = 0x00100000;
inline constexpr u64 illegal = 0x00080000;
inline constexpr u64 privileged = 0x00040000;
inline constexpr u64 trap = 0x00020000;
inline constexpr u64 not_the_cause = 0x00010000;  // SRR0 has what comes after the instruction that caused it
inline constexpr u64 bad_transaction_state = 0x00200000;
}  // namespace srr1

namespace dsisr {
inline constexpr u64 no_page = 0x40000000;
inline constexpr u64 protection = 0x08000000;
inline constexpr u64 store = 0x02000000;
inline constexpr u64 key = 0x00200000;
}  // namespace dsisr

}  // namespace cpu
