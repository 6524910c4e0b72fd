// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a partition is defined as: words that the lab file, the HMC, the hypervisor and the VIOS share. Attribute names are
// the HMC's (`lssyscfg -r prof`, `lshwres`). Plain values; copy them freely.

#include <string>
#include <vector>

#include "emu/core/archive.h"
#include "emu/core/types.h"

namespace emu {

enum class AdapterKind : u8 { serial = 1, scsi_client, scsi_server, ethernet, vasi };

// A virtual adapter in a slot of a partition. Which fields count depends on the kind.
struct VirtualAdapter {
  AdapterKind kind = AdapterKind::serial;
  u32 slot = 0;  // 0 and 1 are the two default serial adapters
  bool required = false;
  // scsi_client: the VIOS that serves it. scsi_server: the client it serves.
  u32 remote_lpar_id = 0;
  std::string remote_lpar_name;
  u32 remote_slot = 0;
  // ethernet
  u16 port_vlan_id = 1;
  std::vector<u16> addl_vlan_ids;  // IEEE 802.1Q tagged, if not empty
  bool is_trunk = false;           // a VIOS's, under a shared Ethernet adapter
  u32 trunk_priority = 0;
  std::string vswitch = "ETHERNET0";
  std::string mac_addr;  // 12 hex digits, upper case, no colons
  bool operator==(const VirtualAdapter&) const = default;
};

struct Profile {
  std::string name;
  u32 min_mem = 0;  // MiB, multiples of the LMB
  u32 desired_mem = 0;
  u32 max_mem = 0;
  u32 desired_num_huge_pages = 0;    // 16 GiB pages
  std::string proc_mode = "shared";  // or "ded"
  u32 min_procs = 1;                 // virtual processors, or dedicated ones
  u32 desired_procs = 1;
  u32 max_procs = 1;
  u32 min_proc_units = 10;  // hundredths of a processor; shared only
  u32 desired_proc_units = 10;
  u32 max_proc_units = 100;
  std::string sharing_mode = "uncap";
  u32 uncap_weight = 128;
  u32 max_virtual_slots = 20;
  u32 bsr_arrays = 0;                 // barrier synchronization register arrays of 8 bytes
  std::vector<std::string> io_slots;  // physical slots; none here, but a lab may claim one to see a validation fail
  std::vector<VirtualAdapter> adapters;
  std::string boot_mode = "norm";
  std::string work_group_id = "none";
  bool redundant_err_path_reporting = false;
  std::string lpar_proc_compat_mode = "default";  // or POWER6, POWER7, POWER8
  // SIMPLIFIED: what the firmware boots. A real partition finds its boot loader on a disk; ours is loaded by the hypervisor.
  std::string boot_image;      // "nomad", or a path of an ELF file
  std::string boot_initrd;     // a path, or empty
  std::string boot_arguments;  // /chosen/bootargs
  bool operator==(const Profile&) const = default;
};

enum class LparEnv : u8 { aixlinux = 1, vioserver };

// A partition as its frame knows it, whether it runs or not. Kept in the frame's journal.
struct LparDefinition {
  u32 lpar_id = 0;
  std::string name;
  LparEnv env = LparEnv::aixlinux;
  std::string uuid;  // upper case; stays the same across a move
  std::string default_profile;
  std::string curr_profile;  // last activated; empty if never
  std::vector<Profile> profiles;
  bool msp = false;  // VIOS: mover service partition
  bool time_ref = false;
  std::string ip_address;  // how RMC reaches it
  bool operator==(const LparDefinition&) const = default;

  const Profile* profile(std::string_view profile_name) const {
    for (const Profile& p : profiles)
      if (p.name == profile_name) return &p;
    return nullptr;
  }
};

void archive(Archive&, VirtualAdapter&);
void archive(Archive&, Profile&);
void archive(Archive&, LparDefinition&);

}  // namespace emu
