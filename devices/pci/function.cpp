// SPDX-License-Identifier: GPL-2.0-or-later
#include "devices/pci/function.h"

#include <algorithm>

#include "devices/pci/little_endian.h"

namespace devices::pci {

namespace {

// The header.
enum Register : u32 {
  vendor_id = 0x00,
  device_id = 0x02,
  command = 0x04,
  status_register = 0x06,
  revision_id = 0x08,
  class_code = 0x09,
  cache_line = 0x0C,
  latency = 0x0D,
  base_address = 0x10,
  subsystem_vendor = 0x2C,
  subsystem_id = 0x2E,
  capabilities = 0x34,
  interrupt_line = 0x3C,
  interrupt_pin = 0x3D
};

constexpr u16 memory_space = 1 << 1, bus_master = 1 << 2, parity = 1 << 6, system_error = 1 << 8, no_intx = 1 << 10;
constexpr u16 settable_command = memory_space | bus_master | parity | system_error | no_intx;
constexpr u16 has_capabilities = 1 << 4;
constexpr u8 pin_a = 1;

// The structures behind the base address register, and what tells of them. (VIRTIO 4.1.4)
enum Structure : u8 { common = 1, notification = 2, interrupt = 3, device_specific = 4, configuration = 5 };
constexpr u8 vendor_capability = 9;
constexpr u8 capability_bytes = 16, notification_bytes = 20, configuration_bytes = 20;
constexpr u8 common_at = 0x40, notification_at = 0x50, interrupt_at = 0x64, device_at = 0x74, configuration_at = 0x84;
constexpr u32 structure_bytes = 0x1000;
constexpr u32 common_offset = 0, interrupt_offset = 0x1000, device_offset = 0x2000, notification_offset = 0x3000;
constexpr u32 notify_multiplier = 4;

constexpr bool within(u32 at, u32 bytes, u32 field, u32 length) { return at < field + length && field < at + bytes; }

}  // namespace

Function::Function(std::unique_ptr<Virtio> device, u32 address) : device_(std::move(device)), first_address_(address) { reset(); }

void Function::put_capability(u8 at, u8 next, u8 type, u32 offset, u32 bytes, u8 own_bytes) {
  u8* capability = &space_[at];
  capability[0] = vendor_capability;
  capability[1] = next;
  capability[2] = own_bytes;
  capability[3] = type;
  store_le<u32>(capability + 8, offset);
  store_le<u32>(capability + 12, bytes);
}

void Function::reset() {
  space_ = {};
  const Identity identity = device_->identity();
  store_le<u16>(&space_[vendor_id], vendor);
  store_le<u16>(&space_[device_id], identity.device);
  store_le<u16>(&space_[status_register], has_capabilities);
  space_[revision_id] = revision;
  for (u32 i = 0; i < 3; ++i) space_[class_code + i] = static_cast<u8>(identity.class_code >> 8 * i);
  store_le<u32>(&space_[base_address], first_address_);
  store_le<u16>(&space_[subsystem_vendor], vendor);
  store_le<u16>(&space_[subsystem_id], subsystem);
  space_[capabilities] = common_at;
  space_[interrupt_pin] = pin_a;
  put_capability(common_at, notification_at, common, common_offset, structure_bytes, capability_bytes);
  put_capability(notification_at, interrupt_at, notification, notification_offset, structure_bytes, notification_bytes);
  store_le<u32>(&space_[notification_at + 16], notify_multiplier);
  put_capability(interrupt_at, device_at, interrupt, interrupt_offset, structure_bytes, capability_bytes);
  put_capability(device_at, configuration_at, device_specific, device_offset, structure_bytes, capability_bytes);
  put_capability(configuration_at, 0, configuration, 0, 0, configuration_bytes);
  device_->reset();
  command_changed();
}

void Function::command_changed() {
  const u16 now = load_le<u16>(&space_[command]);
  device_->let_work(now & bus_master);
  device_->let_interrupt(!(now & no_intx));
}

u32 Function::address() const { return load_le<u32>(&space_[base_address]) & ~u32{0xF}; }

u32 Function::read(u32 at, u32 bytes) {
  // The window through which the structures are reached without memory space.
  if (const u32 length = load_le<u32>(&space_[configuration_at + 12]);
      within(at, bytes, configuration_at + 16, 4) && (length == 1 || length == 2 || length == 4)) {
    std::array<u8, 4> data{};
    reach(load_le<u32>(&space_[configuration_at + 8]), std::span(data).first(length));
    std::ranges::copy(data, &space_[configuration_at + 16]);
  }
  u32 value = 0;
  for (u32 i = 0; i < bytes; ++i) value |= u32{space_[at + i]} << 8 * i;
  return value;
}

void Function::write(u32 at, u32 bytes, u32 value) {
  const auto set = [&](u32 field, u32 length) {
    for (u32 i = 0; i < bytes; ++i)
      if (at + i >= field && at + i < field + length) space_[at + i] = static_cast<u8>(value >> 8 * i);
  };
  if (within(at, bytes, command, 2)) {
    set(command, 2);
    store_le<u16>(&space_[command], load_le<u16>(&space_[command]) & settable_command);
    command_changed();
  }
  set(cache_line, 1);
  set(latency, 1);
  set(interrupt_line, 1);
  if (within(at, bytes, base_address, 4)) {
    set(base_address, 4);
    store_le<u32>(&space_[base_address], load_le<u32>(&space_[base_address]) & ~(window_bytes - 1));
  }
  set(configuration_at + 4, 1);
  set(configuration_at + 8, 8);
  if (!within(at, bytes, configuration_at + 16, 4)) return;
  set(configuration_at + 16, 4);
  const u32 length = load_le<u32>(&space_[configuration_at + 12]);
  if (length != 1 && length != 2 && length != 4) return;
  reach(load_le<u32>(&space_[configuration_at + 8]), std::span<const u8>(&space_[configuration_at + 16], length));
}

bool Function::load(u64 at, std::span<u8> to) {
  if (!(load_le<u16>(&space_[command]) & memory_space) || at < address() || at - address() >= window_bytes) return false;
  reach(static_cast<u32>(at - address()), to);
  return true;
}

bool Function::store(u64 at, std::span<const u8> from) {
  if (!(load_le<u16>(&space_[command]) & memory_space) || at < address() || at - address() >= window_bytes) return false;
  reach(static_cast<u32>(at - address()), from);
  return true;
}

void Function::reach(u32 at, std::span<u8> to) {
  std::ranges::fill(to, u8{0});
  if (at >= window_bytes) return;
  switch (at / structure_bytes * structure_bytes) {
    case common_offset:
      return device_->read_common(at - common_offset, to);
    case interrupt_offset:
      if (at == interrupt_offset && !to.empty()) to[0] = device_->take_interrupt();
      return;
    case device_offset:
      return device_->read_device(at - device_offset, to);
    default:
      return;
  }
}

void Function::reach(u32 at, std::span<const u8> from) {
  if (at >= window_bytes) return;
  if (at < interrupt_offset) return device_->write_common(at, from);
  // Which queue is meant, its address says.
  if (at >= notification_offset) device_->notify(static_cast<u16>((at - notification_offset) / notify_multiplier));
}

}  // namespace devices::pci
