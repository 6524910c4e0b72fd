// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A virtio device, the driver's side: what all kinds have in common. Its structures lie in memory space; its queues in our memory, behind
// the bridge's window. All of it is little-endian. (VIRTIO 2, 3.1, 4.1)
#include "drivers/dma.h"
#include "drivers/pci.h"
#include "lib/types.h"

namespace nomad {

// A queue whose chains have fixed places: the chain that begins at descriptor n comes back as n.
class Virtqueue {
 public:
  static constexpr u16 size = 64;
  struct Piece {
    u64 address;  // in the window
    u32 bytes;
    bool device_writes;
  };

  bool create(DmaWindow& window);
  void destroy();
  u64 descriptors() const { return io_; }
  u64 available() const { return io_ + available_at; }
  u64 used() const { return io_ + used_at; }

  void put(u16 first, const Piece* pieces, u32 count);  // the device sees it once it is notified
  bool take(u16& first, u32& written);                  // one that the device has given back

 private:
  static constexpr u32 available_at = 1024, used_at = 2048;

  volatile u8* memory_ = nullptr;  // a page
  u64 io_ = 0;
  u16 next_available_ = 0, next_used_ = 0;
};

class Virtio {
 public:
  static constexpr u16 queue_limit = 2;
  static constexpr u64 version_1 = 1ul << 32, access_platform = 1ul << 33;

  // It knows its driver, and has taken the features: those, and the two above that it needs.
  bool open(const tree::Node* node, u64 features);
  bool add_queue(u16 number, Virtqueue& queue);
  void start();
  void close();  // reset: it touches nothing of ours any more

  void notify(u16 queue);
  u8 take_interrupt();
  u64 configuration(u32 at, u32 bytes);
  u32 interrupt() const { return function_.interrupt(); }
  DmaWindow& window() { return window_; }

 private:
  struct Structure {
    u32 offset;
    u32 bytes;
  };
  bool find_structures();
  u64 get(const Structure& structure, u32 at, u32 bytes) const;
  void set(const Structure& structure, u32 at, u32 bytes, u64 value);

  pci::Function function_;
  DmaWindow window_;
  volatile u8* space_ = nullptr;
  u64 space_bytes_ = 0;
  Structure common_{}, notification_{}, interrupt_{}, own_{};
  u32 notify_multiplier_ = 0;
  u32 notify_at_[queue_limit] = {};  // of each queue
};

}  // namespace nomad
