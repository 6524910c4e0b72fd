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

// The device of an adapter, and the same as what it is: null if it is something else.
struct Plugged {
  std::unique_ptr<devices::VioDevice> device;
  devices::Crq* queue = nullptr;
  devices::Ethernet* ethernet = nullptr;
  devices::Vty* terminal = nullptr;
};

class Adapter {
 public:
  using Raise = std::function<void()>;
  struct Place {
    std::shared_ptr<emu::GuestMemory> memory;
    std::string location;
    Raise raise;
    devices::Vty::Output console;  // of the first terminal; others write nowhere
  };
  Adapter(const emu::VirtualAdapter&, Place);

  const emu::VirtualAdapter& config() const { return config_; }
  u32 slot() const { return config_.slot; }
  u32 unit_address() const { return unit_address_of(config_.slot); }
  u32 interrupt() const { return interrupt_of(config_.slot); }
  u32 remote_liobn() const { return device().slot().remote_liobn; }
  const std::shared_ptr<devices::TceTable>& window() const { return device().slot().window; }  // null: no DMA

  devices::VioDevice& device() { return *plugged_.device; }
  const devices::VioDevice& device() const { return *plugged_.device; }
  // The device as what it is; null if it is something else.
  devices::Crq* queue() { return plugged_.queue; }
  devices::Ethernet* ethernet() { return plugged_.ethernet; }
  devices::Vty* terminal() { return plugged_.terminal; }

  void archive(emu::Archive&);

 private:
  emu::VirtualAdapter config_;
  Plugged plugged_;
};

devices::MacAddress mac_of(const std::string& twelve_digits);

}  // namespace firmware
