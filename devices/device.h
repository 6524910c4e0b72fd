// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A virtual I/O device that is plugged into a slot of a partition. Three answers, in this order in every file: what the
// guest sees, what it does, what moves. None is reset: an activation makes new ones. Devices are used from several threads
// (the partition's own, a partner's, the console's); each guards its state itself and never waits for a page that has not
// arrived while it does.

#include <functional>
#include <memory>

#include "devices/node.h"
#include "devices/tce_table.h"
#include "emu/core/archive.h"

namespace devices {

// What a device has of its slot. All of it follows from the slot number, so it is the same before and after a move.
struct Slot {
  u32 number = 0;
  u32 unit_address = 0;              // `reg`
  u32 interrupt = 0;                 // source number
  std::string location;              // ibm,loc-code
  std::shared_ptr<TceTable> window;  // first pane of ibm,my-dma-window; null if the device does no DMA
  u32 remote_liobn = 0;              // second pane
  u64 remote_bytes = 0;
  std::function<void()> raise = [] {};  // an edge on the interrupt source; any thread
};

class VioDevice {
 public:
  explicit VioDevice(Slot slot) : slot_(std::move(slot)) {}
  virtual ~VioDevice() = default;
  VioDevice(const VioDevice&) = delete;
  VioDevice& operator=(const VioDevice&) = delete;

  const Slot& slot() const { return slot_; }

  virtual Node describe() const = 0;
  virtual void set_interrupts(bool on) = 0;  // H_VIO_SIGNAL
  virtual void archive(emu::Archive&) = 0;

 protected:
  // The properties that all children of /vdevice have.
  Node common(const char* name, const char* type, const std::vector<std::string>& compatible) const;

  Slot slot_;
};

}  // namespace devices
