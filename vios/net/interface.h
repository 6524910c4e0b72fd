// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The server's own address on a virtual Ethernet adapter of its own, apart from the shared ones: it is reached as long as any server of the
// frame bridges its VLAN. (Redbook 5.1) The server's thread.

#include <memory>
#include <string>

#include "emu/core/clock.h"
#include "vios/net/neighbours.h"
#include "vios/net/responder.h"
#include "vios/sea/logical_lan.h"

namespace vios {

class Interface {
 public:
  Interface(std::unique_ptr<LogicalLan> lan, const Responder&, Neighbours&, const emu::Clock&);
  const LogicalLan& lan() const { return *lan_; }
  void configured(const emu::VirtualAdapter& config) { lan_->configured(config); }
  bool up() const { return !lan_->adapter().config.disabled; }
  void ask(const std::string& address);
  bool poll();  // true if there may be more

 private:
  std::unique_ptr<LogicalLan> lan_;
  const Responder& responder_;
  Neighbours& neighbours_;
  const emu::Clock& clock_;
};

}  // namespace vios
