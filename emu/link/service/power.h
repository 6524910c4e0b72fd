// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Configuration and power of partitions.

#include <string>
#include <utility>
#include <vector>

#include "emu/core/fields.h"
#include "emu/core/hold.h"
#include "emu/core/host_ethernet.h"
#include "emu/core/on_demand.h"
#include "emu/core/partition_profile.h"
#include "emu/core/processor_pool.h"
#include "emu/core/system_power.h"
#include "emu/core/system_profile.h"
#include "emu/link/service/empty.h"

namespace emu::service {

struct DefineLpar {
  using Reply = Empty;
  LparDefinition definition;
  FIELDS(DefineLpar, definition)
};  // new, or replaces the definition of a stopped one
struct RemoveLpar {
  using Reply = Empty;
  u32 lpar_id = 0;
  FIELDS(RemoveLpar, lpar_id)
};
struct WriteProfile {
  using Reply = Empty;
  u32 lpar_id = 0;
  Profile profile;
  FIELDS(WriteProfile, lpar_id, profile)
};  // new or replaced
struct RemoveProfile {
  using Reply = Empty;
  u32 lpar_id = 0;
  std::string name;
  FIELDS(RemoveProfile, lpar_id, name)
};
struct ListSystemProfiles {
  using Reply = SystemProfiles;
  FIELDS(ListSystemProfiles)
};
// `replaces`: the name of the one in whose place it comes; empty: it is new.
struct WriteSystemProfile {
  using Reply = Empty;
  SystemProfile profile;
  std::string replaces;
  FIELDS(WriteSystemProfile, profile, replaces)
};
struct RemoveSystemProfile {
  using Reply = Empty;
  std::string name;
  FIELDS(RemoveSystemProfile, name)
};
// The system's pool of pages of 16 GiB, from its next start on.
// Inactive processors, or MiB of memory, until a time (nanoseconds since 1970); 0: no more.
struct ActivateOnDemand {
  using Reply = Empty;
  OnDemandKind kind = OnDemandKind::processors;
  u64 quantity = 0;
  u64 until = 0;
  FIELDS(ActivateOnDemand, kind, quantity, until)
};

// The pool with its number gets the rest.
struct ChangeProcessorPool {
  using Reply = Empty;
  ProcessorPool pool;
  FIELDS(ChangeProcessorPool, pool)
};

// What can be set of the host Ethernet adapter with its ID: the pending values of its port groups, and its ports.
struct ChangeHostEthernet {
  using Reply = Empty;
  HostEthernet adapter;
  FIELDS(ChangeHostEthernet, adapter)
};

struct RequestHugePages {
  using Reply = Empty;
  u32 pages = 0;
  FIELDS(RequestHugePages, pages)
};
// Of logical memory blocks, from the system's next power-on; 0: as a system of its memory has it.
struct RequestBlockSize {
  using Reply = Empty;
  u32 lmb_mb = 0;
  FIELDS(RequestBlockSize, lmb_mb)
};
struct ActivateLpar {
  using Reply = Empty;
  u32 lpar_id = 0;
  std::string profile;
  std::optional<BootMode> boot_mode;  // none: the current one
  FIELDS(ActivateLpar, lpar_id, profile, boot_mode)
};
enum class PowerOff : u8 { immediate = 1, restart };
constexpr std::pair<PowerOff, PowerOff> range_of(PowerOff) { return {PowerOff::immediate, PowerOff::restart}; }
struct PowerOffLpar {
  using Reply = Empty;
  u32 lpar_id = 0;
  PowerOff how = PowerOff::immediate;
  FIELDS(PowerOffLpar, lpar_id, how)
};
// Of the system itself. Operating: its Virtual I/O Servers are activated, and the partitions that start with it. Off: all partitions
// lose their power; HSCL3205 if one migrates.
struct PowerSystem {
  using Reply = Empty;
  SystemPower power = SystemPower::operating;
  FIELDS(PowerSystem, power)
};
// A console's lock on the system: from now on only what is asked under its epoch changes anything there, until it is given back, or
// broken: taken by another console with `force`. The same holder gets it again, with another epoch. Refused: HSCLF040, which names the
// holder. It outlives the frame's process. (Redbook 5.3)
struct SystemLock {
  u64 epoch = 0;
  FIELDS(SystemLock, epoch)
};
struct LockSystem {
  using Reply = SystemLock;
  std::string holder;
  bool force = false;
  FIELDS(LockSystem, holder, force)
};
// Nothing if the lock has another epoch by now; whatever it is, with `force`.
struct UnlockSystem {
  using Reply = Empty;
  u64 epoch = 0;
  bool force = false;
  FIELDS(UnlockSystem, epoch, force)
};
// Inhibits changes (power, profiles, adapters) of one partition, or of the system's list of partitions (lpar_id 0), by
// anybody but the holder. Idempotent for the same holder. `stream` 0 unlocks nothing but its own.
struct LockConfiguration {
  using Reply = Empty;
  u32 lpar_id = 0;
  std::string holder;
  bool lock = true;
  FIELDS(LockConfiguration, lpar_id, holder, lock)
};

// What a move needs of the frame's Virtual I/O Servers: until its stream is forgotten here, or it is said again with an empty list,
// commands that would take it away are refused. Refused itself if a server does not run, or is no mover any more.
struct HoldForMove {
  using Reply = Empty;
  u64 stream = 0;
  std::vector<Hold> holds;
  FIELDS(HoldForMove, stream, holds)
};

}  // namespace emu::service
