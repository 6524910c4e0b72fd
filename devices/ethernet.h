// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A virtual Ethernet adapter ("logical LAN"): receive buffers that the guest has posted, and a queue that says which were
// filled. The guest's driver does nothing about a migration, so all of it is hypervisor state that moves.
// (docs/papr.md, Virtual Ethernet)

#include <array>
#include <deque>
#include <mutex>
#include <vector>

#include "devices/device.h"

namespace devices {

using MacAddress = std::array<u8, 6>;

struct BufferPool {
  u32 bytes = 0;                // of each buffer
  std::deque<u64> descriptors;  // posted, oldest first
  bool operator==(const BufferPool&) const = default;
};

struct EthernetState {
  bool registered = false;
  bool signal = false;
  u64 buffer_list = 0;  // I/O address of a page; its last 8 bytes count dropped packets
  u64 filter_list = 0;
  u64 queue = 0;  // I/O address of the receive queue
  u64 queue_bytes = 0;
  u64 next = 0;        // in bytes
  bool toggle = true;  // 1 on the first round, flips at each wrap
  MacAddress mac{};
  std::vector<BufferPool> pools;
  bool multicast_on = false;
  bool filter_on = false;
  std::vector<MacAddress> filters;
  u64 dropped = 0;
  bool operator==(const EthernetState&) const = default;
};

class Ethernet final : public VioDevice {
 public:
  static constexpr u64 packet_limit = 65536 + 18;
  static constexpr size_t pool_limit = 254;
  static constexpr size_t filter_limit = 255;
  static constexpr size_t buffer_limit = 65536;

  Ethernet(Slot slot, MacAddress mac, bool trunk);

  Node describe() const override;

  // ---- the guest's side; descriptors and addresses were checked by the hypercalls ----
  bool open(u64 buffer_list, u64 queue_descriptor, u64 filter_list, MacAddress mac);  // false: already open
  bool close();
  enum class Added { done, closed, full };
  Added add_buffer(u64 descriptor);
  u64 remove_buffer(u32 bytes);  // 0 if there is none of that size
  bool change_mac(MacAddress mac);
  // H_MULTICAST_CTRL: answers "enables in bits 46-47, count in the low 16".
  bool set_multicast(bool receive, bool on, bool filter, bool filter_on);
  enum class Filter { none, add, remove, clear };
  bool change_filter(Filter, MacAddress);
  u64 multicast_state() const;

  // ---- the switch's side ----
  MacAddress mac() const;
  bool registered() const;
  bool wants(std::span<const u8> packet) const;  // by its destination address
  bool receive(std::span<const u8> packet);      // false: dropped, for want of a buffer

  void set_interrupts(bool on) override;
  void archive(emu::Archive&) override;

  EthernetState state() const;

 private:
  void drop();  // with the lock

  MacAddress burned_in_;
  bool trunk_;
  mutable std::mutex mutex_;
  EthernetState state_;
};

void archive(emu::Archive&, BufferPool&);
void archive(emu::Archive&, EthernetState&);

}  // namespace devices
