// SPDX-License-Identifier: GPL-2.0-or-later
// When the counters of the performance monitor count. They are brought up to date only when somebody looks, or when what counts
// changes: so a counter of cycles costs nothing while it runs. Instructions are counted by the engine, block by block.
//
// A cycle is one of the clock that the device tree tells, and time of this processor's dispatch. Registers begin with zeros, so PMC5
// and PMC6 are not frozen while a kernel takes no notice of them. Nobody can tell how far they have come until they have been read
// once: so they begin to count then, and HFSCR[PM], which no guest sees, says whether.

#include "cpu/processor.h"
#include "cpu/processor_clock.h"

namespace cpu {

namespace {

constexpr u64 cycles_numerator = 1175, cycles_denominator = 1024;
static_assert(processor_hz * cycles_denominator == emu::time_base_hz * cycles_numerator);

}  // namespace

u64 Processor::cycles() const {
  const u64 ticks = time_base();
  return ticks / cycles_denominator * cycles_numerator + ticks % cycles_denominator * cycles_numerator / cycles_denominator;
}

void Processor::use_counters() {
  u64& facilities_used = registers_.spr[spr_hfscr];
  if (facilities_used & hfscr::performance_monitor) return;
  facilities_used |= hfscr::performance_monitor;
  counters_changed();
}

void Processor::count_until_now() {
  if (!monitor_.on) return;
  const Happened now{cycles(), monitor_.of_the_engine ? engine_->instructions() : monitor_.before.instructions};
  if (monitor_.counting.any())
    add(registers_, monitor_.counting, {now.cycles - monitor_.before.cycles, now.instructions - monitor_.before.instructions});
  monitor_.before = now;
}

// Counters are up to date, and what counts may have changed.
void Processor::counters_changed() {
  const bool was_on = monitor_.on;
  monitor_.on = runs_ && counters_used(registers_) && !(registers_.spr[spr_mmcr0] & mmcr0::freeze);
  if (!was_on && !monitor_.on) return;
  if (!was_on) monitor_.before = {cycles(), engine_->instructions()};
  monitor_.counting = monitor_.on ? what_counts(registers_, monitor_.whose) : Counting{};
  const Happened left = until_a_condition(registers_, monitor_.counting);
  if (monitor_.counting.instructions) {
    // The same word stands for both: to be told never, and not to be told.
    static_assert(never == Engine::do_not_stop);
    engine_->count_instructions(left.instructions);
  } else if (monitor_.of_the_engine) {
    engine_->count_instructions(Engine::do_not_count);
  }
  monitor_.of_the_engine = monitor_.counting.instructions != 0;
  monitor_.before.instructions = engine_->instructions();
  monitor_.condition_at = left.cycles == never ? never : monitor_.before.cycles + left.cycles;
  if (monitor_.condition_at != never) supervisor_.decrementer_changed(*this);
}

void Processor::begin_counting(Whose whose) {
  count_until_now();
  runs_ = true;
  monitor_.whose = whose;
  if (counters_used(registers_)) counters_changed();
}

void Processor::end_counting() {
  count_until_now();
  runs_ = false;
  counters_changed();
}

void Processor::look_at_counters() {
  count_until_now();
  look_for_conditions(registers_, pc_);
  counters_changed();
}

// The instruction that is being performed in exception() was not completed.
void Processor::take_back_instruction() {
  if (monitor_.of_the_engine && engine_->instructions() != monitor_.before.instructions) ++monitor_.before.instructions;
}

// Host nanoseconds, as decrementer_deadline().
u64 Processor::counter_deadline() const {
  if (monitor_.condition_at == never) return never;
  const u64 now = cycles();
  if (now >= monitor_.condition_at) return clock_.monotonic() + 1;
  const u64 ticks = (monitor_.condition_at - now) * cycles_denominator / cycles_numerator + 1;
  return clock_.monotonic() + supervisor_.host_nanoseconds(ticks) + 2;
}

}  // namespace cpu
