// SPDX-License-Identifier: GPL-2.0-or-later
#include "devices/pci/host_bridge.h"

#include <algorithm>

#include <fmt/format.h>

namespace devices::pci {

namespace {

constexpr u32 memory_32 = 0x0200'0000;  // of an address on the bus, its first cell
constexpr u32 not_relocatable = 0x8000'0000;
constexpr u32 first_register = 0x10;
constexpr u32 level = 1;

}  // namespace

HostBridge::HostBridge(BridgePlace place, const MakeDevice& make)
    : place_(std::move(place)), window_(std::make_shared<TceTable>(liobn_of(place_.bus), window_bytes, place_.memory)) {
  function_ = std::make_unique<Function>(make(window_, place_.line), space_on_bus);
}

// As the bus binding of Open Firmware for PCI has it, and what a logical partition has beside that.
Node HostBridge::describe() const {
  const u64 unit = this->unit();
  const u64 space = space_of(bus());
  Node bridge;
  bridge.name = fmt::format("pci@{:x}", unit);
  bridge.text("name", "pci")
      .text("device_type", "pci")
      .text("compatible", "IBM,Logical_PHB")
      .text("model", "IBM,Logical_PHB")
      .text("ibm,loc-code", place_.location)
      .cells("reg", {static_cast<u32>(unit >> 32), static_cast<u32>(unit), 0, 0x1000})
      .cell("#address-cells", 3)
      .cell("#size-cells", 2)
      .cell("#interrupt-cells", 1)
      .cells("bus-range", {0, 0})
      .cells("ranges", {memory_32, 0, space_on_bus, static_cast<u32>(space >> 32), static_cast<u32>(space), 0,
                        static_cast<u32>(space_bytes)})
      .cells("ibm,dma-window", {window_->liobn(), 0, 0, 0, static_cast<u32>(window_->bytes())})
      .cell("ibm,#dma-address-cells", 2)
      .cell("ibm,#dma-size-cells", 2)
      .cells("interrupt-map-mask", {0xFF00, 0, 0, 7})
      .cells("interrupt-map", {0, 0, 0, 1, place_.interrupt_controller, interrupt_of(bus()), level});
  const Identity identity = function_->device().identity();
  Node device;
  device.name = fmt::format("{}@0", identity.name);
  device.text("name", identity.name)
      .text("compatible", fmt::format("pci{:x},{:x}", Function::vendor, identity.device))
      .cells("reg", {0, 0, 0, 0, 0, memory_32 | first_register, 0, 0, 0, Function::window_bytes})
      .cells("assigned-addresses", {not_relocatable | memory_32 | first_register, 0, space_on_bus, 0, Function::window_bytes})
      .cell("vendor-id", Function::vendor)
      .cell("device-id", identity.device)
      .cell("revision-id", Function::revision)
      .cell("class-code", identity.class_code)
      .cell("subsystem-vendor-id", Function::vendor)
      .cell("subsystem-id", Function::subsystem)
      .cell("interrupts", 1)
      .cell("min-grant", 0)
      .cell("max-latency", 0)
      .cell("devsel-speed", 0)
      .text("ibm,loc-code", place_.location);
  bridge.children.push_back(std::move(device));
  return bridge;
}

// 0x00BBDFRR: bus, device and function, register. Its upper half has more of the register's number, for larger spaces. (LoPAR chapter 7)
Function* HostBridge::at(u32 address) const { return address >> 8 == 0 ? function_.get() : nullptr; }

u32 HostBridge::read_configuration(u32 address, u32 bytes) {
  Function* function = at(address);
  return function ? function->read(address & 0xFF, bytes) : static_cast<u32>((u64{1} << 8 * bytes) - 1);
}

void HostBridge::write_configuration(u32 address, u32 bytes, u32 value) {
  if (Function* function = at(address)) function->write(address & 0xFF, bytes, value);
}

void HostBridge::load(u64 real, std::span<u8> to) {
  if (!function_->load(real - space_of(bus()) + space_on_bus, to)) std::ranges::fill(to, u8{0xFF});
}

void HostBridge::store(u64 real, std::span<const u8> from) {
  (void)function_->store(real - space_of(bus()) + space_on_bus, from);
}

bool HostBridge::in_use() const { return function_->device().in_use() || window_->leads_into(0, ~u64{0}); }

void HostBridge::reset() { function_->reset(); }

}  // namespace devices::pci
