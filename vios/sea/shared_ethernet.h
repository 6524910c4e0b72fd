// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A shared Ethernet adapter: bridges trunk adapters on the hypervisor's switch to a port of an Ethernet segment. Tags pass
// unchanged; who is where is learned by the segment and by the hypervisor's switch. The VIOS's own address hangs on it.
// SIMPLIFIED: no control channel and no failover between two shared adapters; a lab bridges a segment and a VLAN once per frame.

#include <atomic>
#include <memory>
#include <vector>

#include "emu/core/clock.h"
#include "emu/link/segment.h"
#include "vios/error_log_sink.h"
#include "vios/net/neighbours.h"
#include "vios/net/responder.h"
#include "vios/sea/logical_lan.h"

namespace vios {

// What a shared adapter has done with the packets of one of its sides, as entstat counts it. Consumed: for the server's own address.
struct SideCounts {
  u64 received = 0;
  u64 bridged = 0;
  u64 consumed = 0;
  u64 transmitted = 0;
  u64 dropped = 0;
  u64 filtered = 0;  // no adapter carries their VLAN
};
struct SeaCounts {
  SideCounts real, virtual_side;
  u64 generated = 0;  // by the server's own address
  u64 failures = 0;   // of an adapter that should have sent
  BothWays port;
};

class SharedEthernet {
 public:
  // `wake` is called (any thread) when packets wait at the segment's port. `responder` may be null.
  SharedEthernet(std::string name, std::unique_ptr<emu::Port> port, std::vector<std::unique_ptr<LogicalLan>> trunks,
                 const Responder* responder, ErrorLogSink& errors, std::function<void()> wake);

  const std::string& name() const { return name_; }
  std::vector<u16> vlans() const;
  const std::vector<std::unique_ptr<LogicalLan>>& trunks() const { return trunks_; }
  bool link_up() const { return link_up_; }
  bool has_address() const { return responder_ != nullptr; }
  const SeaCounts& counts() const { return counts_; }
  void reset_counts();  // its adapters' as well

  // Of the server's own address: who else answers on the segment is noted there.
  void listen(Neighbours& neighbours, const emu::Clock& clock) { ears_ = {&neighbours, &clock}; }
  void ask(const std::string& address);  // a host, who it is

  void set_cable(bool plugged);
  void follow(const emu::VirtualAdapter&);  // one of its trunks, perhaps, has other VLANs
  bool poll();                              // true if there may be more

 private:
  void from_segment(std::span<const u8> packet);
  bool to_segment(std::span<const u8> packet);
  bool is_own(std::span<const u8> packet) const;

  std::string name_;
  std::unique_ptr<emu::Port> port_;
  std::vector<std::unique_ptr<LogicalLan>> trunks_;
  const Responder* responder_;
  struct Ears {
    Neighbours* neighbours = nullptr;
    const emu::Clock* clock = nullptr;
  } ears_;
  ErrorLogSink& errors_;
  bool link_up_ = true;
  SeaCounts counts_;
  emu::Doorman doorman_;  // last: its thread ends first
};

}  // namespace vios
