// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Dynamic operations: what a partition that runs is given, or gives back. Its profiles stay as they are.

#include "emu/core/fields.h"
#include "emu/core/partition_profile.h"
#include "emu/link/service/empty.h"

namespace emu::service {

// Where it was plugged in: the slot that it names.
struct AdapterSlot {
  u32 slot = 0;
  FIELDS(AdapterSlot, slot)
};
// Of a guest: into its slot, where it waits until the operating system takes it.
struct AddAdapter {
  using Reply = AdapterSlot;
  u32 lpar_id = 0;
  VirtualAdapter adapter;
  FIELDS(AddAdapter, lpar_id, adapter)
};
// Code "slot-taken": the operating system of the guest has not given it back.
struct RemoveAdapter {
  using Reply = Empty;
  u32 lpar_id = 0;
  u32 slot = 0;
  FIELDS(RemoveAdapter, lpar_id, slot)
};
// Of a virtual Ethernet adapter that is there: its additional VLANs, and whether packets pass it at all.
struct SetEthernet {
  using Reply = Empty;
  u32 lpar_id = 0;
  u32 slot = 0;
  std::vector<u16> addl_vlan_ids;
  bool disabled = false;
  FIELDS(SetEthernet, lpar_id, slot, addl_vlan_ids, disabled)
};

// A physical slot of the system, which nobody has: the partition's, where it waits until its operating system takes it.
struct AddSlot {
  using Reply = Empty;
  u32 lpar_id = 0;
  u32 drc_index = 0;
  FIELDS(AddSlot, lpar_id, drc_index)
};
// Code "slot-taken": the operating system of the guest has not given it back.
struct RemoveSlot {
  using Reply = Empty;
  u32 lpar_id = 0;
  u32 drc_index = 0;
  FIELDS(RemoveSlot, lpar_id, drc_index)
};

// Which logical ports of host Ethernet adapters it is to have, all of them.
struct SetLogicalPorts {
  using Reply = Empty;
  u32 lpar_id = 0;
  std::vector<std::string> ports;
  FIELDS(SetLogicalPorts, lpar_id, ports)
};

// What a partition has of memory and processors.
struct Amounts {
  u32 mem_mb = 0;
  u32 procs = 0;
  u32 proc_units = 0;
  FIELDS(Amounts, mem_mb, procs, proc_units)
};
// What a partition is to have. Memory and processors of a guest are pending then, until it takes them or gives them back itself; all
// else is so at once. The answer: what it has now.
struct ChangeCapacity {
  using Reply = Amounts;
  u32 lpar_id = 0;
  u32 mem_mb = 0;
  u32 procs = 0;
  u32 proc_units = 0;
  SharingMode sharing_mode = SharingMode::uncap;
  u32 uncap_weight = 0;
  u32 shared_proc_pool = 0;
  FIELDS(ChangeCapacity, lpar_id, mem_mb, procs, proc_units, sharing_mode, uncap_weight, shared_proc_pool)
};
// What is pending of memory, or of processors, and was not done is not to be done any more. The answer: what it has now.
struct SettleCapacity {
  using Reply = Amounts;
  u32 lpar_id = 0;
  bool memory = false;
  bool processors = false;
  FIELDS(SettleCapacity, lpar_id, memory, processors)
};

}  // namespace emu::service
