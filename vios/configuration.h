// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a VIOS remembers of its devices over a restart, as the ODM does on its own disk. The lab file is read into it once:
// what an operator or a move has changed since stays changed.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "emu/core/archive.h"
#include "emu/core/result.h"
#include "emu/core/types.h"

namespace vios {

struct StoredTarget {
  std::string vtd;
  u64 lun = 0;
  std::string backing;    // hdisk's UDID, or a logical volume's name
  bool available = true;  // false: Defined
  // Whose disk it is: this adapter of this partition. Ids and slots of adapters may be somebody else's later. Empty: not known yet.
  std::string client_uuid;
  u32 client_slot = 0;
};

struct StoredHost {  // a virtual SCSI server adapter
  u32 slot = 0;
  bool added = false;  // of version 0.1: for a partition that moved here, and not in the profile
  u32 client_id = 0;
  std::string client_name;
  u32 client_slot = 0;
  std::vector<StoredTarget> targets;
};

enum class VolumeKind : u8 { logical = 1, file_pool, file };  // a logical volume; one that holds files; a file in such a one
constexpr std::pair<VolumeKind, VolumeKind> range_of(VolumeKind) { return {VolumeKind::logical, VolumeKind::file}; }
struct StoredVolume {
  std::string name;  // of a file with its path
  u64 size_mb = 0;
  u32 number = 0;                // from 1, the end of its identifier
  std::string group = "rootvg";  // that it is in; of a file: its pool
  VolumeKind kind = VolumeKind::logical;
};

struct StoredGroupDisk {
  std::string name;    // an hdisk
  u64 partitions = 0;  // that it had when it joined; what counts while it is not there
};
struct StoredGroup {  // a volume group that mkvg or mksp has made
  std::string name;
  std::vector<StoredGroupDisk> disks;
  u64 partition_mb = 0;  // of one partition; 0: its largest disk decides
};

struct StoredBridge {  // a shared Ethernet adapter
  std::string name;
  std::string port;
  std::vector<u32> trunk_slots;  // the first carries untagged packets
  std::string ha_mode = "disabled";
  u32 control_slot = 0;  // of its control channel; 0: none
};

struct StoredAggregation {  // a link aggregation
  std::string name;
  std::vector<std::string> ports;
};

struct StoredInterface {  // an IP interface, en of an Ethernet adapter
  std::string adapter;    // the shared Ethernet adapter that it hangs on; empty: the slot's, or the first shared one if that is 0
  u32 slot = 0;           // of its virtual Ethernet adapter
  std::string address;
  std::string netmask;  // empty: that of the lab's segment
  std::string gateway;  // of the default route through it; empty: none
};

struct StoredTcpip {
  std::vector<StoredInterface> interfaces;  // RMC knows the server by the first one's address
  std::string hostname;                     // empty: the partition's name
  std::string name_server;
  std::string domain;
  std::string known_address;  // as the partition's definition said it last
};

struct Configuration {
  std::map<std::string, std::string> reserve_policies;  // by UDID
  std::vector<StoredHost> hosts;
  std::vector<StoredVolume> volumes;
  std::vector<std::string> imported;  // mappings and bridges of the lab file that were taken over: "slot:lun", "sea:slot:segment"
  std::map<std::string, std::string> attributes;  // that chdev has set: "device.attribute"
  std::vector<StoredBridge> bridges;
  u64 license_accepted = 0;     // nanoseconds since 1970, or never
  std::string level;            // that updateios has installed; empty: the lab file's
  std::string committed_level;  // to which a rejection goes back; empty: nothing is to be committed
  std::vector<StoredAggregation> aggregations;
  u32 address_slot = 0;  // whose virtual Ethernet adapter gets the definition's address; 0: the first shared one
  StoredTcpip tcpip;
  // Of what comes and goes: disks of the SAN, by UDID; what is in a physical slot, by the slot's DRC index.
  std::map<std::string, std::string> names;
  std::vector<StoredGroup> groups;
};

// The file that it lies in: a checksum stands before it. What version 0.2 wrote has none, and is read as well.
Bytes to_file(const Configuration&);
emu::Result<Configuration> from_file(std::span<const u8>);

void archive(emu::Archive&, StoredTarget&);
void archive(emu::Archive&, StoredHost&);
void archive(emu::Archive&, StoredVolume&);
void archive(emu::Archive&, StoredGroupDisk&);
void archive(emu::Archive&, StoredGroup&);
void archive(emu::Archive&, StoredBridge&);
void archive(emu::Archive&, StoredAggregation&);
void archive(emu::Archive&, StoredInterface&);
void archive(emu::Archive&, StoredTcpip&);
void archive(emu::Archive&, Configuration&);

}  // namespace vios
