// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A split virtqueue, the device's side: the driver puts chains of buffers into the available ring, the device gives them back in the
// used ring. All of it lies in the partition's memory, behind the bridge's DMA window, and is little-endian. Nothing that is read there
// is believed. (VIRTIO 2.4)

#include <optional>
#include <span>
#include <vector>

#include "devices/tce_table.h"

namespace devices::pci {

struct QueueState {
  u16 size = 0;
  bool enabled = false;
  u64 descriptors = 0;
  u64 available = 0;
  u64 used = 0;
  u16 next_available = 0;
  u16 next_used = 0;
  bool operator==(const QueueState&) const = default;
};

struct Piece {
  u64 address = 0;
  u32 bytes = 0;
};

// What the device reads, then what it writes.
struct Chain {
  u16 head = 0;
  std::vector<Piece> readable;
  std::vector<Piece> writable;
};

u64 total(const std::vector<Piece>&);

class Virtqueue {
 public:
  static constexpr u16 most = 256;          // descriptors
  static constexpr u64 longest = 16 * MiB;  // of a chain

  enum class Next { chain, nothing, broken };

  Virtqueue(QueueState& state, TceTable& window) : state_(state), window_(window) {}

  // The next chain. Broken: the ring cannot be reached, or the chain is none.
  Next next(Chain&);
  void put_back() { --state_.next_available; }  // the chain that was taken last was not used
  // Gives it back; `written`: how many bytes. False: the ring cannot be reached.
  bool done(const Chain&, u32 written);
  bool wants_interrupt() const;

  // Bytes of the pieces together, from `skip` on. False: they are too short, or not mapped.
  bool read(const std::vector<Piece>&, u64 skip, std::span<u8> to) const;
  bool write(const std::vector<Piece>&, u64 skip, std::span<const u8> from);

 private:
  std::optional<u16> number(u64 at) const;

  QueueState& state_;
  TceTable& window_;
};

}  // namespace devices::pci
