// SPDX-License-Identifier: GPL-2.0-or-later
#include "drivers/virtio.h"

#include "kernel/device_window.h"
#include "kernel/machine.h"
#include "kernel/pages.h"

namespace nomad {
namespace {

u16 swapped(u16 value) { return __builtin_bswap16(value); }
u32 swapped(u32 value) { return __builtin_bswap32(value); }
u64 swapped(u64 value) { return __builtin_bswap64(value); }

template <class T>
T load(const volatile u8* at) {
  return swapped(*reinterpret_cast<const volatile T*>(at));
}
template <class T>
void store(volatile u8* at, T value) {
  *reinterpret_cast<volatile T*>(at) = swapped(value);
}

constexpr u32 descriptor_bytes = 16, entries_at = 4, used_entry_bytes = 8;
constexpr u16 flag_next = 1, flag_write = 2;

// Fields of the common configuration structure. (VIRTIO 4.1.4.3)
enum Common : u32 {
  device_feature_select = 0x00,
  device_feature = 0x04,
  driver_feature_select = 0x08,
  driver_feature = 0x0C,
  device_status = 0x14,
  queue_select = 0x16,
  queue_size = 0x18,
  queue_enable = 0x1C,
  queue_notify_offset = 0x1E,
  queue_descriptors = 0x20,
  queue_available = 0x28,
  queue_used = 0x30,
};

enum Status : u8 { acknowledge = 1, driver = 2, driver_ok = 4, features_ok = 8 };

// Capabilities of the configuration space that tell of structures. (VIRTIO 4.1.4)
constexpr u32 first_capability = 0x34;
constexpr u8 vendor_capability = 9;
enum Kind : u8 { common_kind = 1, notification_kind = 2, interrupt_kind = 3, device_kind = 4 };

}  // namespace

bool Virtqueue::create(DmaWindow& window) {
  memory_ = static_cast<volatile u8*>(pages::allocate_contiguous(1));
  next_available_ = next_used_ = 0;
  io_ = memory_ ? window.map(const_cast<const u8*>(memory_), 1) : 0;
  return io_ != 0;
}

void Virtqueue::destroy() {
  pages::release_contiguous(const_cast<const u8*>(memory_), 1);
  *this = {};
}

void Virtqueue::put(u16 first, const Piece* pieces, u32 count) {
  for (u32 i = 0; i < count; i++) {
    volatile u8* at = memory_ + (first + i) * descriptor_bytes;
    const u16 flags = static_cast<u16>((i + 1 < count ? flag_next : 0) | (pieces[i].device_writes ? flag_write : 0));
    store<u64>(at, pieces[i].address);
    store<u32>(at + 8, pieces[i].bytes);
    store<u16>(at + 12, flags);
    store<u16>(at + 14, static_cast<u16>(first + i + 1));
  }
  store<u16>(memory_ + available_at + entries_at + 2 * (next_available_ % size), first);
  light_sync();  // the index last: it is what the device looks at
  store<u16>(memory_ + available_at + 2, ++next_available_);
}

bool Virtqueue::take(u16& first, u32& written) {
  if (load<u16>(memory_ + used_at + 2) == next_used_) return false;
  light_sync();
  const volatile u8* entry = memory_ + used_at + entries_at + used_entry_bytes * (next_used_++ % size);
  first = static_cast<u16>(load<u32>(entry));
  written = load<u32>(entry + 4);
  return true;
}

bool Virtio::find_structures() {
  Structure* const known[] = {nullptr, &common_, &notification_, &interrupt_, &own_};  // by their kinds
  u32 bar = 0;
  // A list that leads in a circle ends, too.
  u32 at = function_.read(first_capability, 1);
  for (u32 count = 0; at && count < 16; count++, at = function_.read(at + 1, 1)) {
    if (function_.read(at, 1) != vendor_capability) continue;
    const u32 kind = function_.read(at + 3, 1), of = function_.read(at + 4, 1);
    if (kind < common_kind || kind > device_kind || known[kind]->bytes) continue;  // the first one of a kind is the best
    if (!common_.bytes) bar = of;
    // SIMPLIFIED: all structures are behind one base address register.
    if (of != bar) continue;
    *known[kind] = {function_.read(at + 8, 4), function_.read(at + 12, 4)};
    if (kind == notification_kind) notify_multiplier_ = function_.read(at + 16, 4);
  }
  space_bytes_ = function_.base_bytes(bar);
  for (const Structure* each : known)
    if (each && (!each->bytes || each->offset > space_bytes_ || each->bytes > space_bytes_ - each->offset)) return false;
  const u64 real = function_.base_address(bar);
  space_ = real ? device_window::map(real, space_bytes_) : nullptr;
  return space_ != nullptr;
}

u64 Virtio::get(const Structure& structure, u32 at, u32 bytes) const {
  const volatile u8* from = space_ + structure.offset + at;
  heavy_sync();
  const u64 value = bytes == 1   ? *from
                    : bytes == 2 ? load<u16>(from)
                    : bytes == 4 ? load<u32>(from)
                                 : load<u32>(from) | static_cast<u64>(load<u32>(from + 4)) << 32;
  heavy_sync();
  return value;
}

void Virtio::set(const Structure& structure, u32 at, u32 bytes, u64 value) {
  volatile u8* to = space_ + structure.offset + at;
  heavy_sync();
  if (bytes == 1) {
    *to = static_cast<u8>(value);
  } else if (bytes == 2) {
    store<u16>(to, static_cast<u16>(value));
  } else {
    store<u32>(to, static_cast<u32>(value));
    if (bytes == 8) store<u32>(to + 4, static_cast<u32>(value >> 32));
  }
}

bool Virtio::open(const tree::Node* node, u64 features) {
  features |= version_1 | access_platform;
  if (!function_.open(node) || !window_.open(function_.bridge()) || !find_structures()) return false;
  set(common_, device_status, 1, 0);
  while (get(common_, device_status, 1)) relax();
  set(common_, device_status, 1, acknowledge);
  set(common_, device_status, 1, acknowledge | driver);
  for (u32 half = 0; half < 2; half++) {
    set(common_, device_feature_select, 4, half);
    const u32 wanted = static_cast<u32>(features >> 32 * half);
    if ((get(common_, device_feature, 4) & wanted) != wanted) return false;
    set(common_, driver_feature_select, 4, half);
    set(common_, driver_feature, 4, wanted);
  }
  set(common_, device_status, 1, acknowledge | driver | features_ok);
  return get(common_, device_status, 1) & features_ok;
}

bool Virtio::add_queue(u16 number, Virtqueue& queue) {
  if (number >= queue_limit || !queue.create(window_)) return false;
  set(common_, queue_select, 2, number);
  if (get(common_, queue_size, 2) < Virtqueue::size) return false;
  notify_at_[number] = static_cast<u32>(get(common_, queue_notify_offset, 2)) * notify_multiplier_;
  if (notify_at_[number] + 2 > notification_.bytes) return false;
  set(common_, queue_size, 2, Virtqueue::size);
  set(common_, queue_descriptors, 8, queue.descriptors());
  set(common_, queue_available, 8, queue.available());
  set(common_, queue_used, 8, queue.used());
  set(common_, queue_enable, 2, 1);
  return true;
}

void Virtio::start() { set(common_, device_status, 1, acknowledge | driver | features_ok | driver_ok); }

void Virtio::close() {
  if (space_) {
    set(common_, device_status, 1, 0);
    while (get(common_, device_status, 1)) relax();
    device_window::unmap(space_, space_bytes_);
  }
  if (function_.bridge()) function_.close();
  window_.close();
  *this = {};
}

void Virtio::notify(u16 queue) { set(notification_, notify_at_[queue], 2, queue); }
u8 Virtio::take_interrupt() { return static_cast<u8>(get(interrupt_, 0, 1)); }
u64 Virtio::configuration(u32 at, u32 bytes) { return get(own_, at, bytes); }

}  // namespace nomad
