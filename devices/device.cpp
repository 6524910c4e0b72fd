// SPDX-License-Identifier: GPL-2.0-or-later
#include "devices/device.h"

#include <fmt/format.h>

namespace devices {

Node VioDevice::common(const char* name, const char* type, const std::vector<std::string>& compatible) const {
  Node node;
  node.name = fmt::format("{}@{:x}", name, slot_.unit_address);
  node.text("name", name)
      .text("device_type", type)
      .texts("compatible", compatible)
      .cell("reg", slot_.unit_address)
      .cells("interrupts", {slot_.interrupt, 0})
      .cell("ibm,my-drc-index", slot_.unit_address)
      .text("ibm,loc-code", slot_.location);
  if (slot_.window) {
    std::vector<u32> panes{slot_.window->liobn(), 0, 0, static_cast<u32>(slot_.window->bytes() >> 32),
                           static_cast<u32>(slot_.window->bytes())};
    if (slot_.remote_liobn) {
      const u32 remote[] = {slot_.remote_liobn, 0, 0, static_cast<u32>(slot_.remote_bytes >> 32),
                            static_cast<u32>(slot_.remote_bytes)};
      panes.insert(panes.end(), std::begin(remote), std::end(remote));
    }
    node.cells("ibm,my-dma-window", panes).cell("ibm,#dma-address-cells", 2).cell("ibm,#dma-size-cells", 2);
  }
  return node;
}

}  // namespace devices
