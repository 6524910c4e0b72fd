// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/backends/virtual_serial.h"

#include "vios/devices.h"

namespace vios {

namespace {
constexpr std::string_view terminal = "vsa0";
}

std::vector<Device> VirtualSerial::list() const {
  return {{std::string(terminal), "Available", "LPAR Virtual Serial Adapter", "adapter", true, "", "vio0"}};
}

std::string VirtualSerial::physloc(const std::string& device) const {
  return device == terminal ? devices_.slot_location(0) : std::string();
}

bool VirtualSerial::in_use(const Device& device) const { return device.name == terminal; }

}  // namespace vios
