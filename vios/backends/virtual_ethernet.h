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
  // The server's own address: of its first shared adapter's interface, if that is Available, or of a virtual adapter's.
  struct Address {
    std::string interface;
    std::string adapter;
    u32 address = 0;
    emu::Network network;
  };
  std::optional<Address> address() const;

  // What has passed the interface with that address.
  struct AddressCounts {
    u64 received = 0;
    u64 sent = 0;
  };
  AddressCounts address_counts() const;
  const std::vector<std::string>* aggregated(
      const std::string& device) const;  // the ports of a link aggregation; null: it is none

  emu::Status set_cables(bool plugged, const std::string& port);  // empty: all. Error "fault" if there is no such port
  // Of the server's own address: asks another host, and says when it last answered (monotonic; 0: never).
  void ask(const std::string& address);
  u64 heard(const std::string& address) const { return neighbours_->heard(address); }
  void forget(const std::string& address) { neighbours_->forget(address); }
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
  emu::Status start_bridge(Bridge&);                     // to Available
  emu::Status start_interface();                         // the server's own address, if it has an adapter of its own
  emu::Status check_channel(const StoredBridge&) const;  // may be what its high availability mode needs
  // What mkvdev and chdev say of a shared adapter, but for what has one value only.
  emu::Status assign(StoredBridge&, std::map<std::string, std::string>& values) const;
  bool carries(const Bridge&, const std::string& device) const;  // as its port, or as a trunk
  bool needs(const Bridge&,
             const std::string& device) const;  // or as a member of its link aggregation, or as its control channel
  std::vector<std::string> ports_of(const std::string& device) const;  // a physical port, or those of a link aggregation

  Devices& devices_;
  Responder responder_;
  std::optional<Neighbours> neighbours_;
  std::vector<Lan> lans_;
  std::vector<StoredAggregation> aggregations_;
  std::vector<Bridge> bridges_;
  u32 address_slot_ = 0;
  std::optional<Interface> interface_;
  std::vector<StoredBridge> loaded_;  // until the start
};

}  // namespace vios
