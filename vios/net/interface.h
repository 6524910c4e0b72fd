// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// An IP interface of the server (en5): an address of its own on a shared Ethernet adapter, or on a virtual Ethernet adapter apart from the
// shared ones; then it is reached as long as any server of the frame bridges its VLAN. (Redbook 5.1) The server's thread.

#include <memory>
#include <string>

#include "emu/core/address.h"
#include "emu/core/clock.h"
#include "vios/net/neighbours.h"
#include "vios/net/responder.h"
#include "vios/sea/logical_lan.h"

namespace vios {

class Interface {
 public:
  struct Place {
    std::string adapter;  // ent5
    u32 address = 0;
    emu::Network network;
    bool operator==(const Place& other) const {
      return adapter == other.adapter && address == other.address && network.mask == other.network.mask;
    }
  };
  Interface(Place, const emu::packet::Mac&, std::function<std::string()> ioslevel, std::string rmc_key, const emu::Clock&);

  const Place& place() const { return place_; }
  std::string name() const;
  const std::string& address() const { return address_; }
  const Responder& responder() const { return responder_; }
  Neighbours& neighbours() { return neighbours_; }
  const Neighbours& neighbours() const { return neighbours_; }
  bool leads_to(const std::string& address) const;  // without a router

  // Null: it hangs on a shared adapter, which asks and answers for it.
  const LogicalLan* lan() const { return lan_.get(); }
  void begin(std::unique_ptr<LogicalLan> lan);
  void configured(const emu::VirtualAdapter& config) { lan_->configured(config); }
  void ask(const std::string& address);
  bool poll();  // true if there may be more

 private:
  Place place_;
  std::string address_;
  Responder responder_;
  Neighbours neighbours_;
  const emu::Clock& clock_;
  std::unique_ptr<LogicalLan> lan_;
};

// en5 and et5 belong to ent5.
std::string interface_of(const std::string& adapter, std::string_view letters = "en");

}  // namespace vios
