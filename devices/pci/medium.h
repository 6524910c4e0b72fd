// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What is behind a physical adapter: a disk, or the other end of a cable.

#include <functional>
#include <memory>
#include <span>

#include "emu/core/types.h"

namespace devices::pci {

// The partition's own thread alone uses it.
class Disk {
 public:
  virtual ~Disk() = default;
  virtual u64 bytes() const = 0;
  // False: it lies outside, or the host's file failed.
  virtual bool read(u64 at, std::span<u8> to) = 0;
  virtual bool write(u64 at, std::span<const u8> from) = 0;
  virtual bool flush() = 0;
};

class Cable {
 public:
  virtual ~Cable() = default;                         // nobody is inside `received` any more when it returns
  virtual void send(std::span<const u8> packet) = 0;  // never waits; a packet may be lost
  // Calls from now on, on a thread of its own, for each packet.
  virtual void connect(std::function<void(std::span<const u8>)> received) = 0;
};

// One of them, or none.
struct Medium {
  std::unique_ptr<Disk> disk;
  std::unique_ptr<Cable> cable;
};

}  // namespace devices::pci
