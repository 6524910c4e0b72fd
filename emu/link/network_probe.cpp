// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/link/network_probe.h"

#include "emu/core/address.h"

#include <algorithm>

namespace emu {

NetworkProbe::NetworkProbe(std::unique_ptr<Port> port, u32 address, const Clock& clock)
    : port_(std::move(port)),
      address_(address),
      mac_(packet::mac_of("probe " + address_text(address))),
      clock_(clock),
      identifier_(static_cast<u16>(port_->number() << 8 | 0x50)) {}

Result<std::unique_ptr<NetworkProbe>> NetworkProbe::create(Segment& segment, const std::string& address, const Clock& clock) {
  const auto number = parse_address(address);
  if (!number) return Error{"address", "\"" + address + "\" is not an address such as 10.0.2.250."};
  return std::unique_ptr<NetworkProbe>(new NetworkProbe(TRY(segment.plug("probe " + address)), *number, clock));
}

Result<u64> NetworkProbe::ping(const std::string& address, u64 timeout) {
  const u64 deadline = clock_.monotonic() + timeout;
  ++counters_.sent;
  ++counters_.lost;  // until the answer is here
  const packet::Route route = TRY(route_to(address, deadline));
  const u16 sequence = ++sequence_;
  const u64 sent_at = clock_.monotonic();
  port_->send(packet::make_echo(route, {false, identifier_, sequence, Bytes(56, 0x5A)}));
  while (const auto packet = receive(deadline)) {
    const auto answer = packet::parse_packet(*packet);
    if (!answer || !answer->echo || !answer->echo->reply || answer->route.from != route.to) continue;
    if (answer->echo->identifier != identifier_ || answer->echo->sequence != sequence) continue;
    const u64 now = clock_.monotonic();
    if (last_answer_) counters_.longest_gap_ns = std::max(counters_.longest_gap_ns, now - last_answer_);
    last_answer_ = now;
    --counters_.lost;
    return now - sent_at;
  }
  known_.erase(route.to);  // it may have moved to another address on the wire
  return Error{"timeout", address + " does not answer."};
}

Result<Bytes> NetworkProbe::exchange(const std::string& address, u16 port, std::span<const u8> request, u64 timeout) {
  const u64 deadline = clock_.monotonic() + timeout;
  const packet::Route route = TRY(route_to(address, deadline));
  // A port of its own for each exchange, so that a late answer to an earlier one is not taken for this one's.
  source_port_ = source_port_ == 65'535 ? u16{49'152} : static_cast<u16>(source_port_ + 1);
  port_->send(packet::make_datagram(route, {port, source_port_, Bytes(request.begin(), request.end())}));
  while (const auto packet = receive(deadline)) {
    const auto answer = packet::parse_packet(*packet);
    if (!answer || !answer->datagram || answer->route.from != route.to) continue;
    if (answer->datagram->to_port == source_port_ && answer->datagram->from_port == port) return answer->datagram->data;
  }
  known_.erase(route.to);
  return Error{"timeout", address + " does not answer."};
}

Result<packet::Route> NetworkProbe::route_to(const std::string& address, u64 deadline) {
  const auto to = parse_address(address);
  if (!to) return Error{"address", "\"" + address + "\" is not an address such as 10.0.2.15."};
  if (const auto known = known_.find(*to); known != known_.end()) return packet::Route{known->second, mac_, *to, address_};
  constexpr u64 ask_again = 250'000'000;
  while (clock_.monotonic() < deadline) {
    port_->send(packet::make_arp(packet::broadcast, {1, mac_, address_, {}, *to}));
    const u64 until = std::min(deadline, clock_.monotonic() + ask_again);
    while (const auto packet = receive(until)) {
      const auto arp = packet::parse_arp(*packet);
      if (!arp || arp->sender != *to) continue;
      known_[*to] = arp->sender_mac;
      return packet::Route{arp->sender_mac, mac_, *to, address_};
    }
  }
  return Error{"timeout", "Nobody on the network has the address " + address + "."};
}

std::optional<Bytes> NetworkProbe::receive(u64 deadline) {
  for (;;) {
    const u64 now = clock_.monotonic();
    auto packet = port_->receive(now < deadline ? deadline - now : 0);
    if (!packet) return std::nullopt;
    if (const auto arp = packet::parse_arp(*packet); arp && arp->operation == 1 && arp->target == address_) {
      port_->send(packet::make_arp(arp->sender_mac, {2, mac_, address_, arp->sender_mac, arp->sender}));
      continue;
    }
    const packet::Mac to = packet::destination(*packet);
    if (to == mac_ || to == packet::broadcast) return packet;
    if (clock_.monotonic() >= deadline) return std::nullopt;
  }
}

}  // namespace emu
