// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A PCI function behind a host bridge of a physical slot: configuration space by RTAS, memory space by loads and stores, an interrupt by
// the bridge's map. PCI is little-endian; numbers here are the processor's. (LoPAR chapter 7)
#include "kernel/device_tree.h"
#include "lib/types.h"

namespace nomad::pci {

class Function {
 public:
  bool open(const tree::Node* node);  // memory space and bus mastering are on
  void close();

  const tree::Node* bridge() const { return bridge_; }
  u32 interrupt() const;              // 0: it has none
  u32 read(u32 at, u32 bytes) const;  // configuration space
  void write(u32 at, u32 bytes, u32 value) const;
  u64 base_address(u32 number) const;  // real; 0: the register has none
  u64 base_bytes(u32 number) const;

 private:
  u32 address() const;

  const tree::Node* node_ = nullptr;
  const tree::Node* bridge_ = nullptr;
};

}  // namespace nomad::pci
