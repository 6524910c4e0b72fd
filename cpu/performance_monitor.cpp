// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/performance_monitor.h"

#include <algorithm>

#include "cpu/msr.h"

namespace cpu {

namespace {

constexpr int counters = 6;
constexpr u8 first = 1, of_5_and_6 = 0x30, all_counters = 0x3F;
constexpr u64 negative = 0x80000000;

u8 bit(int counter) { return static_cast<u8>(1u << (counter - 1)); }
u64& pmc(Registers& r, int counter) { return r.spr[spr_pmc1 + static_cast<size_t>(counter) - 1]; }
u64 pmc(const Registers& r, int counter) { return r.spr[spr_pmc1 + static_cast<size_t>(counter) - 1]; }

// MMCR1[PMC1SEL] is its bits 32:39, and so on. What is not here is an event that never happens.
enum class Event { none, cycles, instructions };
struct Selected {
  Event event = Event::none;
  bool running = false;  // only while CTRL[RUN] is 1
};
Selected selected(const Registers& r, int counter) {
  const u64 code = r.spr[spr_mmcr1] >> (8 * (4 - counter)) & 0xFF;
  if (code == 0x1E) return {Event::cycles, false};
  if (code == 0x02) return {Event::instructions, false};
  if (code == 0xF4 && counter == 2) return {Event::cycles, true};
  if (code == 0xFA && counter == 4) return {Event::instructions, true};
  return {};
}

// The counters whose negative value is a condition.
u8 conditions(const Registers& r) {
  const u64 control = r.spr[spr_mmcr0];
  u8 enabled = control & mmcr0::condition_1 ? first : 0;
  if (control & mmcr0::condition_others) enabled |= all_counters & ~first;
  if ((control & mmcr0::access) == mmcr0::access_without_56) enabled &= static_cast<u8>(~of_5_and_6);
  return enabled;
}

bool condition_matters(const Registers& r) {
  return r.spr[spr_mmcr0] & (mmcr0::alert_enabled | mmcr0::freeze_on_condition | mmcr0::trigger);
}

}  // namespace

Counting what_counts(const Registers& r, Whose whose) {
  const u64 control = r.spr[spr_mmcr0];
  if (control & mmcr0::freeze) return {};
  const bool hypervisor = whose == Whose::hypervisor, problem = !hypervisor && (r.msr & msr::pr), marked = r.msr & msr::pmm;
  const bool running = r.spr[spr_ctrl] & 1;
  u64 freezes = marked ? mmcr0::freeze_marked : mmcr0::freeze_unmarked;
  freezes |= hypervisor ? mmcr0::freeze_hypervisor : problem ? mmcr0::freeze_problem : mmcr0::freeze_privileged;
  if (control & freezes) return {};

  u8 frozen = 0;
  if (control & mmcr0::freeze_1_to_4 || (!running && (control & mmcr0::freeze_waiting))) frozen |= all_counters & ~of_5_and_6;
  if (control & mmcr0::freeze_5_and_6 || (!running && !(control & mmcr0::count_56_always))) frozen |= of_5_and_6;
  if (control & mmcr0::trigger) frozen |= all_counters & ~first;
  u64 of_one = marked ? mmcr2::freeze_marked : mmcr2::freeze_unmarked;
  of_one |= hypervisor ? mmcr2::freeze_hypervisor : problem ? mmcr2::freeze_problem : mmcr2::freeze_privileged;
  if (!running) of_one |= mmcr2::freeze_waiting;

  Counting counting;
  for (int counter = 1; counter <= counters; ++counter) {
    if (frozen & bit(counter) || (r.spr[spr_mmcr2] & of_one >> mmcr2::step * (counter - 1))) continue;
    Selected what{counter == 5 ? Event::instructions : Event::cycles, false};
    if (counter <= 4) what = selected(r, counter);
    if (what.running && !running) continue;
    if (what.event == Event::cycles) counting.cycles |= bit(counter);
    if (what.event == Event::instructions) counting.instructions |= bit(counter);
  }
  return counting;
}

void add(Registers& r, Counting counting, Happened happened) {
  for (int counter = 1; counter <= counters; ++counter) {
    u64& value = pmc(r, counter);
    if (counting.cycles & bit(counter)) value = static_cast<u32>(value + happened.cycles);
    if (counting.instructions & bit(counter)) value = static_cast<u32>(value + happened.instructions);
  }
}

Happened until_a_condition(const Registers& r, Counting counting) {
  Happened least{never, never};
  if (!condition_matters(r)) return least;
  const u8 enabled = conditions(r);
  for (int counter = 1; counter <= counters; ++counter) {
    const u64 value = pmc(r, counter);
    if (!(enabled & bit(counter)) || value >= negative) continue;
    if (counting.cycles & bit(counter)) least.cycles = std::min(least.cycles, negative - value);
    if (counting.instructions & bit(counter)) least.instructions = std::min(least.instructions, negative - value);
  }
  return least;
}

void look_for_conditions(Registers& r, u64 pc) {
  if (!condition_matters(r)) return;
  const u8 enabled = conditions(r);
  bool found = false;
  for (int counter = 1; counter <= counters; ++counter) found = found || (enabled & bit(counter) && pmc(r, counter) >= negative);
  if (!found) return;
  u64& control = r.spr[spr_mmcr0];
  if (control & mmcr0::freeze_on_condition && !(control & mmcr0::trigger)) control |= mmcr0::freeze;
  control &= ~mmcr0::trigger;
  if (!(control & mmcr0::alert_enabled)) return;
  control = (control & ~mmcr0::alert_enabled) | mmcr0::alert;
  r.spr[spr_siar] = pc;
  r.spr[spr_sdar] = 0;
  r.spr[spr_sier] = sier::siar_valid | (r.msr & msr::pr ? sier::problem_state : 0);
}

bool alert_waits(const Registers& r) { return (r.spr[spr_mmcr0] & (mmcr0::alert | mmcr0::branch_instead)) == mmcr0::alert; }

MonitorAccess program_may(const Registers& r, u32 spr, Direction direction) {
  constexpr u32 of_programs = 16;  // so much lower are the numbers of programs
  const u64 access = r.spr[spr_mmcr0] & mmcr0::access;
  if (access == mmcr0::access_none) return MonitorAccess::unavailable;
  const size_t pmc5 = spr_pmc1 + 4, which = spr + of_programs;
  if (access == mmcr0::access_without_56 && (which == pmc5 || which == pmc5 + 1)) return MonitorAccess::unavailable;
  return direction == Direction::write && access == 0 ? MonitorAccess::illegal : MonitorAccess::allowed;
}

}  // namespace cpu
