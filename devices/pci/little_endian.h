// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// PCI and virtio are little-endian, whatever the guest is.

#include <cstring>

#include "emu/core/types.h"

namespace devices::pci {

template <std::unsigned_integral T>
T load_le(const u8* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

template <std::unsigned_integral T>
void store_le(u8* to, T value) {
  std::memcpy(to, &value, sizeof value);
}

}  // namespace devices::pci
