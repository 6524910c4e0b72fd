// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// RMC: how the HMC speaks with the operating system of a partition, over the partitions' network (UDP 657). One ASCII
// datagram each way; the sequence number makes repeats harmless:
//
//   RMC1 <seq> <verb> [arguments]\n   hello, oslevel, date, check|prepare|undo|post <stream in hex>, shutdown [restart], status
//
//   RMC1 <seq> OK [text]\n
//   RMC1 <seq> ERR <number> <text>\n
//   RMC1 <seq> BUSY\n                 the work goes on: ask again with the same seq
//
// SIMPLIFIED: real RMC is a subsystem of its own with sessions, keys and resource classes.

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "emu/core/clock.h"
#include "emu/core/result.h"
#include "hmc/pause.h"

namespace hmc {

class RmcTransport {
 public:
  virtual ~RmcTransport() = default;
  // Sends one datagram to port 657 of `ip` and waits for one back. Errors: "timeout", "unreachable" (answered at once: the
  // caller waits itself before it asks again). Any thread.
  virtual emu::Result<std::string> exchange(const std::string& ip, const std::string& datagram, u64 timeout) = 0;
};

// Through UDP sockets of this host: `port_of` says which loopback port leads to port 657 of an address (0: none).
std::unique_ptr<RmcTransport> udp_transport(std::function<u16(const std::string& ip)> port_of);

class RmcClient {
 public:
  RmcClient(RmcTransport* transport, const emu::Clock& clock, Pause& pause);

  // Asks until there is an answer, at most `wait` nanoseconds; a datagram is repeated after 250 ms. The text after OK, or an
  // error: "rmc-silent" (nobody answered), "rmc-busy" (still not done), "rmc-refused" (ERR; the text is the partition's).
  emu::Result<std::string> call(const std::string& ip, const std::string& request, u64 wait);

 private:
  RmcTransport* transport_;
  const emu::Clock& clock_;
  Pause& pause_;
  std::atomic<u64> sequence_;
};

}  // namespace hmc
