// SPDX-License-Identifier: GPL-2.0-or-later
#include "devices/bsr.h"

#include <fmt/format.h>

#include "emu/core/guest_memory.h"

namespace devices {

u64 Bsr::bytes() const { return u64{arrays_} * emu::page_size; }

Node Bsr::describe() const {
  Node node;
  node.name = fmt::format("ibm,bsr@{:x}", base_);
  node.text("name", "ibm,bsr").text("device_type", "ibm,bsr").text("compatible", "ibm,bsr");
  std::vector<u32> reg;
  for (u32 i = 0; i < arrays_; ++i) {
    const u64 at = base_ + i * emu::page_size;
    const u32 window[] = {static_cast<u32>(at >> 32), static_cast<u32>(at), 0, static_cast<u32>(emu::page_size)};
    reg.insert(reg.end(), std::begin(window), std::end(window));
  }
  node.cells("reg", reg)
      .cells("ibm,#lock-bytes", std::vector<u32>(arrays_, array_bytes))
      .cells("ibm,lock-stride", std::vector<u32>(arrays_, static_cast<u32>(emu::page_size)));
  return node;
}

}  // namespace devices
