// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A device in a slot of a partition, and the numbers that follow from the slot. They are the same on every frame, because
// a move must not change them.

#include <memory>

#include "devices/crq_device.h"
#include "devices/device.h"
#include "devices/ethernet.h"
#include "devices/vty.h"
#include "emu/core/partition_profile.h"

namespace firmware {

inline constexpr u32 slot_limit = emu::virtual_slot_limit;
constexpr u32 unit_address_of(u32 slot) { return 0x3000'0000 | slot; }
constexpr u32 liobn_of(u32 slot) { return 0x1000'0000 | slot; }
constexpr u32 remote_liobn_of(u32 slot) { return 0x2000'0000 | slot; }
constexpr u32 interrupt_of(u32 slot) { return 0x1100 + slot; }

class Adapter {
 public:
  using Raise = std::function<void()>;
  struct Place {
    std::shared_ptr<emu::GuestMemory> memory;
    u64 window_bytes = 0;
    std::string location;
    Raise raise;
    devices::Vty::Output console;  // of the first terminal; others write nowhere
  };
  // The only list of what can be plugged into a slot.
  Adapter(const emu::VirtualAdapter&, Place);

  const emu::VirtualAdapter& config() const { return config_; }
  u32 slot() const { return config_.slot; }
  u32 unit_address() const { return unit_address_of(config_.slot); }
  u32 interrupt() const { return interrupt_of(config_.slot); }
  u32 remote_liobn() const { return device_->slot().remote_liobn; }
  const std::shared_ptr<devices::TceTable>& window() const { return device_->slot().window; }  // null: no DMA

  devices::VioDevice& device() { return *device_; }
  const devices::VioDevice& device() const { return *device_; }
  // The device as what it is; null if it is something else.
  devices::Crq* queue() { return queue_; }
  devices::Ethernet* ethernet() { return ethernet_; }
  devices::Vty* terminal() { return terminal_; }

  void archive(emu::Archive&);

 private:
  emu::VirtualAdapter config_;
  std::unique_ptr<devices::VioDevice> device_;
  devices::Crq* queue_ = nullptr;
  devices::Ethernet* ethernet_ = nullptr;
  devices::Vty* terminal_ = nullptr;
};

devices::MacAddress mac_of(const std::string& twelve_digits);

}  // namespace firmware
