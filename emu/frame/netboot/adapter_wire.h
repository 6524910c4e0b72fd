// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A virtual Ethernet adapter of a partition as its firmware uses it: registered, and given buffers of the partition's memory, by the
// same hypercalls as an operating system does it. Closed, all of it is free again for that.

#include <memory>

#include "emu/core/result.h"
#include "emu/frame/netboot/wire.h"
#include "firmware/open_firmware.h"
#include "vios/real_memory.h"
#include "vios/sea/logical_lan.h"

namespace emu::frame {

class AdapterWire final : public Wire {
 public:
  // The firmware must outlive it. Error: no such adapter.
  static Result<std::unique_ptr<AdapterWire>> open(firmware::OpenFirmware&, u32 slot);
  packet::Mac mac() const override { return lan_->mac(); }
  void send(std::span<const u8> packet) override { (void)lan_->send(packet); }
  std::optional<Bytes> receive(u64 timeout) override;

 private:
  explicit AdapterWire(firmware::OpenFirmware& firmware) : firmware_(firmware), memory_(firmware.machine().memory()) {}
  firmware::OpenFirmware& firmware_;
  vios::RealMemory memory_;
  std::unique_ptr<vios::LogicalLan> lan_;
};

}  // namespace emu::frame
