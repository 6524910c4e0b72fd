// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The little of IP that firmware has: it asks for hardware addresses, pings, and exchanges datagrams with one server. One thread.

#include <functional>
#include <optional>

#include "emu/core/clock.h"
#include "emu/core/result.h"
#include "emu/frame/netboot/wire.h"

namespace emu::frame {

// 0: not known.
struct Addresses {
  u32 client = 0;
  u32 server = 0;
  u32 gateway = 0;
  u32 mask = 0;
  u16 vlan = 0;
  u8 priority = 0;
};

class FirmwareIp {
 public:
  // `goes_on`: false, and all waiting ends. The wire and the clock must outlive it.
  FirmwareIp(Wire& wire, const Clock& clock, const Addresses& addresses, std::function<bool()> goes_on);

  const Addresses& addresses() const { return addresses_; }
  void set(const Addresses& addresses);
  packet::Mac mac() const { return wire_.mac(); }
  // The way to the server: itself, or the gateway if it is in another network. The errors' codes are the reference codes that
  // firmware shows.
  Status reach_server();
  bool ping(u64 timeout);
  void send(const packet::Datagram&);       // to the server, which was reached
  void broadcast(const packet::Datagram&);  // to everybody on the wire
  // The next packet for us, at `deadline` at the latest. Whoever asks for our address is told.
  std::optional<packet::Packet> receive(u64 deadline);
  bool goes_on() const { return goes_on_(); }

 private:
  u32 next_hop() const;
  void out(Bytes packet);
  std::optional<Bytes> in(u64 deadline);

  Wire& wire_;
  const Clock& clock_;
  Addresses addresses_;
  std::function<bool()> goes_on_;
  std::optional<packet::Mac> hop_mac_;
};

}  // namespace emu::frame
