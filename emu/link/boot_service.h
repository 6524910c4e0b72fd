// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a boot server answers to a packet, without a network of its own: ARP and ping at its address, BOOTP to the clients of its table,
// and TFTP for the files of its folder. It hands out, and takes nothing. What comes may be anything: numbers, sizes, and the time that one
// transfer may take are limited.

#include <list>
#include <string>
#include <vector>

#include "emu/core/address.h"
#include "emu/core/lab.h"
#include "emu/link/boot_folder.h"
#include "emu/link/packet.h"
#include "emu/link/tftp.h"

namespace emu {

class BootService {
 public:
  static constexpr size_t most_transfers = 16;
  static constexpr u32 most_repeats = 5;
  static constexpr u64 repeat_after = 1'000'000'000;
  static constexpr u64 longest_transfer = 600'000'000'000;

  BootService(const SegmentConfig::BootServer&, const Network&);
  const packet::Mac& mac() const { return mac_; }
  // What is to be sent, at this time of a clock that only grows.
  std::vector<Bytes> take(std::span<const u8> packet, u64 now);
  std::vector<Bytes> later(u64 now);  // what a client has not acknowledged in time, again
  u64 next(u64 now) const;            // nanoseconds until later() has something to do
  size_t transfers() const { return transfers_.size(); }

 private:
  struct Transfer {
    packet::Route route;  // to the client
    u16 client_port = 0;
    u16 port = 0;
    BootFile file;
    u64 block_size = tftp::block_bytes;
    u64 timeout = repeat_after;
    u64 offset = 0;  // of the block that was sent last
    u16 block = 0;   // its number; 0: the options
    bool last = false;
    Bytes sent{};  // that message
    u64 sent_at = 0;
    u64 began = 0;
    u32 repeats = 0;
  };
  std::optional<Bytes> bootp(const packet::Packet&) const;
  std::optional<Bytes> begin(const packet::Packet&, u64 now);
  std::optional<Bytes> go_on(const packet::Packet&, u64 now);
  std::optional<Bytes> send(Transfer&, Bytes message, u64 now);
  std::optional<Bytes> send_block(Transfer&, u64 now);

  const SegmentConfig::BootServer config_;
  const Network network_;
  const u32 address_;
  const packet::Mac mac_;
  const BootFolder folder_;
  std::list<Transfer> transfers_;
  u16 last_port_ = 0;
};

}  // namespace emu
