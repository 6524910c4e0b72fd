// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Location codes as the system, its guests, its Virtual I/O Servers and the HMC write them: U8247.22L.10DD4AC-V3-C2.

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "emu/core/types.h"

namespace emu {

// Of the machine `tttt-mmm` with this serial number: what all its location codes begin with.
inline std::string machine_location(std::string type_model, const std::string& serial_num) {
  std::ranges::replace(type_model, '-', '.');
  return fmt::format("U{}.{}", type_model, serial_num);
}

// Of a virtual slot of a partition, whose dynamic reconfiguration connector has it as its name.
inline std::string slot_location(const std::string& type_model, const std::string& serial_num, u32 lpar_id, u32 slot) {
  return fmt::format("{}-V{}-C{}", machine_location(type_model, serial_num), lpar_id, slot);
}

}  // namespace emu
