// SPDX-License-Identifier: GPL-2.0-or-later
#include "devices/pci/virtio.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "devices/pci/little_endian.h"

namespace devices::pci {

namespace {

// Fields of the common configuration structure. (VIRTIO 4.1.4.3)
enum Common : u32 {
  device_feature_select = 0x00,
  device_feature = 0x04,
  driver_feature_select = 0x08,
  driver_feature = 0x0C,
  msix_config = 0x10,
  num_queues = 0x12,
  device_status = 0x14,
  queue_select = 0x16,
  queue_size = 0x18,
  queue_msix_vector = 0x1A,
  queue_enable = 0x1C,
  queue_notify_off = 0x1E,
  queue_desc = 0x20,
  queue_driver = 0x28,
  queue_device = 0x30,
  common_bytes = 0x38
};

constexpr u16 no_vector = 0xFFFF;

constexpr u8 of_queue = 1;
constexpr u8 of_configuration = 2;

u32 half(u64 features, u32 select) { return select < 2 ? static_cast<u32>(features >> 32 * select) : 0; }

}  // namespace

Virtio::Virtio(std::shared_ptr<TceTable> window, std::function<void(bool)> line, u64 features, u16 queues)
    : window_(std::move(window)), line_(std::move(line)), features_(features | feature::version_1 | feature::access_platform) {
  state_.queues.resize(queues);
  reset_locked();
}

void Virtio::reset_locked() {
  const size_t queues = state_.queues.size();
  state_ = {};
  state_.queues.resize(queues);
  for (QueueState& queue : state_.queues) queue.size = Virtqueue::most;
}

void Virtio::reset() {
  const std::lock_guard lock(mutex_);
  reset_locked();
  drive_line();
}

Bytes Virtio::common() const {
  Bytes all(common_bytes);
  store_le<u32>(&all[device_feature_select], state_.device_select);
  store_le<u32>(&all[device_feature], half(features_, state_.device_select));
  store_le<u32>(&all[driver_feature_select], state_.driver_select);
  store_le<u32>(&all[driver_feature], half(state_.driver_features, state_.driver_select));
  store_le<u16>(&all[msix_config], no_vector);
  store_le<u16>(&all[num_queues], static_cast<u16>(state_.queues.size()));
  all[device_status] = state_.status;
  store_le<u16>(&all[queue_select], state_.queue_select);
  store_le<u16>(&all[queue_msix_vector], no_vector);
  if (state_.queue_select >= state_.queues.size()) return all;  // size 0: there is no such queue
  const QueueState& queue = state_.queues[state_.queue_select];
  store_le<u16>(&all[queue_size], queue.size);
  store_le<u16>(&all[queue_enable], queue.enabled ? 1 : 0);
  store_le<u16>(&all[queue_notify_off], state_.queue_select);
  store_le<u64>(&all[queue_desc], queue.descriptors);
  store_le<u64>(&all[queue_driver], queue.available);
  store_le<u64>(&all[queue_device], queue.used);
  return all;
}

void Virtio::read_common(u32 at, std::span<u8> to) {
  const std::lock_guard lock(mutex_);
  const Bytes all = common();
  for (size_t i = 0; i < to.size(); ++i) to[i] = at + i < all.size() ? all[at + i] : 0;
}

void Virtio::write_common(u32 at, std::span<const u8> from) {
  const std::lock_guard lock(mutex_);
  Bytes all = common();
  for (size_t i = 0; i < from.size(); ++i)
    if (at + i < all.size()) all[at + i] = from[i];
  const auto touches = [&](u32 field, u32 bytes) { return at < field + bytes && field < at + from.size(); };
  if (touches(device_feature_select, 4)) state_.device_select = load_le<u32>(&all[device_feature_select]);
  if (touches(driver_feature_select, 4)) state_.driver_select = load_le<u32>(&all[driver_feature_select]);
  if (touches(driver_feature, 4) && state_.driver_select < 2 && !(state_.status & status::features_ok)) {
    const u32 shift = 32 * state_.driver_select;
    state_.driver_features = (state_.driver_features & ~(u64{0xFFFFFFFF} << shift)) | u64{load_le<u32>(&all[driver_feature])}
                                                                                          << shift;
  }
  if (touches(device_status, 1)) set_status(all[device_status]);
  if (touches(queue_select, 2)) state_.queue_select = load_le<u16>(&all[queue_select]);
  // A queue that works stays as it is.
  if (state_.queue_select >= state_.queues.size()) return;
  QueueState& queue = state_.queues[state_.queue_select];
  if (queue.enabled) return;
  if (touches(queue_size, 2)) {
    const u16 size = load_le<u16>(&all[queue_size]);
    if (std::has_single_bit(size) && size <= Virtqueue::most) queue.size = size;
  }
  if (touches(queue_desc, 8)) queue.descriptors = load_le<u64>(&all[queue_desc]);
  if (touches(queue_driver, 8)) queue.available = load_le<u64>(&all[queue_driver]);
  if (touches(queue_device, 8)) queue.used = load_le<u64>(&all[queue_device]);
  if (touches(queue_enable, 2)) queue.enabled = load_le<u16>(&all[queue_enable]) == 1;
}

void Virtio::set_status(u8 wanted) {
  if (wanted == 0) {
    reset_locked();
    return drive_line();
  }
  constexpr u64 needed = feature::version_1 | feature::access_platform;
  const bool acceptable = !(state_.driver_features & ~features_) && (state_.driver_features & needed) == needed;
  if ((wanted & status::features_ok) && !acceptable) wanted &= static_cast<u8>(~status::features_ok);
  // Only a reset takes bits back.
  state_.status |= wanted & static_cast<u8>(~status::needs_reset);
}

void Virtio::read_device(u32 at, std::span<u8> to) {
  const std::lock_guard lock(mutex_);
  const Bytes all = device_configuration();
  for (size_t i = 0; i < to.size(); ++i) to[i] = at + i < all.size() ? all[at + i] : 0;
}

u8 Virtio::take_interrupt() {
  const std::lock_guard lock(mutex_);
  const u8 taken = std::exchange(state_.interrupt, u8{0});
  drive_line();
  return taken;
}

void Virtio::drive_line() { line_(state_.interrupt && may_interrupt_); }

void Virtio::raise(u8 why) {
  state_.interrupt |= why;
  drive_line();
}

void Virtio::used(u16 number) {
  if (queue(number).wants_interrupt()) raise(of_queue);
}

void Virtio::broken() {
  state_.status |= status::needs_reset;
  raise(of_configuration);
}

bool Virtio::running(u16 number) const {
  constexpr u8 needed = status::features_ok | status::driver_ok;
  return may_work_ && number < state_.queues.size() && state_.queues[number].enabled && (state_.status & needed) == needed &&
         !(state_.status & (status::needs_reset | status::failed));
}

void Virtio::notify(u16 number) {
  const std::lock_guard lock(mutex_);
  if (running(number)) work(number);
}

void Virtio::let_work(bool on) {
  const std::lock_guard lock(mutex_);
  may_work_ = on;
}

void Virtio::let_interrupt(bool on) {
  const std::lock_guard lock(mutex_);
  may_interrupt_ = on;
  drive_line();
}

bool Virtio::in_use() const {
  const std::lock_guard lock(mutex_);
  return state_.status & status::driver_ok;
}

}  // namespace devices::pci
