// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/frame/netboot/adapter_wire.h"

#include <algorithm>

#include <fmt/format.h>

namespace emu::frame {

Result<std::unique_ptr<AdapterWire>> AdapterWire::open(firmware::OpenFirmware& firmware, u32 slot) {
  const auto adapters = firmware.machine().adapters();
  const auto adapter = std::ranges::find_if(adapters, [slot](const firmware::NativeAdapter& each) {
    return each.config.slot == slot && each.config.kind == AdapterKind::ethernet;
  });
  if (adapter == adapters.end()) return Error{"adapter", fmt::format("There is no virtual Ethernet adapter in slot {}.", slot)};
  std::unique_ptr<AdapterWire> wire(new AdapterWire(firmware));
  wire->lan_ = TRY(vios::LogicalLan::create(firmware.machine(), wire->memory_, *adapter));
  return wire;
}

std::optional<Bytes> AdapterWire::receive(u64 timeout) {
  for (int tries = 0; tries < 2; ++tries) {
    if (const auto packet = lan_->receive()) return Bytes(packet->begin(), packet->end());
    if (tries == 0 && timeout) (void)firmware_.machine().wait(timeout);
  }
  return std::nullopt;
}

}  // namespace emu::frame
