// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A device whose whole interface is a command/response queue: virtual SCSI, either side, and VASI.

#include "devices/crq.h"
#include "devices/device.h"

namespace devices {

class CrqDevice : public VioDevice {
 public:
  explicit CrqDevice(Slot slot) : VioDevice(std::move(slot)), queue_(slot_.window, slot_.raise) {}

  Crq& queue() { return queue_; }

  void set_interrupts(bool on) override { queue_.set_signal(on); }
  void archive(emu::Archive& ar) override { queue_.archive(ar); }

 private:
  Crq queue_;
};

}  // namespace devices
