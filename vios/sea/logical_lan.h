// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A virtual Ethernet adapter of ours (l-lan): packets to and from the hypervisor's switch (LoPAR 17.3).

#include <optional>

#include "vios/real_memory.h"
#include "vios/sea/traffic.h"

namespace vios {

class LogicalLan {
 public:
  static emu::Result<std::unique_ptr<LogicalLan>> create(firmware::NativePartition&, RealMemory&, const firmware::NativeAdapter&);
  ~LogicalLan();

  const firmware::NativeAdapter& adapter() const { return adapter_; }
  // The hypervisor has changed its VLANs, or has disabled or enabled it.
  void configured(const emu::VirtualAdapter& config) { adapter_.config = config; }
  // False: dropped.
  bool send(std::span<const u8> packet);
  // The next packet that came, if any. The bytes are valid until the next call.
  std::optional<std::span<const u8>> receive();
  const emu::packet::Mac& mac() const { return mac_; }
  // Of a trunk: whether packets leave and enter its VLANs here. Of several, the hypervisor has one active.
  bool active() const;
  void set_active(bool);
  const BothWays& traffic() const { return traffic_; }
  void reset_traffic() { traffic_ = {}; }

 private:
  struct Layout;
  LogicalLan(firmware::NativePartition& partition, DmaWindow window, const firmware::NativeAdapter& adapter);
  bool post(u64 buffer);
  bool transmit(std::span<const u8> packet);

  firmware::NativePartition& partition_;
  DmaWindow window_;
  firmware::NativeAdapter adapter_;
  emu::packet::Mac mac_{};
  u64 small_ = 0, large_ = 0;  // how many buffers of each size
  u64 position_ = 0;           // in the receive queue
  bool toggle_ = true;
  std::optional<u64> lent_;  // the buffer whose packet the caller has
  bool registered_ = false;
  BothWays traffic_;
};

}  // namespace vios
