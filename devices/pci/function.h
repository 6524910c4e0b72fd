// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The PCI function of a virtio device: its configuration space, and one base address register that leads to its structures. (VIRTIO 4.1)

#include <array>
#include <memory>

#include "devices/pci/virtio.h"

namespace devices::pci {

class Function {
 public:
  static constexpr u32 space_bytes = 256;
  static constexpr u32 window_bytes = 0x4000;  // of its base address register

  // `address`: what its base address register has at first.
  Function(std::unique_ptr<Virtio> device, u32 address);

  Virtio& device() { return *device_; }
  const Virtio& device() const { return *device_; }

  // Of its configuration space: 1, 2 or 4 bytes at a multiple of their number.
  u32 read(u32 at, u32 bytes);
  void write(u32 at, u32 bytes, u32 value);
  // Of the bus's memory space. False: it is not of this function, or it does not answer there now.
  bool load(u64 address, std::span<u8> to);
  bool store(u64 address, std::span<const u8> from);

  void reset();
  u32 address() const;

  // Of the space, for whoever lists the function: they do not change.
  static constexpr u16 vendor = 0x1AF4;
  static constexpr u16 subsystem = 0x1100;
  static constexpr u8 revision = 1;

 private:
  void reach(u32 at, std::span<u8> to);
  void reach(u32 at, std::span<const u8> from);
  void put_capability(u8 at, u8 next, u8 type, u32 offset, u32 bytes, u8 own_bytes);
  void command_changed();

  std::unique_ptr<Virtio> device_;
  const u32 first_address_;
  std::array<u8, space_bytes> space_{};
};

}  // namespace devices::pci
