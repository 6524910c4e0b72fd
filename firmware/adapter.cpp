// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/adapter.h"

#include "devices/scsi.h"
#include "devices/vasi.h"

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

Adapter::Adapter(const emu::VirtualAdapter& config, Place place) : config_(config) {
  devices::Slot slot;
  slot.number = config.slot;
  slot.unit_address = unit_address_of(config.slot);
  slot.interrupt = interrupt_of(config.slot);
  slot.location = std::move(place.location);
  slot.raise = std::move(place.raise);
  if (config.kind != AdapterKind::serial)
    slot.window = std::make_shared<devices::TceTable>(liobn_of(config.slot), place.window_bytes, place.memory);
  if (config.kind == AdapterKind::scsi_server || config.kind == AdapterKind::vasi) {
    slot.remote_liobn = remote_liobn_of(config.slot);
    slot.remote_bytes = place.window_bytes;
  }
  const auto take_queue = [this](auto device) {
    queue_ = &device->queue();
    device_ = std::move(device);
  };
  switch (config.kind) {
    case AdapterKind::serial: {
      auto terminal = std::make_unique<devices::Vty>(std::move(slot), std::move(place.console));
      terminal_ = terminal.get();
      device_ = std::move(terminal);
      break;
    }
    case AdapterKind::scsi_client:
      take_queue(std::make_unique<devices::ScsiClient>(std::move(slot)));
      break;
    case AdapterKind::scsi_server:
      take_queue(std::make_unique<devices::ScsiHost>(std::move(slot)));
      break;
    case AdapterKind::vasi:
      take_queue(std::make_unique<devices::Vasi>(std::move(slot)));
      break;
    case AdapterKind::ethernet: {
      auto lan = std::make_unique<devices::Ethernet>(std::move(slot), mac_of(config.mac_addr), config.is_trunk);
      ethernet_ = lan.get();
      device_ = std::move(lan);
      break;
    }
  }
}

void Adapter::archive(emu::Archive& ar) {
  u32 slot = config_.slot;
  AdapterKind kind = config_.kind;
  ar.section("adapter", 1);
  ar("slot", slot);
  ar("kind", kind);
  if (ar.loading() && (slot != config_.slot || kind != config_.kind)) return ar.fail("is not the adapter in this slot");
  if (window()) window()->archive(ar);
  device_->archive(ar);
}

}  // namespace firmware
