// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Which Virtual I/O Server of the destination will host which virtual adapter of the mobile partition, and which pair of
// movers carries its state: all possible choices, and the one that is suggested or was asked for. Pure functions of an
// inventory. (Redbook 2.5.6, 2.5.7)

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "hmc/inventory/inventory.h"
#include "hmc/lpm/move_phases.h"

namespace hmc {

// What the user said about a migration: options of migrlpar, and the attributes of its -i or -f data.
struct MoveRequest {
  std::string source_system;
  std::string target_system;
  std::string lpar_name;  // or
  u32 lpar_id = 0;
  std::string profile_name;                        // -n; empty: the current profile is replaced
  std::vector<std::string> virtual_scsi_mappings;  // slot/vios name/vios id
  std::vector<std::string> vlan_mappings;          // vlan/vios name/vios id
  struct Msp {                                     // empty, 0: any
    std::string name;
    u32 id = 0;
    std::string ip_address;
  };
  Msp source_msp;
  Msp dest_msp;
  struct Pool {
    std::optional<u32> id;
    std::string name;
  };
  Pool shared_proc_pool;
  // --ip, -u: the other system is one of another console's, which lets that user of its own in. Empty: both are this console's.
  std::string remote_ip;
  std::string remote_user;
  std::string our_user;                             // who asks
  u32 dest_lpar_id = 0;                             // a wish; 0: any
  u64 wait = 5 * 60 * emu::nanoseconds_per_second;  // -w, for the operating system's part (Redbook 4.4.1: 5 minutes)
  u32 detail = 0;                                   // -d, likewise
  bool copies_storage = false;                      // an inactive migration takes volumes of its servers along
  PhaseLimits phase_limits{};                       // in nanoseconds
  bool wait_for_mover = false;                      // -w was given: if no mover has room, wait so long for one
  bool force = false;
  bool of_remains = false;  // the source does not answer: what is left of it is asked (hmc/fence.h)
};

// Which pool of the destination it comes into; without a wish the default one. Nothing: there is none like that.
std::optional<emu::ProcessorPool> chosen_pool(const MoveRequest&, const System& target);

struct ScsiChoice {
  u32 client_slot = 0;
  u32 source_vios_id = 0;
  u32 source_slot = 0;      // of the server adapter; 0: no Virtual I/O Server serves it
  bool any_client = false;  // the server adapter is open to any client, or to any adapter of it
  std::vector<service::ViosTarget> targets;
  std::vector<const Lpar*> possible;
  const Lpar* chosen = nullptr;
};

struct VlanChoice {
  u32 client_slot = 0;
  u16 vlan = 0;
  std::vector<const Lpar*> servers;  // that bridge it on the source
  std::vector<const Lpar*> possible;
  const Lpar* chosen = nullptr;
};

struct MspPair {
  const Lpar* source = nullptr;
  const Lpar* target = nullptr;
  struct Route {  // addresses of the two on one network
    std::string source;
    std::string target;
  };
  std::vector<Route> routes{};  // by which they reach each other; the first one is taken
};

struct Mapping {
  std::vector<ScsiChoice> scsi;
  std::vector<VlanChoice> vlans;
  std::vector<MspPair> msps;      // all pairs that reach each other
  std::vector<MspPair> apart;     // those that do not, among the ones that were asked for
  MspPair msp;                    // the chosen one; null if there is none
  bool layout_kept = true;        // a good match: as many servers as before, adapters of one stay together
  std::vector<Error> complaints;  // about what the user asked for
};

// True if a partition can be a mover: running, MSP attribute set, VASI device present, reachable.
bool is_mover(const Lpar&);

// True if there is a pair, and both can carry one more move.
bool has_room(const MspPair&);

// A disk that both adapters lead to; null if there is none.
const service::ViosTarget* shared_disk(const ScsiChoice&, const ScsiChoice&);

// The volume of the source's server behind a target; null: it is a disk.
const service::ViosVolume* volume_of(const System& source, const ScsiChoice&, const service::ViosTarget&);
// Whether a server has room for copies of these volumes, in its pools and groups.
bool has_room_for(const service::ViosInfo&, const std::vector<const service::ViosVolume*>&);

// True if a shared Ethernet adapter of the server leads from a VLAN to a physical network.
bool bridges(const service::ViosInfo&, u16 vlan);
bool bridges(const service::ViosInfo&, u16 vlan, const std::string& vswitch);

// Two adapters that go out through different servers: what connects them in the partition keeps the network when a server ends.
bool ways_apart(const VlanChoice&, const VlanChoice&);

// Those that a Virtual I/O Server answers at.
std::vector<std::string> addresses_of(const Lpar&);

// Whether a mover of the source reaches, from an address of its own, one of the destination's. Nothing: all do.
using Reaches = std::function<bool(const Lpar& from, const MspPair::Route&)>;

Mapping map_adapters(const System& source, const System& target, const Lpar& lpar,
                     const std::vector<emu::VirtualAdapter>& adapters, const MoveRequest& request, const Reaches& = {});

// As lslparmigr -r virtualio prints them: "4/S2_VIOS2/2".
std::vector<std::string> possible_texts(const std::vector<ScsiChoice>&);
std::vector<std::string> possible_texts(const std::vector<VlanChoice>&);
std::vector<std::string> suggested_texts(const std::vector<ScsiChoice>&);
std::vector<std::string> suggested_texts(const std::vector<VlanChoice>&);

}  // namespace hmc
