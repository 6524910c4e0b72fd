// SPDX-License-Identifier: GPL-2.0-or-later
#include "devices/crq.h"

namespace devices {

bool Crq::open(u64 io_address, u64 bytes) {
  const std::lock_guard lock(mutex_);
  if (state_.registered) return false;
  state_ = CrqState{};
  state_.registered = true;
  state_.io_address = io_address;
  state_.bytes = bytes;
  return true;
}

bool Crq::close() {
  const std::lock_guard lock(mutex_);
  if (!state_.registered) return false;
  state_ = {};
  return true;
}

void Crq::set_signal(bool on) {
  const std::lock_guard lock(mutex_);
  state_.signal = on;
}

void Crq::disable() {
  const std::lock_guard lock(mutex_);
  if (state_.registered) state_.disabled = true;
}

void Crq::enable() {
  const std::lock_guard lock(mutex_);
  state_.disabled = false;
}

CrqState Crq::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

Crq::Sent Crq::send(u64 high, u64 low) {
  const std::lock_guard lock(mutex_);
  if (!state_.registered || state_.disabled) return Sent::closed;
  return put(high, low);
}

Crq::Sent Crq::event(u64 high) {
  const std::lock_guard lock(mutex_);
  if (!state_.registered) return Sent::closed;
  return put(high, 0);
}

Crq::Sent Crq::put(u64 high, u64 low) {
  const u64 element = state_.io_address + state_.next;
  u8 header = 0;
  if (!window_->read(element, {&header, 1}, By::other) || header != 0) return Sent::full;
  u8 half[8];
  // The header goes last: the guest polls its first byte, and must never see a half-written element.
  // (docs/papr.md, Command/response queues)
  emu::store_be(half, low);
  if (!window_->write(element + 8, half, By::other)) return Sent::full;
  std::atomic_thread_fence(std::memory_order_release);
  emu::store_be(half, high);
  if (!window_->write(element, half, By::other)) return Sent::full;
  state_.next = (state_.next + crq_element) % state_.bytes;
  if (state_.signal) raise_();
  return Sent::done;
}

void archive(emu::Archive& ar, CrqState& crq) {
  auto& [registered, disabled, signal, io_address, bytes, next] = crq;
  ar.section("crq", 1);
  ar("registered", registered);
  ar("disabled", disabled);
  ar("signal", signal);
  ar("io_address", io_address);
  ar("bytes", bytes);
  ar("next", next);
  if (!ar.loading() || ar.failed() || !registered) return;
  if (bytes == 0 || bytes % emu::page_size || io_address % emu::page_size) ar.fail("is no queue's size");
  if (next % crq_element || next >= bytes) ar.fail("is outside the queue");
}

void Crq::archive(emu::Archive& ar) {
  const std::lock_guard lock(mutex_);
  devices::archive(ar, state_);
  if (ar.loading() && !ar.failed() && state_.registered && !window_->contains(state_.io_address, state_.bytes))
    ar.fail("is outside its window");
}

}  // namespace devices
