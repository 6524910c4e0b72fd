// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The host bridge of a physical slot, as a partition sees it: a bus with one function, reached by RTAS (configuration space), by loads and
// stores (memory space), and by a DMA window; one interrupt. It belongs to one partition, and does not move.
//
// On the partition's thread, except where a device of it says otherwise.

#include <functional>
#include <memory>
#include <string>

#include "devices/interrupt_controller.h"
#include "devices/node.h"
#include "devices/pci/function.h"
#include "devices/pci/medium.h"
#include "devices/tce_table.h"

namespace devices::pci {

// The numbers that follow from that of its bus.
constexpr u64 unit_of(u32 bus) { return u64{0x0800'0000'2000'0000} | bus; }
constexpr u32 liobn_of(u32 bus) { return 0x4000'0000 | bus; }
constexpr u32 interrupt_of(u32 bus) { return 0x10'0000 | bus; }
// Memory space: where the processors reach it, far above all memory, and where that is on the bus.
inline constexpr u64 spaces = u64{1} << 45;
inline constexpr u64 space_stride = u64{1} << 32;
inline constexpr u32 space_on_bus = 0x8000'0000;
inline constexpr u64 space_bytes = 256 * MiB;
constexpr u64 space_of(u32 bus) { return spaces + bus * space_stride + space_on_bus; }

struct BridgePlace {
  u32 bus = 0;
  std::string location;          // of the slot
  u32 interrupt_controller = 0;  // its phandle
  std::shared_ptr<emu::GuestMemory> memory;
  std::function<void(bool)> line;
};

class HostBridge {
 public:
  // SIMPLIFIED: one DMA window of a size that no driver asks to change, and level interrupts only, no message-signalled ones.
  static constexpr u64 window_bytes = 256 * MiB;

  using MakeDevice = std::function<std::unique_ptr<Virtio>(std::shared_ptr<TceTable>, std::function<void(bool)> line)>;
  HostBridge(BridgePlace, const MakeDevice&);

  u32 bus() const { return place_.bus; }
  u64 unit() const { return unit_of(place_.bus); }
  const std::string& location() const { return place_.location; }
  const std::shared_ptr<TceTable>& window() const { return window_; }
  const Function& function() const { return *function_; }

  Node describe() const;

  // `address` as RTAS has it: bus, device and function, register. Nobody is there: all ones.
  bool answers(u32 address) const { return at(address); }
  u32 read_configuration(u32 address, u32 bytes);
  void write_configuration(u32 address, u32 bytes, u32 value);
  // At a real address. What nobody answers reads as ones, as on a bus.
  bool contains(u64 real, u64 length) const {
    return real >= space_of(bus()) && length <= space_bytes && real - space_of(bus()) <= space_bytes - length;
  }
  void load(u64 real, std::span<u8> to);
  void store(u64 real, std::span<const u8> from);

  bool in_use() const;  // a driver has it
  void reset();

 private:
  Function* at(u32 address) const;

  BridgePlace place_;
  std::shared_ptr<TceTable> window_;
  std::unique_ptr<Function> function_;
};

}  // namespace devices::pci
