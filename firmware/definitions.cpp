// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/definitions.h"

#include <algorithm>

#include <fmt/format.h>

#include "emu/core/adapter_kinds.h"
#include "emu/core/identity.h"
#include "emu/core/profile_rules.h"
#include "emu/core/virtual_slots.h"
#include "firmware/dlpar/connectors.h"
#include "firmware/host_ethernet.h"
#include "firmware/partition.h"
#include "firmware/physical_slots.h"
#include "firmware/rules.h"
#include "firmware/system_profiles.h"

namespace firmware {

namespace {

constexpr size_t departed_kept = 256;

// Locally administered, and the same each time: from the partition's uuid and the slot.
std::string new_mac(const emu::LparDefinition& definition, u32 slot) {
  const u64 hash = std::hash<std::string>{}(definition.uuid);
  return fmt::format("{:02X}{:08X}{:02X}", 0x02 | (static_cast<u8>(hash >> 40) & 0xFC), static_cast<u32>(hash), slot & 0xFF);
}

// What a definition may leave out, and a partition needs to stay the same wherever it goes.
emu::LparDefinition normalized(emu::LparDefinition definition) {
  if (definition.uuid.empty()) definition.uuid = emu::random_uuid();
  if (definition.default_profile.empty() && !definition.profiles.empty())
    definition.default_profile = definition.profiles.front().name;
  for (emu::Profile& profile : definition.profiles)
    for (emu::VirtualAdapter& adapter : profile.adapters)
      if (adapter.kind == emu::AdapterKind::ethernet && adapter.mac_addr.empty())
        adapter.mac_addr = new_mac(definition, adapter.slot);
  return definition;
}

// What the partition that exists already may become.
emu::Status may_become(const Lpar& existing, const emu::LparDefinition& definition) {
  const emu::LparDefinition& now = existing.definition;
  // Names and roles, profiles too, may change at any time; what it is may not, while it runs.
  if (existing.partition && (definition.env != now.env || definition.uuid != now.uuid)) return must_be_off(now.name);
  // SIMPLIFIED: a Virtual I/O Server's disk, error log and reservations are filed under its name, and would be lost.
  if (now.env == emu::LparEnv::vioserver && definition.name != now.name)
    return emu::Error{"HSCL05DF", fmt::format("The Virtual I/O Server {} cannot be renamed.", now.name)};
  return emu::success();
}

// The adapters of a partition name their partners by ID, and beside it have the name that a console lists. It becomes the name that the
// partner has now. Where it is another one than the former, the ID is of another system, from which a move has brought the profile.
// An adapter without a name was written before anybody had the ID, and a former name that is empty says that nobody had it. False if
// nothing had to be changed.
bool follow_name(emu::LparDefinition& lpar, const emu::LparDefinition& named, const std::string& former) {
  bool followed = false;
  const auto follow = [&](std::vector<emu::VirtualAdapter>& adapters) {
    for (emu::VirtualAdapter& adapter : adapters) {
      if (emu::row_of(adapter.kind).end == emu::End::none || adapter.remote_lpar_id != named.lpar_id) continue;
      const std::string& known = adapter.remote_lpar_name;
      if (!known.empty() && !former.empty() && known != former) continue;
      followed = followed || adapter.remote_lpar_name != named.name;
      adapter.remote_lpar_name = named.name;
    }
  };
  for (emu::Profile& profile : lpar.profiles) follow(profile.adapters);
  if (lpar.current) follow(lpar.current->adapters);
  return followed;
}

bool mentions(const emu::LparDefinition& lpar, u32 lpar_id) {
  const auto in = [&](const std::vector<emu::VirtualAdapter>& adapters) {
    return std::ranges::count(adapters, lpar_id, &emu::VirtualAdapter::remote_lpar_id) > 0;
  };
  return std::ranges::any_of(lpar.profiles, [&](const emu::Profile& profile) { return in(profile.adapters); }) ||
         (lpar.current && in(lpar.current->adapters));
}

// Of its profiles, those adapters that it did not have before.
emu::Status new_trunks_differ(const Lpars& lpars, const emu::LparDefinition* before, const emu::LparDefinition& definition) {
  std::vector<emu::VirtualAdapter> had;
  if (before)
    for (const emu::Profile& profile : before->profiles) had.insert(had.end(), profile.adapters.begin(), profile.adapters.end());
  for (const emu::Profile& profile : definition.profiles)
    TRY(trunks_differ(profile.adapters, had, definition, lpars, Among::defined));
  return emu::success();
}

// A client has left for another system: no next activation may bring an adapter for it. False if no profile had one. What is current is
// not touched: the server itself has given that up. (Redbook 2.4.4)
bool forget_client(emu::LparDefinition& server, u32 client_id) {
  size_t erased = 0;
  for (emu::Profile& profile : server.profiles)
    erased += std::erase_if(profile.adapters, [client_id](const emu::VirtualAdapter& adapter) {
      return emu::row_of(adapter.kind).end == emu::End::server && adapter.remote_lpar_id == client_id;
    });
  return erased > 0;
}

}  // namespace

emu::Status Definitions::restore(Lpars& lpars) {
  for (emu::LparDefinition& definition : journal_.lpars()) lpars.add(std::move(definition));
  if (const Bytes kept = journal_.blob(system_profiles_key); !kept.empty())
    lpars.set_system_profiles(TRY(emu::from_bytes<emu::SystemProfiles>(kept)));
  if (!journal_.initialized()) {
    // A journal that begins anew brings nobody back who has been removed.
    const auto released = witness_.released();
    for (const emu::LparDefinition& definition : config_.partitions)
      if (std::ranges::count(released, definition.uuid, &Ownership::uuid) == 0) TRY(define(lpars, definition));
    TRY(journal_.set_initialized());
  }
  // A partition that took part in a move when this process died is not activated before the move's fate is known: it may be
  // somebody else's by now.
  for (StreamRecord record : journal_.streams()) {
    if (Lpar* lpar = lpars.find(record.lpar_id)) {
      lpar->stream = record.stream;
      lpar->target = record.step == StreamStep::shell;
      continue;
    }
    // Died between the record and the definition of a shell, or between forgetting a partition and saying so. The id may become
    // somebody else's: nothing that is done to the stream may reach them.
    record.step = StreamStep::finished;
    TRY(journal_.put_stream(record));
  }
  return emu::success();
}

emu::Status Definitions::define(Lpars& lpars, const emu::LparDefinition& wanted) {
  if (wanted.lpar_id == 0 || wanted.lpar_id > emu::lpar_limit || wanted.name.empty())
    return emu::Error{"configuration", fmt::format("A partition needs a name and an ID from 1 to {}.", emu::lpar_limit)};
  for (const auto& [id, lpar] : lpars.all())
    if (id != wanted.lpar_id && lpar.definition.name == wanted.name)
      return emu::Error{"HSCLF016", fmt::format("The name {} is already used by partition {}.", wanted.name, id)};
  Lpar* existing = lpars.find(wanted.lpar_id);
  TRY(existing ? lpars.may_change(*existing) : lpars.list_may_change());
  emu::LparDefinition definition = normalized(wanted);
  definition.current = existing ? existing->definition.current : std::nullopt;
  // The group is left and joined at any time. (Redbook 3.6.5)
  if (definition.current && wanted.current) definition.current->work_group_id = wanted.current->work_group_id;
  // How it starts the next time that it restarts.
  if (definition.current && wanted.current) definition.current->boot_mode = wanted.current->boot_mode;
  // A profile that was activated last and has another name now still was.
  if (definition.current && wanted.current && definition.profile(wanted.current->profile))
    definition.current->profile = wanted.current->profile;
  if (existing) TRY(may_become(*existing, definition));
  if (const auto known = witness_.of(definition.uuid); known && known->owner != config_.mtms())
    return emu::Error{"witness", fmt::format("Partition {} ({}) belongs to {}.", definition.name, definition.uuid, known->owner)};
  TRY(obeys_rules(definition, existing ? &existing->definition : nullptr, config_));
  TRY(new_trunks_differ(lpars, existing ? &existing->definition : nullptr, definition));
  // First the journal: a partition that nobody owns yet is claimed at the next start, one that is missing is an error.
  std::vector<emu::LparDefinition> others;
  for (const auto& [id, lpar] : lpars.all()) {
    // What a move brings is not in the journal before it is here.
    if (id == definition.lpar_id || lpar.target || !mentions(lpar.definition, definition.lpar_id)) continue;
    emu::LparDefinition other = lpar.definition;
    if (follow_name(other, definition, existing ? existing->definition.name : "")) others.push_back(std::move(other));
  }
  const std::string uuid = definition.uuid;
  TRY(put(lpars, existing ? &existing->definition : nullptr, &definition, others));
  for (emu::LparDefinition& other : others) lpars.find(other.lpar_id)->definition = other;
  if (!existing) {
    lpars.add(std::move(definition));
    return witness_.claim(uuid, config_.mtms());
  }
  const std::string former = existing->definition.uuid;
  existing->definition = std::move(definition);
  TRY(witness_.claim(uuid, config_.mtms()));
  return former == uuid ? emu::success() : witness_.release(former, config_.mtms());
}

emu::Status Definitions::remove(Lpars& lpars, u32 lpar_id) {
  const Lpar* lpar = lpars.find(lpar_id);
  if (!lpar) return no_such_lpar(lpar_id);
  // It may be on its way up, and hold memory already: whoever brings it up comes back for it.
  if (lpar->partition || lpar->holds_resources) return must_be_off(lpar->definition.name);
  TRY(lpars.may_change(*lpar));
  TRY(lpars.list_may_change());
  TRY(witness_.release(lpar->definition.uuid, config_.mtms()));
  TRY(erase(lpars, lpar_id, emu::Departure::removed));
  return emu::success();
}

emu::Status Definitions::write_profile(Lpars& lpars, u32 lpar_id, const emu::Profile& profile) {
  Lpar* lpar = lpars.find(lpar_id);
  if (!lpar) return no_such_lpar(lpar_id);
  // A destination gets its migration profile before the move is finished.
  if (!is_target(*lpar)) TRY(lpars.may_change(*lpar));
  emu::LparDefinition changed = lpar->definition;
  const auto found = std::ranges::find(changed.profiles, profile.name, &emu::Profile::name);
  if (found == changed.profiles.end())
    changed.profiles.push_back(profile);
  else
    *found = profile;
  if (changed.default_profile.empty()) changed.default_profile = profile.name;
  changed = normalized(std::move(changed));
  TRY(obeys_rules(changed, &lpar->definition, config_));
  TRY(new_trunks_differ(lpars, &lpar->definition, changed));
  return store(*lpar, std::move(changed));
}

emu::Status Definitions::remove_profile(Lpars& lpars, u32 lpar_id, const std::string& name) {
  Lpar* lpar = lpars.find(lpar_id);
  if (!lpar) return no_such_lpar(lpar_id);
  TRY(lpars.may_change(*lpar));
  emu::LparDefinition changed = lpar->definition;
  if (std::erase_if(changed.profiles, [&](const emu::Profile& p) { return p.name == name; }) == 0)
    return emu::Error{"HSCLF010", fmt::format("Partition {} has no profile {}.", changed.name, name)};
  TRY(put(lpars, &lpar->definition, &changed));
  lpar->definition = std::move(changed);
  return emu::success();
}

emu::Status Definitions::write_system_profile(Lpars& lpars, const emu::SystemProfile& profile, const std::string& replaces) {
  return put_system_profiles(lpars, TRY(with(lpars, profile, replaces)));
}

emu::Status Definitions::remove_system_profile(Lpars& lpars, const std::string& name) {
  emu::SystemProfiles left = lpars.system_profiles();
  if (std::erase_if(left.profiles, [&](const emu::SystemProfile& each) { return each.name == name; }) == 0)
    return no_such_system_profile(name);
  return put_system_profiles(lpars, std::move(left));
}

emu::Status Definitions::change_adapter(Lpars& lpars, u32 lpar_id, u32 slot, const emu::VirtualAdapter* adapter, Kept kept) {
  Lpar* lpar = lpars.find(lpar_id);
  if (!lpar) return no_such_lpar(lpar_id);
  const auto change = [&](std::vector<emu::VirtualAdapter>& adapters) {
    std::erase_if(adapters, [slot](const emu::VirtualAdapter& each) { return each.slot == slot; });
    if (adapter) adapters.push_back(*adapter);
    std::ranges::sort(adapters, {}, &emu::VirtualAdapter::slot);
  };
  emu::LparDefinition changed = lpar->definition;
  const auto profile = std::ranges::find(changed.profiles, changed.curr_profile(), &emu::Profile::name);
  if (kept == Kept::in_profile && profile != changed.profiles.end()) {
    change(profile->adapters);
    // Somebody may have given it fewer slots since it was activated: an adapter that is there is worth more.
    if (adapter) profile->max_virtual_slots = std::max(profile->max_virtual_slots, slot + 1);
  }
  if (changed.current) change(changed.current->adapters);
  return store(*lpar, std::move(changed));
}

emu::Result<emu::VirtualAdapter> Definitions::may_add_adapter(const Lpars& lpars, u32 lpar_id,
                                                              const emu::VirtualAdapter& wanted) const {
  const Lpar& lpar = *TRY(may_change_running(lpars, lpar_id));
  emu::VirtualAdapter adapter = wanted;
  if (adapter.kind == emu::AdapterKind::ethernet && adapter.mac_addr.empty())
    adapter.mac_addr = new_mac(lpar.definition, adapter.slot);
  emu::LparDefinition changed = lpar.definition;
  changed.current->adapters.push_back(adapter);
  TRY(obeys_rules(changed, &lpar.definition, config_));
  TRY(obey_rules(changed.current->adapters, lpar.definition.current->adapters, changed));
  TRY(trunks_differ(changed.current->adapters, lpar.definition.current->adapters, changed, lpars, Among::running));
  return adapter;
}

// Whether packets of the VLAN pass the adapter.
static bool passes(const emu::VirtualAdapter& adapter, u16 vlan) {
  return !adapter.disabled && (adapter.port_vlan_id == vlan || std::ranges::count(adapter.addl_vlan_ids, vlan) > 0);
}

emu::Status Definitions::set_ethernet(Lpars& lpars, u32 lpar_id, const emu::EthernetMembership& wanted,
                                      std::span<const emu::Hold> holds) {
  TRY(may_change_running(lpars, lpar_id));
  Lpar& lpar = *lpars.find(lpar_id);
  emu::LparDefinition changed = lpar.definition;
  auto& adapters = changed.current->adapters;
  const auto found = std::ranges::find(adapters, wanted.slot, &emu::VirtualAdapter::slot);
  if (found == adapters.end() || found->kind != emu::AdapterKind::ethernet)
    return emu::Error{"slots", fmt::format("Virtual slot {} of partition {} has no virtual Ethernet adapter.", wanted.slot,
                                           lpar.definition.name)};
  const emu::VirtualAdapter had = *found;
  found->addl_vlan_ids = wanted.addl_vlan_ids;
  found->disabled = wanted.disabled;
  const auto goes = [&](u16 vlan) { return passes(had, vlan) && !passes(*found, vlan); };
  for (const emu::Hold& hold : holds)
    if (const auto vlan = std::ranges::find_if(hold.vlans, goes); had.is_trunk && vlan != hold.vlans.end())
      return emu::Error{"slots", fmt::format("A migration needs VLAN {} of the adapter in virtual slot {} of partition {}.",
                                             *vlan, wanted.slot, lpar.definition.name)};
  TRY(obeys_rules(changed, &lpar.definition, config_));
  TRY(obey_rules(adapters, lpar.definition.current->adapters, changed));
  TRY(trunks_differ(adapters, lpar.definition.current->adapters, changed, lpars, Among::running));
  return store(lpar, std::move(changed));
}

emu::Status Definitions::may_remove_adapter(const Lpars& lpars, u32 lpar_id, u32 slot) const {
  const Lpar& lpar = *TRY(may_change_running(lpars, lpar_id));
  const auto& adapters = lpar.definition.current->adapters;
  const auto found = std::ranges::find(adapters, slot, &emu::VirtualAdapter::slot);
  if (found == adapters.end())
    return emu::Error{"slots", fmt::format("Virtual slot {} of partition {} is empty.", slot, lpar.definition.name)};
  if (slot < emu::first_virtual_slot)
    return emu::Error{"slots", "Virtual slots 0 and 1 have the two default serial adapters, which are always there."};
  if (found->required)
    return emu::Error{"slots",
                      fmt::format("The adapter in virtual slot {} of partition {} is required. Mark it as desired in the "
                                  "partition's profile, and activate the partition again.",
                                  slot, lpar.definition.name)};
  return emu::success();
}

emu::Status Definitions::set_logical_ports(Lpars& lpars, u32 lpar_id, const std::vector<std::string>& ports) {
  TRY(may_change_running(lpars, lpar_id));
  Lpar& lpar = *lpars.find(lpar_id);
  emu::LparDefinition changed = lpar.definition;
  changed.current->lhea_logical_ports = ports;
  TRY(obeys_rules(changed, &lpar.definition, config_));
  TRY(logical_ports_free(lpars.heas(), lpars, lpar.definition, ports));
  return store(lpar, std::move(changed));
}

emu::Status Definitions::may_add_slot(const Lpars& lpars, u32 lpar_id, u32 drc_index) const {
  const Lpar& lpar = *TRY(may_change_running(lpars, lpar_id));
  const std::string index = emu::drc_text(drc_index);
  if (!find_slot(config_, drc_index))
    return emu::Error{"HSCLF072", fmt::format("The managed system has no physical slot with the DRC index {}. Use lshwres -r io "
                                              "--rsubtype slot to list them.",
                                              index)};
  if (const Lpar* owner = owner_of_slot(lpars, drc_index))
    return emu::Error{"HSCLF073", fmt::format("Partition {} has the physical slot {} already. Remove it there first.",
                                              owner->definition.name, index)};
  emu::LparDefinition changed = lpar.definition;
  changed.current->io_slots.push_back(emu::claim_text(drc_index, false));
  return obeys_rules(changed, &lpar.definition, config_);
}

emu::Status Definitions::may_remove_slot(const Lpars& lpars, u32 lpar_id, u32 drc_index) const {
  const Lpar& lpar = *TRY(may_change_running(lpars, lpar_id));
  const std::string index = emu::drc_text(drc_index);
  for (const std::string& text : lpar.definition.current->io_slots) {
    const auto claim = emu::slot_claim(text);
    if (!claim || claim->drc_index != drc_index) continue;
    if (!claim->required) return emu::success();
    return emu::Error{"HSCLF075",
                      fmt::format("The physical slot {} is required by partition {}. Mark it as desired in the partition's "
                                  "profile, and activate the partition again.",
                                  index, lpar.definition.name)};
  }
  return emu::Error{"HSCLF074", fmt::format("The partition {} does not have the physical slot {}.", lpar.definition.name, index)};
}

emu::Status Definitions::change_slot(Lpars& lpars, u32 lpar_id, u32 drc_index, bool has) {
  Lpar* lpar = lpars.find(lpar_id);
  if (!lpar || !lpar->definition.current) return no_such_lpar(lpar_id);
  emu::LparDefinition changed = lpar->definition;
  std::erase_if(changed.current->io_slots, [&](const std::string& text) {
    const auto claim = emu::slot_claim(text);
    return claim && claim->drc_index == drc_index;
  });
  if (has) changed.current->io_slots.push_back(emu::claim_text(drc_index, false));
  return store(*lpar, std::move(changed));
}

namespace {

// What a dynamic operation may change of what a partition has; the rest stays as it was activated.
emu::Capacity with_changes(const emu::Current& current, const emu::Capacity& wanted) {
  emu::Capacity changed = current;
  changed.desired_mem = wanted.desired_mem;
  changed.desired_procs = wanted.desired_procs;
  if (current.proc_mode == emu::ProcMode::ded) return changed;
  changed.desired_proc_units = wanted.desired_proc_units;
  changed.sharing_mode = wanted.sharing_mode;
  changed.uncap_weight = wanted.uncap_weight;
  changed.shared_proc_pool = wanted.shared_proc_pool;
  return changed;
}

emu::Error not_granted(const std::string& name, std::string_view what) {
  return {dlpar::not_granted_code, fmt::format("Partition {} has all the {} that it was given.", name, what)};
}

emu::Error needs_it(const std::string& name, std::string_view what) {
  return {dlpar::not_granted_code, fmt::format("Partition {} would have fewer {} than it must have.", name, what)};
}

}  // namespace

emu::Result<emu::Current> Definitions::change_capacity(Lpars& lpars, u32 lpar_id, const emu::Capacity& wanted) {
  TRY(may_change_running(lpars, lpar_id));
  Lpar& lpar = *lpars.find(lpar_id);
  emu::LparDefinition changed = lpar.definition;
  emu::Current& current = *changed.current;
  current.pending = with_changes(current, wanted);
  emu::Configuration judged = current;
  static_cast<emu::Capacity&>(judged) = current.pending;
  TRY(obeys_rules(judged, changed, config_));
  // SIMPLIFIED: a Virtual I/O Server has them at once, and no operating system is told of a share.
  const bool native = changed.env == emu::LparEnv::vioserver;
  if (native) {
    static_cast<emu::Capacity&>(current) = current.pending;
  } else {
    current.desired_proc_units = current.pending.desired_proc_units;
    current.sharing_mode = current.pending.sharing_mode;
    current.uncap_weight = current.pending.uncap_weight;
    current.shared_proc_pool = current.pending.shared_proc_pool;
  }
  Usage others = lpars.usage();
  const emu::Capacity had = emu::taken_by(*lpar.definition.current);
  const emu::Capacity will_have = emu::taken_by(current);
  // What it has already it may keep, even if it was activated for a time that is over.
  const u64 free_mb = free_memory_mb(config_, others);
  const u32 free = free_units(config_, others);
  if (will_have.desired_mem > had.desired_mem && will_have.desired_mem - had.desired_mem > free_mb)
    return emu::Error{"HSCL03EC",
                      fmt::format("There is not enough memory for partition {}: {} MB are available.", changed.name, free_mb)};
  if (emu::units_of(will_have) > emu::units_of(had) && emu::units_of(will_have) - emu::units_of(had) > free)
    return emu::Error{"HSCL03ED", fmt::format("There are not enough processing units for partition {}: {:.2f} are available.",
                                              changed.name, free / 100.0)};
  // Likewise.
  if (emu::units_of(will_have) > emu::units_of(had) || will_have.shared_proc_pool != had.shared_proc_pool)
    TRY(lpars.pool_takes(changed, will_have));
  if (changed != lpar.definition) TRY(store(lpar, std::move(changed)));
  return *lpar.definition.current;
}

emu::Result<emu::Current> Definitions::settle_capacity(Lpars& lpars, u32 lpar_id, bool memory, bool processors) {
  Lpar* lpar = lpars.find(lpar_id);
  if (!lpar) return no_such_lpar(lpar_id);
  if (!lpar->definition.current)
    return emu::Error{"HSCL05DF", fmt::format("Partition {} was never activated.", lpar->definition.name)};
  TRY(lpars.may_change(*lpar));
  emu::LparDefinition changed = lpar->definition;
  emu::Capacity settled = *changed.current;
  if (!memory) settled.desired_mem = changed.current->pending.desired_mem;
  if (!processors) settled.desired_procs = changed.current->pending.desired_procs;
  changed.current->pending = settled;
  if (changed != lpar->definition) TRY(store(*lpar, std::move(changed)));
  return *lpar->definition.current;
}

emu::Status Definitions::keep_memory_block(Lpars& lpars, u32 lpar_id, u32 block, bool owned) {
  TRY(may_change_running(lpars, lpar_id));
  Lpar& lpar = *lpars.find(lpar_id);
  emu::LparDefinition changed = lpar.definition;
  emu::Current& current = *changed.current;
  emu::NumberSet blocks = emu::memory_blocks_of(current, config_.lmb_mb);
  if (owned && current.desired_mem + config_.lmb_mb > current.pending.desired_mem) return not_granted(changed.name, "memory");
  if (!owned && current.desired_mem < current.min_mem + config_.lmb_mb) return needs_it(changed.name, "memory");
  owned ? blocks.add(block) : blocks.remove(block);
  current.desired_mem = blocks.count() * config_.lmb_mb;
  current.memory_blocks = blocks == emu::NumberSet::below(blocks.count()) ? emu::NumberSet() : blocks;
  return store(lpar, std::move(changed));
}

emu::Status Definitions::keep_processor(Lpars& lpars, u32 lpar_id, u32 number, bool owned) {
  TRY(may_change_running(lpars, lpar_id));
  Lpar& lpar = *lpars.find(lpar_id);
  emu::LparDefinition changed = lpar.definition;
  emu::Current& current = *changed.current;
  emu::NumberSet numbers = emu::processors_of(current);
  if (owned && current.desired_procs >= current.pending.desired_procs) return not_granted(changed.name, "processors");
  // Of a shared processor at most a whole one is its share.
  const bool shares_fit =
      current.proc_mode == emu::ProcMode::ded || current.desired_proc_units <= (current.desired_procs - 1) * emu::most_units;
  if (!owned && (current.desired_procs <= current.min_procs || !shares_fit)) return needs_it(changed.name, "processors");
  owned ? numbers.add(number) : numbers.remove(number);
  current.desired_procs = numbers.count();
  current.processors = numbers == emu::NumberSet::below(numbers.count()) ? emu::NumberSet() : numbers;
  return store(lpar, std::move(changed));
}

emu::Result<const Lpar*> Definitions::may_change_running(const Lpars& lpars, u32 lpar_id) const {
  const Lpar* lpar = lpars.find(lpar_id);
  if (!lpar) return no_such_lpar(lpar_id);
  TRY(lpars.may_change(*lpar));
  if (!lpar->partition || !lpar->definition.current || lpar->state != LparState::running)
    return emu::Error{"HSCL05DF", fmt::format("Partition {} does not run.", lpar->definition.name)};
  return lpar;
}

emu::Status Definitions::make_current(Lpar& lpar, const emu::Configuration& configuration, const std::string& profile,
                                      Starter starter) {
  emu::LparDefinition changed = lpar.definition;
  if (starter == Starter::somebody && changed.starts_with_system() != configuration.auto_start)
    changed.auto_start = configuration.auto_start;
  changed.current = emu::current_from(configuration, profile);
  // A restart that changes nothing needs no room on a disk.
  return changed == lpar.definition ? emu::success() : store(lpar, std::move(changed));
}

emu::Result<Lpar*> Definitions::add_shell(Lpars& lpars, u64 stream, const emu::LparDefinition& wanted, bool active) {
  TRY(lpars.has_power());
  if (!wanted.current)
    return emu::Error{"migration", fmt::format("Partition {} comes without its current configuration.", wanted.name)};
  TRY(obeys_rules(wanted, nullptr, config_, Partners::settled_later));
  for (const auto& [other, lpar] : lpars.all()) {
    if (lpar.definition.uuid == wanted.uuid)
      return emu::Error{"HSCLF016", fmt::format("Partition {} is already defined on {}.", wanted.name, config_.name)};
    if (lpar.definition.name == wanted.name)
      return emu::Error{"HSCLF016", fmt::format("The name {} is already used on {}.", wanted.name, config_.name)};
  }
  const auto id = lpars.free_id(wanted.lpar_id);
  if (!id) return emu::Error{"slots", fmt::format("{} has no free partition ID.", config_.name)};
  if (!wanted.current->lhea_logical_ports.empty())
    return emu::Error{"HSCLF236",
                      fmt::format("The partition {} has a logical host Ethernet adapter, and cannot be migrated.", wanted.name)};
  if (active && wanted.current->desired_num_huge_pages)
    return emu::Error{"HSCLF218",
                      fmt::format("Partition {} uses huge pages, and cannot be migrated while it runs.", wanted.name)};
  if (active) {
    emu::Configuration exact = *wanted.current;  // a moved partition brings its sizes along: no less will do
    exact.min_mem = exact.desired_mem;
    exact.min_procs = exact.desired_procs;
    exact.min_proc_units = exact.desired_proc_units;
    TRY(grant(config_, lpars.usage(), wanted.name, wanted.env, exact));
    emu::LparDefinition arriving = wanted;
    arriving.lpar_id = *id;
    TRY(lpars.pool_takes(arriving, exact));
  }
  emu::LparDefinition definition = wanted;
  definition.lpar_id = *id;
  Lpar& shell = lpars.add(std::move(definition));
  shell.state = active ? LparState::not_available : LparState::not_activated;
  shell.codes.own_is(active ? src_os_running : src_not_running);
  shell.stored = false;
  shell.stream = stream;
  shell.target = true;
  shell.holds_resources = active;
  return &shell;
}

emu::Result<std::shared_ptr<Partition>> Definitions::forget(Lpars& lpars, u32 lpar_id) {
  const Lpar* lpar = lpars.find(lpar_id);
  if (!lpar) return std::shared_ptr<Partition>();  // asked again
  const auto known = witness_.of(lpar->definition.uuid);
  const bool was_ours = !lpar->target && !is_target(*lpar);
  std::optional<emu::Departure> departure;
  if (was_ours && known && known->owner != config_.mtms()) departure = emu::Departure::migrated;
  // Else a server that is activated with another profile later serves nobody, or a later partition of this ID.
  if (was_ours)
    for (auto& [id, server] : lpars.all()) {
      emu::LparDefinition changed = server.definition;
      if (changed.env == emu::LparEnv::vioserver && forget_client(changed, lpar_id)) TRY(store(server, std::move(changed)));
    }
  return erase(lpars, lpar_id, departure);
}

emu::Result<std::shared_ptr<Partition>> Definitions::erase(Lpars& lpars, u32 lpar_id, std::optional<emu::Departure> departure) {
  Lpar* lpar = lpars.find(lpar_id);
  // What could not be stored has not happened: it can be asked for again.
  if (lpar->stored) TRY(put(lpars, &lpar->definition, nullptr, {}, departure));
  (void)journal_.put_blob(nvram_key(lpar->definition), {});
  (void)journal_.put_blob(clock_key(lpar->definition), {});
  auto gone = std::move(lpar->partition);
  lpars.erase(lpar_id);
  return gone;
}

emu::Status Definitions::may_run(const emu::LparDefinition& lpar) const {
  const auto known = witness_.of(lpar.uuid);
  if (known && known->owner == config_.mtms() && known->state != HandOver::handed_over) return emu::success();
  return emu::Error{"witness", fmt::format("Partition {} is not activated: the lab's witness says that {}.", lpar.name,
                                           known ? "it belongs to " + known->owner : "nobody owns it")};
}

bool Definitions::handed_over(const Lpar& lpar) const {
  if (!lpar.stream || lpar.target) return false;
  const auto known = witness_.of(lpar.definition.uuid);
  return known && known->stream == lpar.stream && (known->owner != config_.mtms() || known->state == HandOver::handed_over);
}

bool Definitions::is_target(const Lpar& lpar) const {
  const auto streams = journal_.streams();
  return std::ranges::any_of(streams, [&](const StreamRecord& record) {
    return record.stream == lpar.stream && (record.step == StreamStep::shell || record.step == StreamStep::adopted);
  });
}

emu::Status Definitions::put(Lpars& lpars, const emu::LparDefinition* was, const emu::LparDefinition* is,
                             std::span<const emu::LparDefinition> others, std::optional<emu::Departure> departure) {
  emu::SystemProfiles left = was ? followed(lpars.system_profiles(), *was, is) : lpars.system_profiles();
  const bool leaves = left != lpars.system_profiles();
  const auto store = [&]() -> emu::Status {
    if (leaves) TRY(journal_.put_blob(system_profiles_key, emu::to_bytes(left)));
    for (const emu::LparDefinition& other : others) TRY(journal_.put_lpar(other));
    TRY(is ? journal_.put_lpar(*is) : journal_.remove_lpar(was->lpar_id));
    if (departure) TRY(note_departure(lpars, *was, *departure));
    if (was && is) changes_.note_difference(*was, *is);
    if (!was || !is)
      changes_.note(emu::ChangeKind::partition, (is ? is : was)->lpar_id, (is ? is : was)->name, is ? "defined" : "removed");
    for (const emu::LparDefinition& other : others) changes_.note_difference(lpars.find(other.lpar_id)->definition, other);
    if (leaves) changes_.note(emu::ChangeKind::system, 0, "", "system profiles changed");
    return emu::success();
  };
  TRY(journal_.together(store));
  if (leaves) lpars.set_system_profiles(std::move(left));
  return emu::success();
}

emu::Status Definitions::note_departure(const Lpars& lpars, const emu::LparDefinition& lpar, emu::Departure by) {
  emu::DepartedList list = departed(lpars);
  std::erase_if(list.all, [&](const emu::Departed& each) { return each.uuid == lpar.uuid; });
  const auto known = witness_.of(lpar.uuid);
  list.all.push_back({lpar.uuid, lpar.name, lpar.lpar_id, by, lpars.wall(),
                      by == emu::Departure::migrated && known ? known->owner : std::string()});
  if (list.all.size() > departed_kept) list.all.erase(list.all.begin());
  return journal_.put_blob(departed_key, emu::to_bytes(list));
}

emu::DepartedList Definitions::departed(const Lpars& lpars) const {
  emu::DepartedList list;
  if (auto kept = emu::from_bytes<emu::DepartedList>(journal_.blob(departed_key))) list = std::move(*kept);
  std::erase_if(list.all, [&](const emu::Departed& each) {
    return std::ranges::any_of(lpars.all(), [&](const auto& lpar) { return lpar.second.definition.uuid == each.uuid; });
  });
  for (emu::Departed& each : list.all) {
    const auto known = witness_.of(each.uuid);
    each.now_on = known ? known->owner : "";
  }
  return list;
}

emu::Status Definitions::put_system_profiles(Lpars& lpars, emu::SystemProfiles profiles) {
  const auto store = [&]() -> emu::Status {
    TRY(journal_.put_blob(system_profiles_key, emu::to_bytes(profiles)));
    changes_.note(emu::ChangeKind::system, 0, "", "system profiles changed");
    return emu::success();
  };
  TRY(journal_.together(store));
  lpars.set_system_profiles(std::move(profiles));
  return emu::success();
}

namespace {

// sync_curr_profile: a change of what the partition has is one of the profile, too, that it was activated with.
void follow(emu::LparDefinition& changed, const emu::LparDefinition& before) {
  if (!changed.sync_curr_profile || !changed.current || changed.current == before.current) return;
  const auto profile = std::ranges::find(changed.profiles, changed.curr_profile(), &emu::Profile::name);
  if (profile != changed.profiles.end()) static_cast<emu::Configuration&>(*profile) = *changed.current;
}

}  // namespace

emu::Status Definitions::store(Lpar& lpar, emu::LparDefinition changed) {
  follow(changed, lpar.definition);
  const auto write = [&]() -> emu::Status {
    TRY(journal_.put_lpar(changed));
    changes_.note_difference(lpar.definition, changed);
    return emu::success();
  };
  TRY(journal_.together(write));
  lpar.definition = std::move(changed);
  return emu::success();
}

emu::Status Definitions::keep_shell(Lpar& shell) {
  if (shell.stored) return journal_.put_lpar(shell.definition);
  const auto write = [&]() -> emu::Status {
    TRY(journal_.put_lpar(shell.definition));
    const u32 id = shell.definition.lpar_id;
    changes_.note(emu::ChangeKind::partition, id, shell.definition.name, "defined");
    changes_.note(emu::ChangeKind::move, id, shell.definition.name, "takes part as destination");
    return emu::success();
  };
  TRY(journal_.together(write));
  shell.stored = true;
  return emu::success();
}

}  // namespace firmware
