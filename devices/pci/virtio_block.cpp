// SPDX-License-Identifier: GPL-2.0-or-later
#include "devices/pci/virtio_block.h"

#include <algorithm>
#include <array>

#include "devices/pci/little_endian.h"

namespace devices::pci {

namespace {

constexpr u64 feature_segments = u64{1} << 2;
constexpr u64 feature_block_size = u64{1} << 6;
constexpr u64 feature_flush = u64{1} << 9;

enum Type : u32 { type_in = 0, type_out = 1, type_flush = 4, type_identity = 8 };
enum Answer : u8 { good = 0, failed = 1, unsupported = 2 };

constexpr u64 header_bytes = 16;
constexpr u64 sector = 512;
constexpr u64 identity_bytes = 20;
constexpr u64 piece = 64 * KiB;

}  // namespace

VirtioBlock::VirtioBlock(std::shared_ptr<TceTable> window, std::function<void(bool)> line, std::unique_ptr<Disk> disk,
                         std::string serial)
    : Virtio(std::move(window), std::move(line), feature_segments | feature_block_size | feature_flush, 1),
      disk_(std::move(disk)),
      serial_(std::move(serial)) {}

// Capacity in sectors, then fields of features that are not offered, segments of a request, block size.
Bytes VirtioBlock::device_configuration() const {
  Bytes all(24);
  store_le<u64>(all.data(), disk_->bytes() / sector);
  store_le<u32>(&all[12], Virtqueue::most - 2);
  store_le<u32>(&all[20], sector);
  return all;
}

void VirtioBlock::work(u16 number) {
  Virtqueue ring = queue(number);
  bool some = false;
  Chain chain;
  for (;;) {
    const auto next = ring.next(chain);
    if (next == Virtqueue::Next::nothing) break;
    const auto written = next == Virtqueue::Next::chain ? run(ring, chain) : std::nullopt;
    if (!written || !ring.done(chain, *written)) return broken();
    some = true;
  }
  if (some) used(number);
}

std::optional<u32> VirtioBlock::run(Virtqueue& ring, const Chain& chain) {
  std::array<u8, header_bytes> header{};
  const u64 room = total(chain.writable);
  if (room == 0 || !ring.read(chain.readable, 0, header)) return std::nullopt;
  const u32 type = load_le<u32>(header.data());
  const u64 first = load_le<u64>(header.data() + 8);
  const bool inside = first <= disk_->bytes() / sector;
  u64 data = 0;  // that it has written for the driver, before the answer
  Answer answer = unsupported;
  switch (type) {
    case type_in:
      answer = inside && (room - 1) % sector == 0 && transfer(ring, chain, first * sector, false) ? good : failed;
      data = room - 1;
      break;
    case type_out:
      answer = inside && (total(chain.readable) - header_bytes) % sector == 0 && transfer(ring, chain, first * sector, true)
                   ? good
                   : failed;
      // A driver that does not know of flushes is told of what is safe only.
      if (answer == good && !accepted(feature_flush) && !disk_->flush()) answer = failed;
      break;
    case type_flush:
      answer = disk_->flush() ? good : failed;
      break;
    case type_identity: {
      std::array<u8, identity_bytes> text{};
      std::copy_n(serial_.begin(), std::min(serial_.size(), text.size()), text.begin());
      const u64 length = std::min<u64>(room - 1, text.size());
      answer = ring.write(chain.writable, 0, std::span(text).first(length)) ? good : failed;
      data = length;
      break;
    }
    default:
      break;
  }
  const u8 told = answer;
  if (!ring.write(chain.writable, room - 1, {&told, 1})) return std::nullopt;
  return static_cast<u32>((answer == good ? data : 0) + 1);
}

bool VirtioBlock::transfer(Virtqueue& ring, const Chain& chain, u64 at, bool to_disk) {
  const u64 bytes = to_disk ? total(chain.readable) - header_bytes : total(chain.writable) - 1;
  if (at > disk_->bytes() || bytes > disk_->bytes() - at) return false;
  Bytes buffer(std::min(bytes, piece));
  for (u64 so_far = 0; so_far < bytes; so_far += buffer.size()) {
    buffer.resize(std::min(bytes - so_far, piece));
    if (to_disk ? !ring.read(chain.readable, header_bytes + so_far, buffer) || !disk_->write(at + so_far, buffer)
                : !disk_->read(at + so_far, buffer) || !ring.write(chain.writable, so_far, buffer))
      return false;
  }
  return true;
}

}  // namespace devices::pci
