// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Virtual Ethernet adapters, and the shared Ethernet adapters that bridge them to physical ports. What a shared one does with packets is in
// vios/sea.

#include <memory>

#include "emu/core/address.h"
#include "vios/backends/backend.h"
#include "vios/sea/shared_ethernet.h"

namespace vios {

class Devices;

class VirtualEthernet final : public Backend {
 public:
  explicit VirtualEthernet(Devices&);

  std::vector<Device> list() const override;
  std::vector<Attribute> attributes(const std::string& device) const override;
  std::string physloc(const std::string& device) const override;
  bool in_use(const Device&) const override;
  bool held(const std::string& device, const emu::Hold&) const override;
  void describe(emu::service::ViosInfo&) const override;
  const MapShape* shape() const override;
  std::vector<Mapping> mappings() const override;
  const MapOption* map_option() const override;
  emu::Result<std::string> map(const MapRequest&) override;
  void load(const Configuration&) override;
  void start() override;
  void scan(const Plugged&) override;
  void store(Configuration&) const override;
  void publish() override {}  // nobody else looks
  emu::Status configure(std::span<const std::string> names, const std::string& device) override;
  void back_to(const Configuration&) override {}  // whether it is Available is not kept
  void remove_from(Configuration&, std::span<const Device>, Absence to) const override;
  bool remove(const Device&, Absence to) override;
  bool poll() override;
  bool must_retry() const override { return false; }
  void retry() override {}

  // A shared adapter that is Available.
  struct View {
    std::string name;
    std::string port;
    std::vector<std::string> trunks;
    const SharedEthernet* sea = nullptr;
    u64 since = 0;  // on the clock that does not jump: its packets are counted from then on
  };
  // Those that it is, or that it carries packets for.
  std::optional<View> bridge_of(const std::string& device) const;
  std::string mac_of(const std::string& device) const;  // 12 hex digits; empty: it is no Ethernet adapter
  void reset_counts(const std::string& bridge);
  // The server's own address: of its first shared adapter's interface, if that is Available.
  struct Address {
    std::string interface;
    std::string bridge;
    u32 address = 0;
    emu::Network network;
  };
  std::optional<Address> address() const;

  void set_cables(bool plugged);
  // Of the server's own address: asks another host, and says when it last answered (monotonic; 0: never).
  void ask(const std::string& address);
  u64 heard(const std::string& address) const { return neighbours_.heard(address); }
  void forget(const std::string& address) { neighbours_.forget(address); }
  bool has_network() const;  // it has an address, and its cable is in
  // VLANs of adapters have changed, or whether they are disabled.
  void follow(const Plugged&);

 private:
  struct Lan {
    std::string name;  // ent1
    firmware::NativeAdapter adapter;
  };
  struct Bridge {
    std::string name;  // ent4
    std::string port;  // ent0
    std::vector<std::string> trunks;
    StoredBridge stored;
    std::unique_ptr<SharedEthernet> sea;  // null: Defined
    u64 since = 0;                        // its packets are counted
  };

  const Lan* lan(const std::string& name) const;
  const Lan* lan_in_slot(u32 slot) const;
  emu::Result<std::string> make_bridge(const std::string& port, const std::vector<std::string>& trunks);
  emu::Status start_bridge(Bridge&);                             // to Available
  bool carries(const Bridge&, const std::string& device) const;  // as its port, or as a trunk

  Devices& devices_;
  Responder responder_;
  Neighbours neighbours_;
  std::vector<Lan> lans_;
  std::vector<Bridge> bridges_;
  std::vector<StoredBridge> loaded_;  // until the start
};

}  // namespace vios
