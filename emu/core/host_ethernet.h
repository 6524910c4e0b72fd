// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A host Ethernet adapter (HEA) of a system: physical ports in port groups, and logical ports of each group that partitions have. What
// a partition has of one adapter is its logical host Ethernet adapter (LHEA). (Redbook, appendix A)

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "emu/core/fields.h"
#include "emu/core/types.h"

namespace emu {

inline constexpr u32 logical_ports_of_group = 16;  // divided by its Multi-Core Scaling value (Redbook, table A-1)
inline constexpr size_t most_port_vlans = 20;
constexpr bool is_scaling(u32 mcs) { return mcs == 1 || mcs == 2 || mcs == 4 || mcs == 8 || mcs == 16; }

struct HeaPort {
  u32 group = 1;
  u32 id = 0;  // in its group
  std::string location;
  std::string segment;              // where its cable leads
  u32 promisc_lpar_id = 0;          // who gets all packets, and has the port alone; 0: nobody
  std::string conn_speed = "auto";  // in Mbps
  std::string duplex = "auto";
  u32 max_recv_packet_size = 1500;
  FIELDS(HeaPort, group, id, location, segment, promisc_lpar_id, conn_speed, duplex, max_recv_packet_size)
};
struct HeaGroup {
  u32 id = 1;
  u32 mcs = 4;       // Multi-Core Scaling
  u32 pend_mcs = 4;  // from the system's next power-on
  FIELDS(HeaGroup, id, mcs, pend_mcs)

  u32 logical_ports() const { return mcs ? logical_ports_of_group / mcs : 0; }
};
struct HostEthernet {
  u32 adapter_id = 0;
  std::string location;
  u32 speed = 1000;  // of its ports, Mbps
  std::vector<HeaPort> ports;
  std::vector<HeaGroup> groups;
  FIELDS(HostEthernet, adapter_id, location, speed, ports, groups)

  const HeaGroup* group(u32 id) const;
  const HeaPort* port(u32 group, u32 id) const;
};

inline std::string hea_text(u32 adapter_id) { return fmt::format("{:08X}", adapter_id); }
std::optional<u32> hea_from(std::string_view text);

// Two ports of 1 Gbps are one group, two of 10 Gbps are one each, and four of 1 Gbps are two groups. Empty: there is no such adapter.
std::vector<u32> port_groups(size_t ports, u32 speed);

// What an operator has set, over what the adapter is. A power-on of the system (`begins`) makes current what is pending.
void take_settings(HostEthernet& adapter, std::span<const HostEthernet> kept, bool begins);
// "conn_speed ..." if the ports or groups of the adapter cannot be so; empty: they can.
std::string broken_hea_rule(const HostEthernet&);

// 23000000/1/0/1/none of a profile: adapter, port group, physical port, logical port, VLANs that it takes part in (all, none, or some).
struct LogicalPort {
  u32 adapter_id = 0;
  u32 group = 0;
  u32 phys_port = 0;
  u32 logical_port = 0;
  bool all_vlans = false;
  std::vector<u16> vlans;
  bool operator==(const LogicalPort&) const = default;

  bool same_port(const LogicalPort& other) const {
    return adapter_id == other.adapter_id && group == other.group && logical_port == other.logical_port;
  }
  bool same_cable(const LogicalPort& other) const {
    return adapter_id == other.adapter_id && group == other.group && phys_port == other.phys_port;
  }
};
std::optional<LogicalPort> logical_port_from(std::string_view text);
std::string vlans_text(const LogicalPort&);
std::string text_of(const LogicalPort&);
bool vlans_from(std::string_view text, LogicalPort& to);  // all, none, 1,2

}  // namespace emu
