// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The DMA window of a virtual adapter, or of a PCI host bridge: pages become visible to its partner or its device through translation control entries (H_PUT_TCE).
#include "kernel/device_tree.h"
#include "lib/types.h"

namespace nomad {

class DmaWindow {
 public:
  bool open(const tree::Node* node);        // ibm,my-dma-window of a virtual adapter, ibm,dma-window of a host bridge
  u64 map(const void* pages, u64 count);    // I/O address; 0 when the window is full or the hypervisor refuses
  void close();                             // nothing is mapped any more

 private:
  u32 liobn_ = 0;
  u64 start_ = 0, next_ = 0, end_ = 0;
};

}  // namespace nomad
