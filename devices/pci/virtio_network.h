// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A network adapter with one port. (VIRTIO 5.1)

#include <atomic>

#include "devices/ethernet.h"
#include "devices/pci/medium.h"
#include "devices/pci/virtio.h"

namespace devices::pci {

class VirtioNetwork final : public Virtio {
 public:
  VirtioNetwork(std::shared_ptr<TceTable> window, std::function<void(bool)> line, std::unique_ptr<Cable> cable, MacAddress mac);
  ~VirtioNetwork() override;

  Identity identity() const override { return {0x1041, 0x020000, "ethernet"}; }
  u64 dropped() const { return dropped_; }  // packets that came, and for which the driver had no buffer

 private:
  void work(u16 number) override;
  Bytes device_configuration() const override;
  void transmit();
  void receive(std::span<const u8> packet);  // the cable's thread

  MacAddress mac_;
  std::atomic<u64> dropped_{0};
  std::unique_ptr<Cable> cable_;  // the first to go: its thread uses the rest
};

}  // namespace devices::pci
