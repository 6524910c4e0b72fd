// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A test client on a segment: resolves addresses, pings, exchanges datagrams. One thread uses it.

#include <map>
#include <memory>
#include <string>

#include "emu/core/clock.h"
#include "emu/core/result.h"
#include "emu/link/packet.h"
#include "emu/link/segment.h"

namespace emu {

class NetworkProbe {
 public:
  // `address`: one that nobody else on the segment has, such as 10.0.2.250. The clock must outlive it.
  static Result<std::unique_ptr<NetworkProbe>> create(Segment&, const std::string& address, const Clock&);

  // The round trip in nanoseconds. Error "timeout" after `timeout` nanoseconds (address resolution included).
  Result<u64> ping(const std::string& address, u64 timeout);
  // A datagram there, and the first one that comes back from there. A lost one is not sent again.
  Result<Bytes> exchange(const std::string& address, u16 port, std::span<const u8> request, u64 timeout);

  struct Counters {
    u64 sent = 0;
    u64 lost = 0;
    u64 longest_gap_ns = 0;  // between two answers, over all pings
  };
  const Counters& pings() const { return counters_; }

 private:
  NetworkProbe(std::unique_ptr<Port> port, u32 address, const Clock& clock);
  Result<packet::Route> route_to(const std::string& address, u64 deadline);
  // The next packet before `deadline`; answers ARP requests for us on the way.
  std::optional<Bytes> receive(u64 deadline);

  std::unique_ptr<Port> port_;
  u32 address_;
  packet::Mac mac_;
  const Clock& clock_;
  std::map<u32, packet::Mac> known_;
  u16 identifier_;
  u16 sequence_ = 0;
  u16 source_port_ = 49'152;
  u64 last_answer_ = 0;
  Counters counters_;
};

}  // namespace emu
