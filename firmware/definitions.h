// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What partitions are and what their profiles say: changed here, and first in the journal. What could not be stored has not
// happened. All functions change the list that they are given, whose lock the caller holds.

#include <memory>
#include <optional>
#include <span>

#include "emu/core/departed.h"
#include "firmware/journal.h"
#include "firmware/lpars.h"
#include "firmware/witness.h"

namespace firmware {

class Definitions {
 public:
  Definitions(const emu::FrameConfig& config, Journal& journal, Witness& witness, Changes& changes)
      : config_(config), journal_(journal), witness_(witness), changes_(changes) {}

  // At the start: what the journal knows; the lab file's partitions once in the life of a lab. The shells and sources of moves that
  // have not ended take part in them still.
  emu::Status restore(Lpars&);

  emu::Status define(Lpars&, const emu::LparDefinition&);
  emu::Status remove(Lpars&, u32 lpar_id);
  emu::Status write_profile(Lpars&, u32 lpar_id, const emu::Profile&);
  emu::Status remove_profile(Lpars&, u32 lpar_id, const std::string& name);
  emu::Status write_system_profile(Lpars&, const emu::SystemProfile&, const std::string& replaces);
  emu::Status remove_system_profile(Lpars&, const std::string& name);
  // What is current gets an adapter in a slot, or loses the one that is there (null).
  emu::Status change_adapter(Lpars&, u32 lpar_id, u32 slot, const emu::VirtualAdapter*, Kept);
  // A dynamic operation: an error says why it cannot be. The adapter, with what was left out.
  emu::Result<emu::VirtualAdapter> may_add_adapter(const Lpars&, u32 lpar_id, const emu::VirtualAdapter&) const;
  // Of an Ethernet adapter that is there, VLANs beside the port VLAN, and whether it is disabled. `holds`: what moves need of it.
  emu::Status set_ethernet(Lpars&, u32 lpar_id, const emu::EthernetMembership&, std::span<const emu::Hold> holds);
  // A physical slot of a partition that runs.
  emu::Status may_add_slot(const Lpars&, u32 lpar_id, u32 drc_index) const;
  // Logical ports of host Ethernet adapters, of a partition that runs.
  emu::Status set_logical_ports(Lpars&, u32 lpar_id, const std::vector<std::string>&);
  emu::Status may_remove_slot(const Lpars&, u32 lpar_id, u32 drc_index) const;
  emu::Status change_slot(Lpars&, u32 lpar_id, u32 drc_index, bool has);
  emu::Status may_remove_adapter(const Lpars&, u32 lpar_id, u32 slot) const;

  // What a partition that runs is to have, by a dynamic operation: pending from now on. A Virtual I/O Server has it at once, and of any
  // partition shares of processors are the hypervisor's matter. What is current then.
  emu::Result<emu::Current> change_capacity(Lpars&, u32 lpar_id, const emu::Capacity& wanted);
  emu::Result<emu::Current> settle_capacity(Lpars&, u32 lpar_id, bool memory, bool processors);  // what is current is pending
  // A guest has taken one of what is pending (not_granted_code: there is none), or has given one back.
  emu::Status keep_memory_block(Lpars&, u32 lpar_id, u32 block, bool owned);
  emu::Status keep_processor(Lpars&, u32 lpar_id, u32 number, bool owned);

  // The partition that runs now has this configuration, from the profile with this name.
  emu::Status make_current(Lpar&, const emu::Configuration&, const std::string& profile, Starter);
  // A partition that comes by a move. Not in the journal yet.
  emu::Result<Lpar*> add_shell(Lpars&, u64 stream, const emu::LparDefinition&, bool active);
  // And now it is.
  emu::Status keep_shell(Lpar&);
  // It has gone to another system, or was never needed here: nothing of it is left, in the profiles of servers neither. Its Partition,
  // if there is one, is given to the caller.
  emu::Result<std::shared_ptr<Partition>> forget(Lpars&, u32 lpar_id);

  // Partitions that were here, oldest first, and whose they are now by the witness.
  emu::DepartedList departed(const Lpars&) const;

  // Where a partition runs says the witness: a journal may be of yesterday.
  emu::Status may_run(const emu::LparDefinition&) const;
  // It takes part in a move, and is another system's already.
  bool handed_over(const Lpar&) const;

 private:
  bool is_target(const Lpar&) const;
  emu::Result<const Lpar*> may_change_running(const Lpars&, u32 lpar_id) const;
  emu::Result<std::shared_ptr<Partition>> erase(Lpars&, u32 lpar_id, std::optional<emu::Departure>);
  emu::Status note_departure(const Lpars&, const emu::LparDefinition&, emu::Departure);
  emu::Status store(Lpar&, emu::LparDefinition changed);
  // In the journal, all of it or nothing: the partition (was: null if it is new; is: null if it is gone), the system profiles that it was
  // in, and others that have changed with it.
  emu::Status put(Lpars&, const emu::LparDefinition* was, const emu::LparDefinition* is,
                  std::span<const emu::LparDefinition> others = {}, std::optional<emu::Departure> = std::nullopt);
  emu::Status put_system_profiles(Lpars&, emu::SystemProfiles);

  const emu::FrameConfig& config_;
  Journal& journal_;
  Witness& witness_;
  Changes& changes_;
};

}  // namespace firmware
