// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The virtual asynchronous services interface: the slot of a VIOS through which its mover and the hypervisor exchange the
// messages of a move. What the messages mean is firmware/move's. (LoPAR 17.7)

#include "devices/crq_device.h"

namespace devices {

class Vasi final : public CrqDevice {
 public:
  using CrqDevice::CrqDevice;
  Node describe() const override;
};

}  // namespace devices
