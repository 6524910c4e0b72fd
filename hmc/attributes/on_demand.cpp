// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/attributes/on_demand.h"

#include "emu/core/clock.h"

namespace hmc::attributes {

namespace {

using Row = const OnDemandRow&;
constexpr Shown always = Shown::always;
constexpr u64 hour = 3600 * emu::nanoseconds_per_second;

// In the words of a real console's window.
Value state(Row r) {
  if (r.state.inactive == 0 && r.state.unreturned == 0) return Value("Not Capable");
  if (r.state.unreturned) return Value("Unreturned");
  return Value(r.state.activated ? "Running" : "Available");
}
Value activated(Row r) { return Value(r.state.activated); }
Value available(Row r) { return Value(r.state.inactive - r.state.activated); }
Value unreturned(Row r) { return Value(r.state.unreturned); }
u64 hours_left(Row r) { return r.state.until > r.now ? (r.state.until - r.now + hour - 1) / hour : 0; }
Value days_left(Row r) { return Value(hours_left(r) / 24); }
Value hours_of_day_left(Row r) { return Value(hours_left(r) % 24); }

constexpr Attribute<OnDemandRow> processors[] = {
    {{"proc_onoff_state", always, state}, Type::word, "Available, Running, Unreturned, or Not Capable."},
    {{"activated_onoff_procs", always, activated}, Type::number, "Inactive processors that are activated now."},
    {{"avail_procs_for_onoff", always, available}, Type::number, "Inactive processors that can still be activated."},
    {{"unreturned_onoff_procs", always, unreturned},
     Type::number,
     "Processors whose time is over, and that partitions have still."},
    {{"onoff_request_proc_days_left", always, days_left}, Type::number, "Whole days until the time is over."},
    {{"onoff_proc_day_hours_left", always, hours_of_day_left}, Type::number, "And hours."},
};

constexpr Attribute<OnDemandRow> memory[] = {
    {{"mem_onoff_state", always, state}, Type::word, "Available, Running, Unreturned, or Not Capable."},
    {{"activated_onoff_mem", always, activated}, Type::mib, "Inactive memory that is activated now."},
    {{"avail_mem_for_onoff", always, available}, Type::mib, "Inactive memory that can still be activated."},
    {{"unreturned_onoff_mem", always, unreturned}, Type::mib, "Memory whose time is over, and that partitions have still."},
    {{"onoff_request_mem_days_left", always, days_left}, Type::number, "Whole days until the time is over."},
    {{"onoff_mem_day_hours_left", always, hours_of_day_left}, Type::number, "And hours."},
};

}  // namespace

std::span<const Attribute<OnDemandRow>> on_demand_processors() { return processors; }
std::span<const Attribute<OnDemandRow>> on_demand_memory() { return memory; }

}  // namespace hmc::attributes
