// SPDX-License-Identifier: GPL-2.0-or-later
#include "devices/pci/virtio_network.h"

#include <algorithm>

#include "devices/pci/little_endian.h"

namespace devices::pci {

namespace {

constexpr u64 feature_mac = u64{1} << 5;
constexpr u64 feature_status = u64{1} << 16;
constexpr u16 link_up = 1;

constexpr u16 receive_queue = 0;
constexpr u16 transmit_queue = 1;

// In front of each packet: flags, segmentation, checksum, all without meaning here; last, how many buffers it takes.
constexpr u64 header_bytes = 12;
constexpr u64 buffers_at = 10;

constexpr u64 shortest_packet = 14;
constexpr u64 longest_packet = 64 * KiB;

}  // namespace

VirtioNetwork::VirtioNetwork(std::shared_ptr<TceTable> window, std::function<void(bool)> line, std::unique_ptr<Cable> cable,
                             MacAddress mac)
    : Virtio(std::move(window), std::move(line), feature_mac | feature_status, 2), mac_(mac), cable_(std::move(cable)) {
  cable_->connect([this](std::span<const u8> packet) { receive(packet); });
}

VirtioNetwork::~VirtioNetwork() { cable_.reset(); }

Bytes VirtioNetwork::device_configuration() const {
  Bytes all(mac_.begin(), mac_.end());
  all.resize(8);
  store_le<u16>(&all[6], link_up);
  return all;
}

void VirtioNetwork::work(u16 number) {
  if (number == transmit_queue) transmit();
}

void VirtioNetwork::transmit() {
  Virtqueue ring = queue(transmit_queue);
  bool some = false;
  Chain chain;
  for (;;) {
    const auto next = ring.next(chain);
    if (next == Virtqueue::Next::nothing) break;
    if (next == Virtqueue::Next::broken || !chain.writable.empty()) return broken();
    const u64 bytes = total(chain.readable);
    if (bytes >= header_bytes + shortest_packet && bytes <= header_bytes + longest_packet) {
      Bytes packet(bytes - header_bytes);
      if (!ring.read(chain.readable, header_bytes, packet)) return broken();
      cable_->send(packet);
    }
    if (!ring.done(chain, 0)) return broken();
    some = true;
  }
  if (some) used(transmit_queue);
}

void VirtioNetwork::receive(std::span<const u8> packet) {
  const std::lock_guard lock(mutex());
  // As a station does that is not asked to listen to all: its own packets, and those to several.
  const bool ours = packet.size() >= shortest_packet && ((packet[0] & 1) || std::equal(mac_.begin(), mac_.end(), packet.begin()));
  if (!ours) return;
  if (!running(receive_queue)) {
    ++dropped_;
    return;
  }
  Virtqueue ring = queue(receive_queue);
  Chain chain;
  const auto next = ring.next(chain);
  if (next == Virtqueue::Next::broken) return broken();
  if (next == Virtqueue::Next::nothing) {
    ++dropped_;
    return;
  }
  if (total(chain.writable) < header_bytes + packet.size()) {
    ring.put_back();
    ++dropped_;
    return;
  }
  Bytes all(header_bytes);
  store_le<u16>(&all[buffers_at], 1);
  all.insert(all.end(), packet.begin(), packet.end());
  if (!ring.write(chain.writable, 0, all) || !ring.done(chain, static_cast<u32>(all.size()))) return broken();
  used(receive_queue);
}

}  // namespace devices::pci
