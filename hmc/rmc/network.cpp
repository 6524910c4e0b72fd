// SPDX-License-Identifier: GPL-2.0-or-later
// RMC's datagrams from the HMC's places on the partitions' networks.
#include <algorithm>
#include <functional>

#include "emu/core/address.h"
#include "hmc/rmc/rmc.h"

namespace hmc {

using emu::Error;
using emu::Result;

namespace {

constexpr u16 rmc_port = 657;
constexpr u16 first_own_port = 0xC000;

class NetworkTransport final : public RmcTransport {
 public:
  explicit NetworkTransport(std::vector<RmcNetwork> networks) : networks_(std::move(networks)) {}

  Result<std::string> exchange(const std::string& ip, const std::string& datagram, u64 timeout) override {
    const auto address = emu::parse_address(ip);
    const auto leads_there = [&](const RmcNetwork& n) { return address && (*address & n.network.mask) == n.network.base; };
    const auto found = std::ranges::find_if(networks_, leads_there);
    if (found == networks_.end()) return Error{"unreachable", "No network leads to " + ip + "."};
    // A datagram that is repeated must come from the same port: the partition knows a repetition by number, address and port.
    const std::string_view numbered = std::string_view(datagram).substr(0, datagram.find(' ', datagram.find(' ') + 1));
    const u16 port = static_cast<u16>(first_own_port | (std::hash<std::string_view>()(numbered) & 0x3FFF));
    const auto* bytes = reinterpret_cast<const u8*>(datagram.data());
    const Bytes answer = TRY(found->place->exchange(*address, rmc_port, port, {bytes, datagram.size()}, timeout));
    return std::string(answer.begin(), answer.end());
  }

  emu::Status ping(const std::string& segment, const std::string& ip, u64 timeout) override {
    const auto address = emu::parse_address(ip);
    const auto found = std::ranges::find(networks_, segment, &RmcNetwork::segment);
    if (!address || found == networks_.end() || (*address & found->network.mask) != found->network.base)
      return Error{"unreachable", "No network leads to " + ip + "."};
    return found->place->ping(*address, timeout);
  }

 private:
  const std::vector<RmcNetwork> networks_;
};

}  // namespace

std::unique_ptr<RmcTransport> network_transport(std::vector<RmcNetwork> networks) {
  return std::make_unique<NetworkTransport>(std::move(networks));
}

}  // namespace hmc
