// SPDX-License-Identifier: GPL-2.0-or-later
#include "drivers/dma.h"

#include "kernel/hypercall.h"
#include "kernel/machine.h"

namespace nomad {

bool DmaWindow::open(const tree::Node* node) {
  const tree::Property* window = tree::property(node, "ibm,my-dma-window");
  if (!window) window = tree::property(node, "ibm,dma-window");
  if (!window || window->length < 20) return false;
  // liobn, then address and size in the number of cells that the adapter's own properties tell (2 and 2 on all known platforms).
  const u32 address_cells = static_cast<u32>(tree::number(node, "ibm,#dma-address-cells", 2));
  const u32 size_cells = static_cast<u32>(tree::number(node, "ibm,#dma-size-cells", 2));
  u64 start = 0, size = 0;
  for (u32 i = 0; i < address_cells; i++) start = start << 32 | tree::cell(window, 1 + i);
  for (u32 i = 0; i < size_cells; i++) size = size << 32 | tree::cell(window, 1 + address_cells + i);
  liobn_ = tree::cell(window, 0);
  start_ = next_ = start + page_bytes;  // I/O address 0 is left out: 0 stands for "none" here and in queue elements
  end_ = start + size;
  return next_ < end_;
}

u64 DmaWindow::map(const void* pages, u64 count) {
  constexpr u64 may_read_and_write = 3;
  if (count > (end_ - next_) / page_bytes) return 0;
  const u64 start = next_;
  for (u64 i = 0; i < count; i++)
    if (hypercall(H_PUT_TCE, liobn_, start + i * page_bytes, (real_of(pages) + i * page_bytes) | may_read_and_write).status != H_SUCCESS)
      return 0;
  next_ += count * page_bytes;
  return start;
}

void DmaWindow::close() {
  for (; next_ > start_; next_ -= page_bytes) hypercall(H_PUT_TCE, liobn_, next_ - page_bytes, 0);
}

}  // namespace nomad
