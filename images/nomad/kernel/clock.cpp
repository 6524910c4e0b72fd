// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/clock.h"

#include "drivers/vscsi.h"
#include "drivers/vty.h"
#include "kernel/cpu.h"
#include "kernel/device_tree.h"
#include "kernel/machine.h"
#include "kernel/network.h"
#include "kernel/process.h"
#include "kernel/rtas.h"
#include "lib/text.h"

namespace nomad::clock {
namespace {

u64 hertz = 512000000;
u64 started = 0;
u64 next_periodic_work = 0;
u64 day_base_nanoseconds = 0;  // time of day at time base `day_base`
u64 day_base = 0;

constexpr u64 billion = 1000000000;

u64 nanoseconds_since(u64 from, u64 to) {
  const u64 passed = to - from;
  return passed / hertz * billion + passed % hertz * billion / hertz;
}

u64 day_nanoseconds() { return day_base_nanoseconds + nanoseconds_since(day_base, timebase()); }

void set_decrementer(u64 when) {
  const u64 now = timebase();
  u64 wait = when > now ? when - now : 1;
  if (wait > 0x7FFFFFFF) wait = 0x7FFFFFFF;  // the decrementer is taken as 32 bits wide, signed
  write_spr<spr_dec>(wait);
}

}  // namespace

void start() {
  hertz = tree::number(tree::next_of_type(nullptr, "cpu"), "timebase-frequency", hertz);
  started = timebase();
  day_base = started;
}

void read_time_of_day() {
  u32 now[7] = {};
  if (rtas::call("get-time-of-day", nullptr, 0, now, 7) != 0) return;
  const u64 seconds = seconds_of({now[0], now[1], now[2], now[3], now[4], now[5]});
  const u64 platform = seconds * billion + now[6];
  if (day_base_nanoseconds && platform < day_nanoseconds() + 10000000) return;
  day_base_nanoseconds = platform;
  day_base = timebase();
}

TimeOfDay time_of_day() {
  const u64 now = day_nanoseconds();
  return {now / billion, now % billion};
}

bool set_time_of_day(u64 seconds) {
  const Date date = date_of(seconds);
  const u32 inputs[] = {date.year, date.month, date.day, date.hour, date.minute, date.second, 0};
  if (rtas::call("set-time-of-day", inputs, 7) != 0) return false;
  day_base_nanoseconds = seconds * billion;
  day_base = timebase();
  return true;
}

u64 frequency() { return hertz; }
u64 microseconds(u64 passed) { return passed / hertz * 1000000 + passed % hertz * 1000000 / hertz; }
u64 uptime_microseconds() { return microseconds(timebase() - started); }
u64 after_microseconds(u64 us) { return timebase() + us / 1000000 * hertz + us % 1000000 * hertz / 1000000; }

void spin_microseconds(u64 us) {
  const u64 deadline = after_microseconds(us);
  while (timebase() < deadline) relax();
}

void arm_tick() { set_decrementer(this_cpu().next_tick); }

// Processor 0 keeps the tick while idle (it serves time-outs and the console); the others only come round once a second.
void arm_idle(u64 deadline) {
  const Cpu& cpu = this_cpu();
  u64 when = cpu.index == 0 ? cpu.next_tick : timebase() + hertz;
  if (cpu.index == 0 && deadline && deadline < when) when = deadline;
  set_decrementer(when);
}

void disarm() { write_spr<spr_dec>(0x7FFFFFFF); }

void tick() {
  const u64 now = timebase();
  if (now >= this_cpu().next_tick) this_cpu().next_tick = now + hertz / ticks_per_second;
  arm_tick();
  wake_expired(now);
  // The periodic work belongs to the partition, not to a processor: whoever comes first after 10 ms does it.
  if (now >= next_periodic_work) {
    next_periodic_work = now + hertz / ticks_per_second;
    vty::poll();
    vscsi::check_time_outs();
    network::poll();
  }
}

}  // namespace nomad::clock
