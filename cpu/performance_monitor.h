// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The performance monitor (Power ISA 2.07, Book III-S chapter 9): six counters, and what freezes them, as functions of the
// registers. When something has happened is the processor's business (counting.cpp).
//
// SIMPLIFIED: of the events that MMCR1 selects for PMC1 to PMC4, cycles and completed instructions are counted; others never happen.
// SIMPLIFIED: no time base events (MMCR0[TBEE]), and no event-based branches of the performance monitor (MMCR0[EBE]).

#include "cpu/registers.h"

namespace cpu {

// Their numbers as special purpose registers.
inline constexpr size_t spr_ctrl = 136, spr_hfscr = 190, spr_sier = 784, spr_mmcr2 = 785, spr_mmcra = 786, spr_pmc1 = 787,
                        spr_mmcr0 = 795, spr_siar = 796, spr_sdar = 797, spr_mmcr1 = 798;  // the other counters follow PMC1

// As FSCR, and its interrupt, number facilities.
inline constexpr u64 facility_performance_monitor = 3;

namespace hfscr {
inline constexpr u64 performance_monitor = 8;  // PM: the guest has looked at it (counting.cpp)
}  // namespace hfscr
inline bool counters_used(const Registers& r) { return r.spr[spr_hfscr] & hfscr::performance_monitor; }

namespace mmcr0 {
inline constexpr u64 freeze = 0x80000000;               // FC
inline constexpr u64 freeze_privileged = 0x40000000;    // FCS
inline constexpr u64 freeze_problem = 0x20000000;       // FCP
inline constexpr u64 freeze_marked = 0x10000000;        // FCM1: while MSR[PMM] is 1
inline constexpr u64 freeze_unmarked = 0x08000000;      // FCM0
inline constexpr u64 alert_enabled = 0x04000000;        // PMAE
inline constexpr u64 freeze_on_condition = 0x02000000;  // FCECE
inline constexpr u64 branch_instead = 0x00100000;       // EBE: no interrupt
inline constexpr u64 access = 0x000C0000;               // PMCC: what a program may do
inline constexpr u64 access_none = 0x00040000;
inline constexpr u64 access_without_56 = 0x000C0000;  // PMC5 and PMC6 are not part of the performance monitor
inline constexpr u64 condition_1 = 0x8000;            // PMC1CE: PMC1 is negative
inline constexpr u64 condition_others = 0x4000;       // PMCjCE
inline constexpr u64 trigger = 0x2000;
inline constexpr u64 count_56_always = 0x100;  // CC5-6RUN: whatever CTRL[RUN] is
inline constexpr u64 alert = 0x80;             // PMAO
inline constexpr u64 freeze_1_to_4 = 0x20;
inline constexpr u64 freeze_5_and_6 = 0x10;
inline constexpr u64 freeze_waiting = 2;     // FC1-4WAIT: PMC1 to PMC4, while CTRL[RUN] is 0
inline constexpr u64 freeze_hypervisor = 1;  // FCH

inline constexpr u64 of_programs = freeze | alert_enabled | alert;  // what a program sees of it
}  // namespace mmcr0

namespace mmcr2 {
// The bits of PMC1; those of each further counter lie nine bits lower.
inline constexpr u64 freeze_privileged = u64{1} << 63;
inline constexpr u64 freeze_problem = u64{1} << 62;
inline constexpr u64 freeze_marked = u64{1} << 60;
inline constexpr u64 freeze_unmarked = u64{1} << 59;
inline constexpr u64 freeze_waiting = u64{1} << 58;
inline constexpr u64 freeze_hypervisor = u64{1} << 57;
inline constexpr int step = 9;

inline constexpr u64 of_programs = 0x4020'1008'0402'0000;  // FC1P0 to FC6P0
}  // namespace mmcr2

namespace sier {
inline constexpr u64 problem_state = 0x2000000;  // where SIAR is from
inline constexpr u64 siar_valid = 0x400000;
}  // namespace sier

// Counters, by bits: the lowest one is PMC1.
struct Counting {
  u8 cycles = 0;
  u8 instructions = 0;
  bool any() const { return cycles || instructions; }
};
enum class Whose { guest, hypervisor };  // the time that passes
// What counts while the registers are as they are.
Counting what_counts(const Registers&, Whose);

struct Happened {
  u64 cycles = 0;
  u64 instructions = 0;
};
void add(Registers&, Counting, Happened);

// What must happen until a counter becomes negative, of those that freeze counters or interrupt then. Ones: that never comes.
inline constexpr u64 never = ~u64{0};
Happened until_a_condition(const Registers&, Counting);
// Freezes counters, and raises the alert, if a counter is negative whose condition is enabled. `pc` is near to where that was.
void look_for_conditions(Registers&, u64 pc);
bool alert_waits(const Registers&);  // for the interrupt

// What a program may do with the registers that it has names for.
enum class MonitorAccess { allowed, unavailable, illegal };
enum class Direction { read, write };
MonitorAccess program_may(const Registers&, u32 spr, Direction);

}  // namespace cpu
