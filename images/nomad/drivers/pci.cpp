// SPDX-License-Identifier: GPL-2.0-or-later
#include "drivers/pci.h"

#include "kernel/rtas.h"

namespace nomad::pci {
namespace {

constexpr u32 command = 0x04, first_base_address = 0x10;
constexpr u32 memory_space = 1 << 1, bus_master = 1 << 2;
constexpr u32 register_mask = 0xFF;

// An address on the bus takes 3 cells, a size 2, an address of the processors 2.
u64 two_cells(const tree::Property* property, u32 index) {
  return static_cast<u64>(tree::cell(property, index)) << 32 | tree::cell(property, index + 1);
}

}  // namespace

u32 Function::address() const { return tree::cell(tree::property(node_, "reg"), 0) & 0xFFFF00; }

u32 Function::read(u32 at, u32 bytes) const {
  const u64 unit = tree::number(bridge_, "reg", 0);
  const u32 inputs[] = {address() | at, static_cast<u32>(unit >> 32), static_cast<u32>(unit), bytes};
  u32 value = ~0u;
  rtas::call("ibm,read-pci-config", inputs, 4, &value, 1);
  return value;
}

void Function::write(u32 at, u32 bytes, u32 value) const {
  const u64 unit = tree::number(bridge_, "reg", 0);
  const u32 inputs[] = {address() | at, static_cast<u32>(unit >> 32), static_cast<u32>(unit), bytes, value};
  rtas::call("ibm,write-pci-config", inputs, 5);
}

bool Function::open(const tree::Node* node) {
  node_ = node;
  bridge_ = node->parent;
  if (!bridge_ || read(0, 2) == 0xFFFF) return false;
  write(command, 2, read(command, 2) | memory_space | bus_master);
  return true;
}

void Function::close() { write(command, 2, read(command, 2) & ~(memory_space | bus_master)); }

u32 Function::interrupt() const {
  const u32 pin = tree::cell(tree::property(node_, "interrupts"), 0);
  const tree::Property* map = tree::property(bridge_, "interrupt-map");
  const tree::Property* mask = tree::property(bridge_, "interrupt-map-mask");
  constexpr u32 row_cells = 7;
  for (u32 at = 0; map && (at + row_cells) * 4 <= map->length; at += row_cells)
    if ((address() & tree::cell(mask, 0)) == tree::cell(map, at) && (pin & tree::cell(mask, 3)) == tree::cell(map, at + 3))
      return tree::cell(map, at + 5);
  return 0;
}

u64 Function::base_address(u32 number) const {
  const u64 on_bus = read(first_base_address + 4 * number, 4) & ~0xFu;
  const tree::Property* ranges = tree::property(bridge_, "ranges");
  constexpr u32 row_cells = 7;
  for (u32 at = 0; on_bus && ranges && (at + row_cells) * 4 <= ranges->length; at += row_cells) {
    const u64 start = two_cells(ranges, at + 1), size = two_cells(ranges, at + 5);
    if (on_bus >= start && on_bus - start < size) return two_cells(ranges, at + 3) + (on_bus - start);
  }
  return 0;
}

u64 Function::base_bytes(u32 number) const {
  const tree::Property* assigned = tree::property(node_, "assigned-addresses");
  constexpr u32 row_cells = 5;
  for (u32 at = 0; assigned && (at + row_cells) * 4 <= assigned->length; at += row_cells)
    if ((tree::cell(assigned, at) & register_mask) == first_base_address + 4 * number) return two_cells(assigned, at + 3);
  return 0;
}

}  // namespace nomad::pci
