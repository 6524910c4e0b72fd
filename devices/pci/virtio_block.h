// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A disk of its own. (VIRTIO 5.2)
// SIMPLIFIED: each command is done on the partition's own thread, before the store that told of it returns.

#include <optional>
#include <string>

#include "devices/pci/medium.h"
#include "devices/pci/virtio.h"

namespace devices::pci {

class VirtioBlock final : public Virtio {
 public:
  // `serial`: what it says who it is, up to 20 characters.
  VirtioBlock(std::shared_ptr<TceTable> window, std::function<void(bool)> line, std::unique_ptr<Disk> disk, std::string serial);

  Identity identity() const override { return {0x1042, 0x010000, "scsi"}; }

 private:
  void work(u16 number) override;
  Bytes device_configuration() const override;
  // How many bytes it has written; none: the chain is no request.
  std::optional<u32> run(Virtqueue&, const Chain&);
  bool transfer(Virtqueue&, const Chain&, u64 at, bool to_disk);

  std::unique_ptr<Disk> disk_;
  std::string serial_;
};

}  // namespace devices::pci
