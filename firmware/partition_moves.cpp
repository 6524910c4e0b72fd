// SPDX-License-Identifier: GPL-2.0-or-later
// What a move needs of a partition: its suspension, its time, and its whole state.
#include "firmware/partition.h"

#include "firmware/dispatcher.h"
#include "firmware/dlpar/connectors.h"
#include "firmware/frame.h"
#include "firmware/system_clock.h"
#include "firmware/virtual_switch.h"

namespace firmware {

// ---- suspension (docs/papr.md, Suspension) ----

StreamState Partition::set_stream(u64 stream, StreamState state) {
  stream_ = stream;
  return stream_state_.exchange(state);
}

bool Partition::parked() const { return dispatcher_ && dispatcher_->parked(); }

bool Partition::suspend(Processor& p, u64 answer_address) {
  // A stream that was aborted since the guest asked is not suspended: nobody would resume it.
  StreamState state = StreamState::suspending;
  if (!stream_state_.compare_exchange_strong(state, StreamState::suspended)) return false;
  p.state.run = RunState::suspended;
  p.state.suspend_answer = answer_address;
  suspended_ = &p;
  connect_ethernet(false);
  {
    const std::lock_guard lock(input_mutex_);
    input_held_ = true;
  }
  for (const auto& adapter : adapters()) {
    devices::Crq* queue = adapter->queue();
    if (queue && queue->registered()) {
      queue->event(devices::crq_partner_suspended);
      queue->disable();
      if (const auto other_end = partner(*adapter)) other_end->queue()->event(devices::crq_partner_suspended);
    }
  }
  // Last: the events above are the last thing that others may write into this memory.
  for (const auto& adapter : adapters())
    if (adapter->window()) adapter->window()->freeze();
  suspended_untold_ = true;
  dispatcher_->park();
  p.cpu->stop();
  frame_.show_refcode(id(), "C2001080");
  return true;
}

void Partition::tell_suspended() {
  if (!std::exchange(suspended_untold_, false)) return;
  if (SuspendListener* listener = listener_) listener->suspended(*this);
}

void Partition::resume(s32 rtas_status) {
  on_dispatcher([&] {
    if (!suspended_) return;
    Processor& p = *suspended_;
    suspended_ = nullptr;
    for (const auto& adapter : adapters())
      if (adapter->window()) adapter->window()->thaw();
    connect_ethernet(true);
    if (arrived_) {
      // Nobody else tells the switches where the partition is now: Linux sends no gratuitous ARP by itself. (LoPAR 17.7.7.1)
      for (const auto& adapter : adapters())
        if (adapter->ethernet() && adapter->ethernet()->registered()) frame_.ethernet().announce(id(), adapter->slot());
      tree_changed_ = true;
      arrived_ = false;
    }
    // 0 was written before the partition was suspended, so that the page need not be fetched on the destination.
    if (rtas_status != 0) memory_->write_be(p.state.suspend_answer, static_cast<u32>(rtas_status));
    p.state.suspend_answer = 0;
    p.state.run = RunState::running;
    interrupts_->refresh();
    const std::lock_guard lock(input_mutex_);
    input_held_ = false;
    input_gone_ = false;
    if (const auto terminal = adapter_in_slot(0); terminal && terminal->terminal()) terminal->terminal()->type(held_input_);
    held_input_.clear();
  });
  dispatcher_->unpark();
}

// ---- time ----

u64 Partition::time_base() const { return frame_.system_clock().time_base() + time_base_offset_; }

u64 Partition::utilization(const Processor& p) const {
  if (configuration().proc_mode == emu::ProcMode::ded) return time_base();
  return emu::to_ticks(dispatcher_->used_ns(p));
}

u64 Partition::time_of_day() const { return frame_.system_clock().real_time() + static_cast<u64>(time_difference_.load()); }

emu::Status Partition::set_time_of_day(u64 nanoseconds) {
  const s64 difference = static_cast<s64>(nanoseconds - frame_.system_clock().real_time());
  TRY(frame_.keep_time(id(), difference));
  time_difference_ = difference;
  return emu::success();
}

// ---- the whole state ----

void archive(emu::Archive& ar, RtasState& rtas) {
  auto& [base, system_reset_handler, machine_check_handler, events] = rtas;
  ar.section("rtas", 1);
  ar("base", base);
  ar("system_reset_handler", system_reset_handler);
  ar("machine_check_handler", machine_check_handler);
  ar("events", events);
}

void Partition::archive(emu::Archive& ar) {
  // Identity: what must be the same on both sides is sent and compared, not overwritten.
  std::string uuid = setup_.definition.uuid;
  u64 memory_end = memory_end_;
  u32 hpt_shift = page_table_->shift();
  u32 pvr = pvr_;
  u32 count = static_cast<u32>(processors_.size());
  const u16 version = ar.section("partition", 2);
  ar("uuid", uuid);
  if (ar.loading() && uuid != setup_.definition.uuid) ar.fail("is not this partition's");
  ar("memory_bytes", memory_end);
  if (ar.loading() && memory_end != memory_end_) ar.fail("is another size than the shell's");
  ar("hpt_shift", hpt_shift);
  if (ar.loading() && hpt_shift != page_table_->shift()) ar.fail("is another size than the shell's");
  ar("pvr", pvr);
  if (ar.loading() && pvr != pvr_) ar.fail("is another processor than the shell's");
  ar("processors", count);
  if (ar.loading() && count != processors_.size()) ar.fail("is another number than the shell's");
  ar("little_endian_interrupts", little_endian_interrupts_);
  ar("ail", ail_);
  if (ar.loading() && ail_ != 0 && ail_ != 3) ar.fail("is no mode of interrupts");
  if (version >= 2) connectors_->archive(ar);
  if (ar.failed()) return;

  // The two frames' clocks may differ by minutes: they have no part in this. How long the state travelled says a clock that both know, as
  // movers find out by asking each other. (Redbook 3.5.4)
  const u16 time_version = ar.section("time", 2);
  u64 base = time_base();
  u64 day = time_of_day();
  u64 left_at = frame_.clock().monotonic();
  u64 now = left_at;
  ar("time_base", base);
  if (time_version >= 2) {
    ar("time_of_day", day);
    ar("left_at", left_at);
  } else {
    // The wall clock told how long it travelled.
    s64 ahead = 0;
    ar("wall", left_at);
    ar("wall_offset", ahead);
    day = left_at + static_cast<u64>(ahead);
    now = frame_.clock().wall();
  }
  if (ar.loading()) {
    const u64 travelled = now > left_at ? now - left_at : 0;
    time_base_offset_ = base + emu::to_ticks(travelled) - frame_.system_clock().time_base();
    time_difference_ = static_cast<s64>(day + travelled - frame_.system_clock().real_time());
  }

  Processor* inside = nullptr;
  for (Processor* p : processors_) {
    firmware::archive(ar, p->state);
    cpu::Registers registers;
    if (!ar.loading()) registers = p->cpu->save();
    cpu::archive(ar, registers);
    if (ar.failed()) return;
    if (!ar.loading()) continue;
    // The PURR of an earlier version was the time base, and does not go back.
    if (p->state.used == 0 && p->state.run != RunState::stopped) p->state.used = emu::to_nanoseconds(base);
    const auto area_fits = [this](u64 address, u64 length) { return address == 0 || memory_->contains(address, length); };
    if (!area_fits(p->state.vpa, 640) || !area_fits(p->state.slb_shadow, p->state.slb_shadow_bytes) ||
        !area_fits(p->state.dispatch_log, p->state.dispatch_log_bytes) || !area_fits(p->state.suspend_answer, 4))
      return ar.fail("has an area outside the memory");
    if (p->state.run == RunState::suspended) {
      if (inside) return ar.fail("is suspended, and so is another");
      inside = p;
    }
    p->cpu->load(registers);
  }
  if (ar.loading() && !inside) return ar.fail("is in none of the processors");

  interrupts_->archive(ar);
  for (const auto& adapter : adapters()) {
    adapter->archive(ar);
    if (ar.failed()) return;
  }
  nvram_.archive(ar);
  terminal_output_->archive(ar);
  firmware::archive(ar, rtas_);
  if (!ar.loading() || ar.failed()) return;
  for (const auto& adapter : adapters())
    if (adapter->window()) adapter->window()->freeze();
  suspended_ = inside;
  arrived_ = true;
  const std::lock_guard lock(input_mutex_);
  input_held_ = true;
}

}  // namespace firmware
