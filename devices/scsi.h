// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The two ends of a virtual SCSI connection. The hypervisor carries 16-byte elements between their queues and copies
// memory for the server; the SCSI RDMA protocol itself is between the guest's driver and the VIOS. (LoPAR 17.4)

#include "devices/crq_device.h"

namespace devices {

class ScsiClient final : public CrqDevice {
 public:
  using CrqDevice::CrqDevice;
  Node describe() const override;
};

class ScsiHost final : public CrqDevice {
 public:
  using CrqDevice::CrqDevice;
  Node describe() const override;
};

}  // namespace devices
