// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The physical side of a shared Ethernet adapter: one port of an Ethernet segment, or the several of a link aggregation. The first whose
// cable is in carries the packets.
// SIMPLIFIED: a real link aggregation spreads packets over all of its cables, and the switch knows that they belong together.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "emu/link/segment.h"
#include "vios/sea/traffic.h"

namespace vios {

class Uplink {
 public:
  struct Cable {
    std::string name;  // ent0
    std::unique_ptr<emu::Port> port;
    bool plugged = true;
    BothWays traffic{};
    bool more{};                              // than were taken last time
    std::unique_ptr<emu::Doorman> doorman{};  // last: its thread ends first
  };
  // `wake` is called (any thread) when packets wait.
  Uplink(std::vector<Cable> cables, const std::function<void()>& wake);

  bool up() const { return carrier() != nullptr; }
  // Nothing is changed if it has no such cable. True if another cable carries the packets now.
  bool set_cable(const std::string& name, bool plugged);
  bool send(std::span<const u8> packet);  // false: no cable is in
  // Up to a number of packets; true if there may be more.
  bool receive(int most, const std::function<void(std::span<const u8>)>& take);

  const std::vector<Cable>& cables() const { return cables_; }
  BothWays traffic() const;  // of all of them
  void reset_traffic();

 private:
  const Cable* carrier() const;
  std::vector<Cable> cables_;
};

}  // namespace vios
