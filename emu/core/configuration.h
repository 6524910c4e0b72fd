// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a partition can be given: what its profiles wish for (emu/core/partition_profile.h), and what it has
// (emu/core/current.h). Attribute names are the HMC's (`lssyscfg -r prof`, `lshwres`). Plain values; copy them freely.

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "emu/core/archive.h"
#include "emu/core/types.h"
#include "emu/core/words.h"

namespace emu {

// lpar_proc_compat_mode: what its processors are. Which of these there are depends on the system.
enum class CompatMode : u8 { of_system, power6, power7, power8, power9, power9_base, unknown };
constexpr std::array<std::string_view, 6> words_of(CompatMode) {
  return {"default", "POWER6", "POWER7", "POWER8", "POWER9", "POWER9_base"};
}

// How a partition starts: normal, diagnostics with the default or the stored list of devices, to Open Firmware, to the menu of SMS.
enum class BootMode : u8 { norm, dd, ds, of, sms, unknown };
constexpr std::array<std::string_view, 5> words_of(BootMode) { return {"norm", "dd", "ds", "of", "sms"}; }

enum class ProcMode : u8 { shared, ded, unknown };
constexpr std::array<std::string_view, 2> words_of(ProcMode) { return {"shared", "ded"}; }

// The first two are those of shared processors.
enum class SharingMode : u8 { cap, uncap, keep_idle, share_idle, share_idle_active, share_idle_always, unknown };
constexpr std::array<std::string_view, 6> words_of(SharingMode) {
  return {"cap", "uncap", "keep_idle_procs", "share_idle_procs", "share_idle_procs_active", "share_idle_procs_always"};
}
constexpr ProcMode proc_mode_of(SharingMode mode) { return mode <= SharingMode::uncap ? ProcMode::shared : ProcMode::ded; }

// Size of a partition's page table to the memory that it may grow to.
enum class HptRatio : u8 { of_32, of_64, of_128, of_256, of_512, unknown };
constexpr std::array<std::string_view, 5> words_of(HptRatio) { return {"1:32", "1:64", "1:128", "1:256", "1:512"}; }
// What the architecture recommends: an entry of 16 bytes for 2 KiB.
inline constexpr HptRatio default_hpt_ratio = HptRatio::of_128;
constexpr u32 divisor_of(HptRatio ratio) { return 32U << static_cast<u32>(ratio); }

inline constexpr u32 virtual_slot_limit = 0x1000;  // of a partition

inline constexpr u64 huge_page_mb = 16384;

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
  std::string mac_addr;   // 12 hex digits, upper case, no colons
  bool disabled = false;  // its switch passes nothing to it or from it (chhwres -o d)
  bool operator==(const VirtualAdapter&) const = default;
};

// Which packets pass a virtual Ethernet adapter: what of it changes while its partition runs.
struct EthernetMembership {
  u32 slot = 0;
  std::vector<u16> addl_vlan_ids;
  bool disabled = false;
};

// Memory and processors. desired_*: what a profile wishes for; of what is current, what the partition has.
struct Capacity {
  u32 min_mem = 0;  // MiB, multiples of the LMB
  u32 desired_mem = 0;
  u32 max_mem = 0;
  u32 min_num_huge_pages = 0;  // pages of 16 GiB, out of the system's pool and beside the memory
  u32 desired_num_huge_pages = 0;
  u32 max_num_huge_pages = 0;
  ProcMode proc_mode = ProcMode::shared;
  u32 min_procs = 1;  // virtual processors, or dedicated ones
  u32 desired_procs = 1;
  u32 max_procs = 1;
  u32 min_proc_units = 10;  // hundredths of a processor; shared only
  u32 desired_proc_units = 10;
  u32 max_proc_units = 100;
  SharingMode sharing_mode = SharingMode::uncap;
  u32 uncap_weight = 128;
  u32 shared_proc_pool = 0;  // its number; shared only (emu/core/processor_pool.h)
  HptRatio hpt_ratio = default_hpt_ratio;
  bool operator==(const Capacity&) const = default;
};
// Hundredths of a processor: what it takes of its system.
inline u32 units_of(const Capacity& has) {
  return has.proc_mode == ProcMode::shared ? has.desired_proc_units : has.desired_procs * 100;
}

// Slots, adapters, and how it starts.
struct Equipment {
  u32 max_virtual_slots = 20;
  u32 bsr_arrays = 0;                           // barrier synchronization register arrays of 8 bytes
  std::vector<std::string> io_slots;            // physical slots, DRC index/I/O pool/required: emu/core/physical_slot.h
  std::vector<std::string> lhea_logical_ports;  // of host Ethernet adapters, as a profile has them: emu/core/host_ethernet.h
  std::vector<VirtualAdapter> adapters;
  BootMode boot_mode = BootMode::norm;
  std::string work_group_id = "none";
  bool redundant_err_path_reporting = false;
  CompatMode lpar_proc_compat_mode = CompatMode::of_system;
  bool auto_start = false;  // of a profile: the partition that is activated with it starts with its system from then on
  // SIMPLIFIED: what the firmware boots. A real partition finds its boot loader on a disk; ours is loaded by the hypervisor.
  std::string boot_image;      // "nomad", or a path of an ELF file
  std::string boot_initrd;     // a path, or empty
  std::string boot_arguments;  // /chosen/bootargs
  bool operator==(const Equipment&) const = default;
};

struct Configuration : Capacity, Equipment {
  bool operator==(const Configuration&) const = default;
};

void archive(Archive&, VirtualAdapter&);
// Without a section: they are fields of whatever has them. Version 1 knew one number of huge pages, version 2 neither hpt_ratio nor
// auto_start, version 3 no pools of processors, version 4 no host Ethernet adapters.
void archive_fields(Archive&, Capacity&, u16 version);
void archive_fields(Archive&, Configuration&, u16 version);

}  // namespace emu
