// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The device tree of a partition: what its guest is told about itself. (docs/papr.md, Device tree)

#include <string>
#include <vector>

#include "devices/node.h"
#include "emu/core/result.h"
#include "firmware/boot.h"

namespace devices::pci {
class HostBridge;
}

namespace firmware {
class Adapter;
class Partition;
}  // namespace firmware

namespace firmware::devtree {

inline constexpr u32 phandle_interrupts = 0x1111;

devices::Node build(Partition&, const BootLayout&, const BootImage& = {});

// What ibm,configure-connector tells of what was added.
devices::Node processor(Partition&, u32 number);
devices::Node adapter(const Adapter&);
devices::Node bridge(const devices::pci::HostBridge&);
devices::Node memory_block(Partition&, u32 number);

struct Reservation {
  u64 address;
  u64 bytes;
};
// As a flattened tree, version 17.
emu::Result<Bytes> flatten(const devices::Node& root, const std::vector<Reservation>&, u32 boot_processor);

// What may differ between two frames: told by ibm,update-nodes and ibm,update-properties after a move.
struct Update {
  u32 phandle;
  std::string path;
  std::vector<devices::Property> properties;
};
std::vector<Update> updates_after_move(Partition&);

}  // namespace firmware::devtree
