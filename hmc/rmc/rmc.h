// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// RMC: how the HMC speaks with the operating system of a partition, over the partitions' network (UDP 657). One ASCII
// datagram each way; the sequence number makes repeats harmless. The key is the lab's secret, which a partition finds in its
// device tree (/chosen, "security-rmc-key"); it does not answer who has another one:
//
//   RMC2 <seq> <key> <verb> [arguments]\n   hello, oslevel, date, check|prepare <stream in hex> -w <minutes> -d <detail>,
//                                    undo|post <stream in hex>, shutdown [restart], status, drmgr <arguments>, drmgr again
//
//   RMC2 <seq> OK [text]\n
//   RMC2 <seq> ERR <number> <text>\n
//   RMC2 <seq> BUSY\n                 the work goes on: ask again with the same seq
//
// SIMPLIFIED: real RMC is a subsystem of its own with sessions, keys and resource classes; here one key serves a whole lab.

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "emu/core/address.h"
#include "emu/core/clock.h"
#include "emu/core/result.h"
#include "emu/link/datagrams.h"
#include "hmc/pause.h"

namespace hmc {

class RmcTransport {
 public:
  virtual ~RmcTransport() = default;
  // Sends one datagram to port 657 of `ip` and waits for one back. Errors: "timeout", "unreachable" (answered at once: the
  // caller waits itself before it asks again). Any thread.
  virtual emu::Result<std::string> exchange(const std::string& ip, const std::string& datagram, u64 timeout) = 0;
  // An ICMP echo to an address of the network that this segment carries. Errors as above.
  virtual emu::Status ping(const std::string& segment, const std::string& ip, u64 timeout) = 0;
};

// The HMC's place on one of the partitions' networks.
struct RmcNetwork {
  std::string segment;
  emu::Network network;
  std::shared_ptr<emu::Datagrams> place;
};
std::unique_ptr<RmcTransport> network_transport(std::vector<RmcNetwork>);

class RmcClient {
 public:
  RmcClient(RmcTransport* transport, std::string key, const emu::Clock& clock, Pause& pause);

  // Does somebody with this address answer on the segment?
  emu::Status ping(const std::string& segment, const std::string& ip, u64 timeout);

  // Asks until there is an answer, at most `wait` nanoseconds; a datagram is repeated after 250 ms. The text after OK, or an
  // error: "rmc-silent" (nobody answered), "rmc-busy" (still not done), "rmc-refused" (ERR; the text is the partition's).
  // `again`: what is asked instead once the partition has said that it is at work, if a second beginning would do harm: a partition that
  // does not know of the first one then refuses.
  emu::Result<std::string> call(const std::string& ip, const std::string& request, u64 wait, const std::string& again = "");

 private:
  RmcTransport* transport_;
  const std::string key_;
  const emu::Clock& clock_;
  Pause& pause_;
  std::atomic<u64> sequence_;
};

}  // namespace hmc
