// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A shared Ethernet adapter: bridges trunk adapters on the hypervisor's switch to a port of an Ethernet segment. Tags pass
// unchanged; who is where is learned by the segment and by the hypervisor's switch. The VIOS's own address may hang on it.
// With a control channel it is one of two, of which one bridges (vios/sea/failover.h); the other passes nothing, and an address on it is
// out of reach. (Redbook 5.1)

#include <memory>
#include <optional>
#include <vector>

#include "emu/core/clock.h"
#include "vios/error_log_sink.h"
#include "vios/net/neighbours.h"
#include "vios/net/responder.h"
#include "vios/sea/failover.h"
#include "vios/sea/logical_lan.h"
#include "vios/sea/uplink.h"

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
};

// What makes it one of two.
struct HighAvailability {
  std::unique_ptr<LogicalLan> channel;
  Failover failover;
};

class SharedEthernet {
 public:
  SharedEthernet(std::string name, Uplink uplink, std::vector<std::unique_ptr<LogicalLan>> trunks, ErrorLogSink& errors,
                 const emu::Clock& clock);
  ~SharedEthernet();  // another one that stands by hears of it

  const std::string& name() const { return name_; }
  std::vector<u16> vlans() const;
  const std::vector<std::unique_ptr<LogicalLan>>& trunks() const { return trunks_; }
  const Uplink& uplink() const { return uplink_; }
  bool link_up() const { return uplink_.up(); }
  void begin(HaMode, std::unique_ptr<LogicalLan> channel);  // from now on it is one of two
  void set_mode(HaMode mode) { availability_->failover.set_mode(mode); }
  const HighAvailability* availability() const { return availability_ ? &*availability_ : nullptr; }
  bool bridges() const { return !availability_ || availability_->failover.state() == SeaState::primary; }
  bool has_address() const { return responder_ != nullptr; }
  const SeaCounts& counts() const { return counts_; }
  void reset_counts();  // its adapters' as well

  // An address of the server's own hangs on it from now on, until detach(). Who else answers on the segment is noted there.
  void attach(const Responder&, Neighbours&);
  void detach();
  void ask(const std::string& address);  // a host, who it is

  void set_cable(const std::string& port, bool plugged);
  void follow(const emu::VirtualAdapter&);  // one of its trunks, perhaps, has other VLANs
  bool poll();                              // true if there may be more
  u64 wait() const;                         // until the next poll, though nothing comes

 private:
  void from_segment(std::span<const u8> packet);
  bool to_segment(std::span<const u8> packet);
  bool is_own(std::span<const u8> packet) const;
  void negotiate();  // with the other one
  void become(SeaState before);
  void announce();  // its own address

  std::string name_;
  Uplink uplink_;
  std::vector<std::unique_ptr<LogicalLan>> trunks_;
  const Responder* responder_ = nullptr;
  Neighbours* neighbours_ = nullptr;
  const emu::Clock& clock_;
  ErrorLogSink& errors_;
  std::optional<HighAvailability> availability_;
  SeaCounts counts_;
};

}  // namespace vios
