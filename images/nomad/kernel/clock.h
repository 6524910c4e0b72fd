// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Time: the time base (512 MHz on these servers, never backwards, also across a migration), the time of day derived from it,
// and the decrementer: 100 Hz while programs run, only what is needed while a processor is idle.
#include "lib/abi.h"
#include "lib/types.h"

namespace nomad::clock {

constexpr u64 ticks_per_second = 100;

void start();                 // timebase-frequency; no tick yet
void read_time_of_day();      // RTAS get-time-of-day; never steps the clock backwards once it has been read
TimeOfDay time_of_day();
bool set_time_of_day(u64 seconds);

u64 frequency();
u64 uptime_microseconds();
u64 microseconds(u64 timebase_ticks);
u64 after_microseconds(u64 us);   // a time base value
inline u64 after_milliseconds(u64 ms) { return after_microseconds(ms * 1000); }
void spin_microseconds(u64 us);

void arm_tick();                  // a busy processor: its next tick, at a fixed time, however often processes are switched until then
void arm_idle(u64 deadline);      // the next thing to do of an idle one; 0 = nothing

void disarm();                    // as far away as the decrementer reaches

void tick();                      // from the decrementer exception

}  // namespace nomad::clock
