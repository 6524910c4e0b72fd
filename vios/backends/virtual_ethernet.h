// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Virtual Ethernet adapters, the shared Ethernet adapters that bridge them to physical ports or to link aggregations of these, and the
// server's own address. What a shared one does with packets is in vios/sea.

#include <memory>

#include "emu/core/address.h"
#include "vios/backends/backend.h"
#include "vios/net/interface.h"
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
  std::span<const MapOption> map_options() const override;
  emu::Result<std::string> map(const MapRequest&) override;
  void load(const Configuration&) override;
  void start() override;
  void scan(const Plugged&) override;
  void store(Configuration&) const override;
  void publish() override {}  // nobody else looks
  emu::Status configure(std::span<const std::string> names, const std::string& device) override;
  void back_to(const Configuration&) override {}  // whether it is Available is not kept
  emu::Status change(const std::string& device, std::map<std::string, std::string>& values, Configuration&) const override;
  void changed(const std::string& device, const Configuration&, bool only_stored) override;
  void remove_from(Configuration&, std::span<const Device>, Absence to) const override;
  bool remove(const Device&, Absence to) override;
  bool poll() override;
  u64 wait() const override;
  bool must_retry() const override { return false; }
  void retry() override {}

  // A shared adapter that is Available.
  struct View {
    std::string name;
    std::string port;
    std::vector<std::string> trunks;
    std::string channel;  // empty: none
    const SharedEthernet* sea = nullptr;
    u64 since = 0;  // on the clock that does not jump: its packets are counted from then on
  };
  // Those that it is, or that it carries packets for.
  std::optional<View> bridge_of(const std::string& device) const;
  std::string mac_of(const std::string& device) const;  // 12 hex digits; empty: it is no Ethernet adapter
  void reset_counts(const std::string& bridge);

  // ---- the server's own addresses (vios/backends/virtual_ethernet_addresses.cpp) ----
  struct Address {  // of an interface that is Available
    std::string interface;
    std::string adapter;
    u32 address = 0;
    emu::Network network;
    std::string gateway;  // empty: none
    // What has passed it.
    u64 received = 0;
    u64 sent = 0;
  };
  std::vector<Address> addresses() const;
  const StoredTcpip& tcpip() const { return tcpip_; }
  std::string host_name() const;
  // What a command says of TCP/IP; what is not there stays as it is, and what is empty goes.
  struct TcpipChange {
    std::string interface;  // that the next three are about
    std::optional<std::string> address, netmask, gateway;
    std::optional<std::string> hostname, name_server, domain;
  };
  emu::Status change_tcpip(const TcpipChange&);
  emu::Status remove_interface(const std::string& interface);
  emu::Status address_is_known(const std::string& address);  // the partition's definition has it
  const std::vector<std::string>* aggregated(
      const std::string& device) const;  // the ports of a link aggregation; null: it is none

  emu::Status set_cables(bool plugged, const std::string& port);  // empty: all. Error "fault" if there is no such port
  // From one of the server's own addresses (empty: any): asks another host, and says when it last answered (monotonic; 0: never).
  void ask(const std::string& own, const std::string& address);
  u64 heard(const std::string& own, const std::string& address) const;
  void forget(const std::string& address);
  // An interface is on the other one's network, and its cable is in.
  bool leads_to(const std::string& own, const std::string& address) const;
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
    std::string channel;
    StoredBridge stored;
    std::unique_ptr<SharedEthernet> sea;  // null: Defined
    u64 since = 0;                        // its packets are counted
  };

  const Lan* lan(const std::string& name) const;
  const Lan* lan_in_slot(u32 slot) const;
  // ---- vios/backends/virtual_ethernet_bridges.cpp ----
  struct Request {
    std::string port;
    std::vector<std::string> trunks;
    std::map<std::string, std::string> attributes;
  };
  emu::Result<std::string> make_bridge(const Request&);
  emu::Result<std::string> make_aggregation(const MapRequest&);
  emu::Status start_bridge(Bridge&);  // to Available
  // ---- vios/backends/virtual_ethernet_addresses.cpp ----
  void take_over_address();                              // of the partition's definition, or of the lab file
  void follow_interfaces();                              // those whose adapters are there are Available, others are not
  std::string adapter_of(const StoredInterface&) const;  // empty: it is not there
  std::optional<Interface::Place> place_of(const StoredInterface&) const;
  const Interface* interface(const std::string& adapter) const;
  bool up(const Interface&) const;
  SharedEthernet* carrier_of(const Interface&) const;  // null: it has an adapter of its own
  emu::Status store_tcpip(StoredTcpip);
  std::vector<Device> interfaces_listed() const;
  std::vector<Attribute> interface_attributes(const std::string& interface) const;
  emu::Status check_channel(const StoredBridge&) const;  // may be what its high availability mode needs
  // What mkvdev and chdev say of a shared adapter, but for what has one value only.
  emu::Status assign(StoredBridge&, std::map<std::string, std::string>& values) const;
  bool carries(const Bridge&, const std::string& device) const;  // as its port, or as a trunk
  bool needs(const Bridge&,
             const std::string& device) const;  // or as a member of its link aggregation, or as its control channel
  std::vector<std::string> ports_of(const std::string& device) const;  // a physical port, or those of a link aggregation

  Devices& devices_;
  std::vector<Lan> lans_;
  std::vector<StoredAggregation> aggregations_;
  std::vector<Bridge> bridges_;
  u32 address_slot_ = 0;
  StoredTcpip tcpip_;
  std::vector<std::unique_ptr<Interface>> interfaces_;  // Available
  std::vector<StoredBridge> loaded_;                    // until the start
};

}  // namespace vios
