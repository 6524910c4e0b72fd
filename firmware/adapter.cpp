// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/adapter.h"

#include "devices/scsi.h"
#include "devices/vasi.h"
#include "emu/core/adapter_kinds.h"

namespace firmware {

using emu::AdapterKind;

devices::MacAddress mac_of(const std::string& digits) {
  devices::MacAddress mac{};
  const auto value_of = [](char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    return 0;
  };
  for (size_t i = 0; i < mac.size() && 2 * i + 1 < digits.size(); ++i)
    mac[i] = static_cast<u8>(value_of(digits[2 * i]) << 4 | value_of(digits[2 * i + 1]));
  return mac;
}

namespace {

using devices::Slot;

// SIMPLIFIED: one size of DMA window; real firmware sizes it by the adapter.
constexpr u64 window_bytes = 64 * MiB;
constexpr u64 vasi_window_bytes = 256 * MiB;

template <class Device>
Plugged with_queue(Slot slot, const emu::VirtualAdapter&, devices::Vty::Output) {
  auto device = std::make_unique<Device>(std::move(slot));
  Plugged plugged;
  plugged.queue = &device->queue();
  plugged.device = std::move(device);
  return plugged;
}
Plugged terminal(Slot slot, const emu::VirtualAdapter&, devices::Vty::Output console) {
  auto device = std::make_unique<devices::Vty>(std::move(slot), std::move(console));
  Plugged plugged;
  plugged.terminal = device.get();
  plugged.device = std::move(device);
  return plugged;
}
Plugged ethernet(Slot slot, const emu::VirtualAdapter& config, devices::Vty::Output) {
  auto device = std::make_unique<devices::Ethernet>(std::move(slot), mac_of(config.mac_addr), config.is_trunk);
  Plugged plugged;
  plugged.ethernet = device.get();
  plugged.device = std::move(device);
  return plugged;
}

// What is plugged in for each kind.
struct DeviceRow {
  AdapterKind kind;
  u64 window_bytes;    // 0: no DMA
  bool remote_window;  // it also copies from and to another partition's window
  Plugged (*plug)(Slot, const emu::VirtualAdapter&, devices::Vty::Output console);
};
constexpr DeviceRow devices_of_kinds[] = {
    {AdapterKind::serial, 0, false, terminal},
    {AdapterKind::scsi_client, window_bytes, false, with_queue<devices::ScsiClient>},
    {AdapterKind::scsi_server, window_bytes, true, with_queue<devices::ScsiHost>},
    {AdapterKind::ethernet, window_bytes, false, ethernet},
    {AdapterKind::vasi, vasi_window_bytes, true, with_queue<devices::Vasi>},
};
static_assert(emu::one_row_for_each_kind(devices_of_kinds));

}  // namespace

Adapter::Adapter(const emu::VirtualAdapter& config, Place place) : config_(config) {
  const DeviceRow& row = emu::row_of(config.kind, devices_of_kinds);
  devices::Slot slot;
  slot.number = config.slot;
  slot.unit_address = unit_address_of(config.slot);
  slot.interrupt = interrupt_of(config.slot);
  slot.location = std::move(place.location);
  slot.raise = std::move(place.raise);
  if (row.window_bytes) slot.window = std::make_shared<devices::TceTable>(liobn_of(config.slot), row.window_bytes, place.memory);
  if (row.remote_window) {
    slot.remote_liobn = remote_liobn_of(config.slot);
    slot.remote_bytes = row.window_bytes;
  }
  plugged_ = row.plug(std::move(slot), config, std::move(place.console));
}

void Adapter::archive(emu::Archive& ar) {
  u32 slot = config_.slot;
  AdapterKind kind = config_.kind;
  ar.section("adapter", 1);
  ar("slot", slot);
  ar("kind", kind);
  if (ar.loading() && (slot != config_.slot || kind != config_.kind)) return ar.fail("is not the adapter in this slot");
  if (window()) window()->archive(ar);
  device().archive(ar);
}

}  // namespace firmware
