// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a frame has: its system, its partitions, and what they show.

#include <string>
#include <vector>

#include "emu/core/capabilities.h"
#include "emu/core/drifting_clock.h"
#include "emu/core/fields.h"
#include "emu/core/host_ethernet.h"
#include "emu/core/lpar_state.h"
#include "emu/core/on_demand.h"
#include "emu/core/partition_profile.h"
#include "emu/core/physical_slot.h"
#include "emu/core/processor_pool.h"
#include "emu/core/system_power.h"
#include "emu/link/service/empty.h"

namespace emu::service {

struct SystemInfo {
  std::string name;
  std::string type_model;  // 9117-MMA
  std::string serial_num;
  u64 installed_mem_mb = 0;
  u64 available_mem_mb = 0;  // not promised to any partition or to the hypervisor
  u64 promised_mem_mb = 0;   // by dynamic operations, and not taken yet
  u64 returning_mem_mb = 0;  // asked back by them, and not given yet
  u32 promised_proc_units = 0;
  u32 returning_proc_units = 0;
  u64 firmware_mem_mb = 0;  // the partitions' page tables
  u32 lmb_mb = 0;           // mem_region_size
  u32 processors = 0;
  u32 available_proc_units = 0;
  u32 virtual_procs = 0;  // that partitions have
  u32 huge_pages = 0;     // the pool, of 16 GiB each
  u32 available_huge_pages = 0;
  u32 requested_huge_pages = 0;  // the pool when the system starts again
  u32 max_lpars = 0;
  u32 service_lpar_id = 0;  // 0: no partition is the service partition
  std::string service_lpar_name;
  bool active_lpar_mobility_capable = false;
  bool inactive_lpar_mobility_capable = false;
  u32 num_active_migrations_supported = 0;
  u32 num_active_migrations_in_progress = 0;
  u32 num_inactive_migrations_supported = 0;
  u32 num_inactive_migrations_in_progress = 0;
  bool on_battery = false;
  std::vector<CompatMode> compat_modes;  // lpar_proc_compat_modes
  CompatMode default_mode = CompatMode::power6;
  Capabilities capabilities;   // what it is licensed for; moves need firmware besides
  u32 pending_lmb_mb = 0;      // from its next power-on
  bool automatic_lmb = false;  // which is that of its memory
  OnDemandState on_demand_processors;
  OnDemandState on_demand_memory;
  std::string engine;                          // what executes the partitions' code: a library and its version
  std::vector<std::string> engine_taken_over;  // of its inside; docs/decisions/0003-unicorn-from-the-inside.md
  std::vector<std::string> engine_left_alone;
  SystemPower power = SystemPower::operating;
  std::string lock_holder;  // the console that has locked it; empty: none
  u64 locked_at = 0;        // nanoseconds since 1970
  DriftingClock time_of_day;
  std::vector<ProcessorPool> processor_pools;  // those that are not as a new system has them
  std::vector<PhysicalSlot> slots;
  std::vector<HostEthernet> heas;
  bool maintenance = false;  // it takes nobody in
  u32 streams = 0;           // the format of the streams of moves that it writes; it reads all up to that one
  FIELDS(SystemInfo, name, type_model, serial_num, installed_mem_mb, available_mem_mb, promised_mem_mb, returning_mem_mb,
         promised_proc_units, returning_proc_units, firmware_mem_mb, lmb_mb, processors, available_proc_units, virtual_procs,
         huge_pages, available_huge_pages, requested_huge_pages, max_lpars, service_lpar_id, service_lpar_name,
         active_lpar_mobility_capable, inactive_lpar_mobility_capable, num_active_migrations_supported,
         num_active_migrations_in_progress, num_inactive_migrations_supported, num_inactive_migrations_in_progress, on_battery,
         compat_modes, default_mode, capabilities, pending_lmb_mb, automatic_lmb, on_demand_processors, on_demand_memory, engine,
         engine_taken_over, engine_left_alone, power, lock_holder, locked_at, time_of_day, processor_pools, slots, heas,
         maintenance, streams)
};

struct RefCode {
  u64 wall = 0;         // nanoseconds since 1970
  std::string refcode;  // 8 characters, or what the partition's OS shows
  std::string word2;
  FIELDS(RefCode, wall, refcode, word2)
};

struct LparInfo {
  LparDefinition definition;
  LparState state = LparState::not_activated;
  bool has_resources = false;  // memory and processors of the frame: those of definition.current
  std::vector<VirtualAdapter>
      adapters;                   // that are plugged, with their partners; of a partition that is off those it had or will have
  RefCode refcode;                // the latest
  std::string vterm_holder;       // not empty while a virtual terminal is open
  u64 migration_stream = 0;       // not 0 while the partition takes part in a migration, or needs recovery of one
  bool migration_target = false;  // it is the shell on the destination
  bool config_locked = false;
  u64 life = 0;         // when it was activated here; 0: it was not, or came by a move, in the middle of its life
  u64 used_ns = 0;      // of the host's processors, by its virtual ones, since then
  std::string trouble;  // why its latest activation failed, or why it is in state Error
  FIELDS(LparInfo, definition, state, has_resources, adapters, refcode, vterm_holder, migration_stream, migration_target,
         config_locked, life, used_ns, trouble)
};

struct DescribeSystem {
  using Reply = SystemInfo;
  FIELDS(DescribeSystem)
};
struct Lpars {
  std::vector<LparInfo> lpars;
  FIELDS(Lpars, lpars)
};
struct ListLpars {
  using Reply = Lpars;
  FIELDS(ListLpars)
};
struct RefCodes {
  std::vector<RefCode> codes;
  FIELDS(RefCodes, codes)
};  // newest first
struct ListRefCodes {
  using Reply = RefCodes;
  u32 lpar_id = 0;
  u32 count = 1;
  FIELDS(ListRefCodes, lpar_id, count)
};  // lpar_id 0: the system's own

}  // namespace emu::service
