// SPDX-License-Identifier: GPL-2.0-or-later
// One file: the checks, in the order of the table at its end.
#include "hmc/lpm/checks.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "emu/core/adapter_kinds.h"
#include "emu/core/ios_level.h"
#include "emu/core/page_table_size.h"
#include "emu/core/profile_rules.h"
#include "hmc/messages.h"

namespace hmc {

namespace {

using emu::AdapterKind;

void error(Findings& found, Error message) { found.push_back({Severity::error, std::move(message)}); }
void warning(Findings& found, Error message) { found.push_back({Severity::warning, std::move(message)}); }

const std::string& name(const Candidate& move) { return move.lpar.name(); }

// ---- systems ----

void systems_differ(const Candidate& move, Findings& found) {
  if (move.source.mtms() == move.target.mtms()) error(found, say("HSCLF200", move.source.name()));
}

// Redbook 3.4.
void console_is_new_enough(const Candidate& move, Findings& found) {
  if (move.release < emu::first_mobile_release) error(found, say("HSCLF234", emu::word_of(move.release)));
}

void systems_answer(const Candidate& move, Findings& found) {
  for (const System* system : {&move.source, &move.target})
    if (!system->connected) error(found, say("HSCLF014", system->name()));
}

void systems_are_capable(const Candidate& move, Findings& found) {
  for (const System* system : {&move.source, &move.target}) {
    if (!system->connected) continue;
    const bool capable = move.active ? system->info.active_lpar_mobility_capable : system->info.inactive_lpar_mobility_capable;
    if (!capable) error(found, say("HSCLF201", system->name(), move.active ? "active" : "inactive"));
  }
}

void room_for_another_migration(const Candidate& move, Findings& found) {
  for (const System* system : {&move.source, &move.target}) {
    if (!system->connected) continue;
    const service::SystemInfo& info = system->info;
    const u32 going = move.active ? std::max(info.num_active_migrations_in_progress, move.own_active)
                                  : std::max(info.num_inactive_migrations_in_progress, move.own_inactive);
    const u32 supported = move.active ? info.num_active_migrations_supported : info.num_inactive_migrations_supported;
    if (going >= supported) error(found, say("HSCLF202", system->name(), going, move.active ? "active" : "inactive"));
  }
}

void not_on_battery(const Candidate& move, Findings& found) {
  // The source may be: it can be the very reason for the migration. (Redbook 2.2.2)
  if (move.target.info.on_battery) error(found, say("HSCLF21E", move.target.name()));
}

// An administrator empties it, and nobody is to come meanwhile. Who is there may leave.
void not_in_maintenance(const Candidate& move, Findings& found) {
  if (move.target.info.maintenance) error(found, say("HSCLF240", move.target.name()));
}

// A frame's process reads what is written by itself, and by those before it.
void stream_can_be_read(const Candidate& move, Findings& found) {
  if (!move.source.connected || !move.target.connected) return;
  if (move.source.info.streams > move.target.info.streams)
    error(found, say("HSCLF243", move.target.name(), move.target.info.streams, move.source.info.streams, move.source.name()));
}

void same_lmb_size(const Candidate& move, Findings& found) {
  const u32 source = move.source.info.lmb_mb;
  const u32 target = move.target.info.lmb_mb;
  if (source != target) error(found, say("HSCLF209", source, target));
}

// ---- movers ----

void movers_present(const Candidate& move, Findings& found) {
  for (const System* system : {&move.source, &move.target})
    if (std::ranges::none_of(system->lpars, is_mover)) error(found, say("HSCLF203", system->name()));
}

// Redbook 2.5.3: the movers must reach each other.
void movers_reach_each_other(const Candidate& move, Findings& found) {
  if (move.mapping.msp.source) return;
  for (const MspPair& pair : move.mapping.apart) {
    const auto address = [](const Lpar& mover) {
      const auto all = addresses_of(mover);
      return all.empty() ? std::string("no address") : fmt::format("{}", fmt::join(all, ", "));
    };
    error(found, say("HSCLF232", pair.source->name(), move.source.name(), address(*pair.source), pair.target->name(),
                     move.target.name(), address(*pair.target)));
  }
}

void movers_have_room(const Candidate& move, Findings& found) {
  for (const Lpar* mover : {move.mapping.msp.source, move.mapping.msp.target}) {
    if (!mover) continue;
    const service::ViosInfo& vios = *mover->vios;
    if (vios.active_migrations >= vios.max_migrations) error(found, say("HSCLF311", mover->name(), vios.active_migrations));
  }
}

// ---- connections ----

void rmc_to_partition(const Candidate& move, Findings& found) {
  if (move.lpar.info.state == emu::LparState::running && !move.lpar.is_vios() && move.lpar.rmc != RmcState::active)
    error(found, say("HSCLA246", name(move)));
}

// The servers of the source that host the partition, and all running ones of the destination.
void rmc_to_virtual_io_servers(const Candidate& move, Findings& found) {
  const auto unreachable = [&](const Lpar& vios) {
    return vios.is_vios() && vios.info.state == emu::LparState::running && vios.rmc != RmcState::active;
  };
  for (const Lpar& vios : move.source.lpars) {
    const bool hosts = std::ranges::any_of(move.mapping.scsi, [&](const auto& s) { return s.source_vios_id == vios.id(); });
    if (unreachable(vios) && (hosts || (move.active && vios.info.definition.msp))) error(found, say("HSCLA246", vios.name()));
  }
  for (const Lpar& vios : move.target.lpars)
    if (unreachable(vios)) error(found, say("HSCLA246", vios.name()));
}

// Redbook 3.5.1. Of the source, who hosts the partition and could be its mover; of the destination, those without which it does not work.
void virtual_io_servers_are_new_enough(const Candidate& move, Findings& found) {
  const auto old = [](const Lpar& vios) { return vios.is_vios() && vios.vios && !emu::is_mobile_ios_level(vios.vios->ioslevel); };
  const auto tell = [&](const System& system, const Lpar& vios) {
    error(found, say("HSCLF233", vios.name(), system.name(), vios.vios->ioslevel));
  };
  for (const Lpar& vios : move.source.lpars) {
    const bool hosts = std::ranges::any_of(move.mapping.scsi, [&](const auto& s) { return s.source_vios_id == vios.id(); });
    const bool needed = move.active && std::ranges::none_of(move.source.lpars, is_mover);
    if (old(vios) && (hosts || needed)) tell(move.source, vios);
  }
  const bool unserved = std::ranges::any_of(move.mapping.scsi, [](const auto& s) { return s.possible.empty(); }) ||
                        std::ranges::any_of(move.mapping.vlans, [](const auto& v) { return v.possible.empty(); });
  if (unserved || (move.active && std::ranges::none_of(move.target.lpars, is_mover)))
    for (const Lpar& vios : move.target.lpars)
      if (old(vios)) tell(move.target, vios);
}

// ---- the partition ----

void not_a_virtual_io_server(const Candidate& move, Findings& found) {
  if (move.lpar.is_vios()) error(found, say("HSCLF215", name(move)));
}

// Redbook 2.4.2.
void not_the_service_partition(const Candidate& move, Findings& found) {
  if (move.lpar.info.definition.service) error(found, say("HSCLF22D", name(move), move.source.name()));
}

void may_be_migrated(const Candidate& move, Findings& found) {
  if (move.lpar.info.definition.migration_disabled) error(found, say("HSCLF032", name(move)));
}

void state_allows_it(const Candidate& move, Findings& found) {
  if (move.lpar.migrating() || move.lpar.info.config_locked) {
    error(found, say("HSCL3205", name(move)));
  } else if (move.lpar.info.state != emu::LparState::running && !move.lpar.off()) {
    error(found, say("HSCLF205", name(move), move.lpar.state()));
  }
}

void was_activated_once(const Candidate& move, Findings& found) {
  if (!move.lpar.is_vios() && !move.lpar.current()) error(found, say("HSCLF206", name(move)));
}

void name_is_free(const Candidate& move, Findings& found) {
  if (move.target.lpar(name(move))) error(found, say("HSCLF207", name(move), move.target.name()));
}

void mac_addresses_are_free(const Candidate& move, Findings& found) {
  for (const auto& mine : move.current.adapters) {
    if (mine.mac_addr.empty()) continue;
    for (const Lpar& other : move.target.lpars)
      for (const auto& theirs : other.info.adapters)
        if (theirs.mac_addr == mine.mac_addr)
          error(found, say("HSCLF208", mine.mac_addr, mine.slot, other.name(), move.target.name()));
  }
}

void no_redundant_error_path(const Candidate& move, Findings& found) {
  if (move.current.redundant_err_path_reporting) error(found, say("HSCLF21A", name(move)));
}

void no_workload_group(const Candidate& move, Findings& found) {
  const std::string& group = move.current.work_group_id;
  if (!group.empty() && group != "none") error(found, say("HSCLF21B", name(move), group));
}

void no_bsr(const Candidate& move, Findings& found) {
  if (move.current.bsr_arrays > 0) error(found, say("HSCLF217", name(move)));
}

void no_huge_pages(const Candidate& move, Findings& found) {
  if (move.current.desired_num_huge_pages > 0) error(found, say("HSCLF218", name(move)));
}

// A running partition may hold none at all; from one that is off, those that are only desired are taken away. (Redbook 2.4.2,
// 3.2, 4.4.2). A slot is `drc_index/pool/is_required`; without the last part it counts as required.
void no_physical_io(const Candidate& move, Findings& found) {
  for (const std::string& slot : move.current.io_slots) {
    if (slot.empty() || slot == "none") continue;
    const bool required = !slot.ends_with("/0");
    if (move.active || required) {
      error(found, say("HSCLF216", slot, name(move), required ? ", which requires it" : ""));
    } else {
      warning(found, say("HSCLF223", slot, name(move)));
    }
  }
}

// Neither a running partition nor one that is off may have one, now or by its profile. (Redbook, appendix A)
void no_host_ethernet(const Candidate& move, Findings& found) {
  std::set<std::string> adapters;
  const auto look = [&](const emu::Configuration& configuration) {
    for (const std::string& port : configuration.lhea_logical_ports) adapters.insert(port.substr(0, port.find('/')));
  };
  look(move.current);
  const emu::LparDefinition& definition = move.lpar.info.definition;
  if (const emu::Profile* profile = definition.profile(definition.curr_profile())) look(*profile);
  for (const std::string& adapter : adapters) error(found, say("HSCLF236", name(move), adapter));
}

// Slots 0 and 1 are the default serial adapters, which are made anew on the destination. Nobody may require another; and a
// running partition must have lost it before. (Redbook 2.2.3, 3.6.4, 5.5)
void only_default_serial_adapters(const Candidate& move, Findings& found) {
  for (const auto& adapter : move.current.adapters) {
    if (adapter.kind != AdapterKind::serial || adapter.slot < 2) continue;
    if (adapter.required)
      error(found, say("HSCLF21C", adapter.slot, name(move)));
    else if (move.active)
      error(found, say("HSCLF21D", adapter.slot, name(move)));
  }
}

// What a Virtual I/O Server has in its slots is of its own system. (Redbook 2.2.1, 4.1)
void only_adapters_of_clients(const Candidate& move, Findings& found) {
  const auto cannot = [&](const emu::VirtualAdapter& adapter, std::string_view what) {
    error(found, say("HSCLF229", what, adapter.slot, name(move)));
  };
  if (move.lpar.is_vios()) return;
  for (const auto& adapter : move.current.adapters) {
    if (!emu::may_have(emu::LparEnv::aixlinux, adapter.kind)) cannot(adapter, emu::row_of(adapter.kind).name);
    if (adapter.is_trunk) cannot(adapter, "Ethernet trunk");
  }
}

void compat_mode_known(const Candidate& move, Findings& found) {
  emu::CompatMode mode = move.current.lpar_proc_compat_mode;
  // Of one that is off, the destination's own default takes its place.
  if (mode == emu::CompatMode::of_system && move.lpar.off()) return;
  if (mode == emu::CompatMode::of_system) mode = move.source.info.default_mode;
  const auto& known = move.target.info.compat_modes;
  // The destination's own is known there, whether it has a word for it or not.
  if (mode != move.target.info.default_mode && std::ranges::count(known, mode) == 0)
    error(found, say("HSCLF21F", word_of(mode), name(move), move.target.name(), joined_words(known, ",")));
}

// What the source has given, and the destination cannot: what the partition has, and what its profiles ask for. Sizes of memory blocks
// and processor modes have checks of their own.
void obeys_rules_of_destination(const Candidate& move, Findings& found) {
  const emu::SystemLimits here = limits_of(move.source.info);
  emu::SystemLimits there = limits_of(move.target.info);
  there.lmb_mb = here.lmb_mb;
  there.compat_modes = here.compat_modes;
  const emu::LparDefinition& lpar = move.lpar.info.definition;
  const auto judge = [&](const emu::Configuration& configuration, const std::string& what) {
    const auto known = emu::broken_rules(configuration, lpar.env, here);
    for (const emu::BrokenRule& broken : emu::broken_rules(configuration, lpar.env, there))
      if (std::ranges::count(known, broken.attribute, &emu::BrokenRule::attribute) == 0)
        error(found, say("HSCLF227", broken.attribute, broken.value, what, name(move), move.target.name(), broken.rule));
  };
  judge(move.current, "the current configuration");
  for (const emu::Profile& profile : lpar.profiles) judge(profile, "the profile " + profile.name);
}

// ---- resources of the destination ----

void memory_available(const Candidate& move, Findings& found) {
  const u64 needed = move.current.desired_mem;
  const u32 lmb = move.target.info.lmb_mb;
  if (lmb && needed % lmb) error(found, say("HSCLF20B", name(move), needed, lmb, move.target.name()));
  const u64 table = emu::page_table_mb(std::max<u64>(needed, move.current.max_mem), lmb, move.current.hpt_ratio);
  const u64 available = move.target.info.available_mem_mb;
  if (needed + table > available) error(found, say("HSCLF20A", name(move), needed, table, move.target.name(), available));
}

void huge_pages_available(const Candidate& move, Findings& found) {
  const u32 needed = move.current.desired_num_huge_pages;
  const u32 available = move.target.info.available_huge_pages;
  if (needed > available) error(found, say("HSCLF22E", name(move), needed, move.target.name(), available));
}

void processors_available(const Candidate& move, Findings& found) {
  const u32 available = move.target.info.available_proc_units;
  if (move.current.proc_mode == emu::ProcMode::ded) {
    if (move.current.desired_procs * 100 > available)
      error(found, say("HSCLF20D", name(move), move.current.desired_procs, move.target.name(), available / 100));
  } else if (move.current.desired_proc_units > available) {
    error(found,
          say("HSCLF20C", name(move), units_text(move.current.desired_proc_units), move.target.name(), units_text(available)));
  }
}

void partitions_available(const Candidate& move, Findings& found) {
  const u32 most = move.target.info.max_lpars;
  if (most && move.target.lpars.size() >= most) error(found, say("HSCLF210", move.target.name(), move.target.lpars.size()));
}

void partition_id_is_free(const Candidate& move, Findings& found) {
  const u32 id = move.request.dest_lpar_id;
  if (const Lpar* other = id ? move.target.lpar(id) : nullptr)
    error(found, say("HSCLF22A", id, other->name(), move.target.name()));
}

// Redbook 5.4.
void pool_takes_it(const Candidate& move, Findings& found) {
  const auto& [id, pool_name] = move.request.shared_proc_pool;
  const bool asked = id || !pool_name.empty();
  const std::string shown = pool_name.empty() ? std::to_string(id.value_or(0)) : pool_name;
  const auto pool = chosen_pool(move.request, move.target);
  if (!pool) return error(found, say("HSCLF22B", move.target.name(), shown));
  if (move.current.proc_mode == emu::ProcMode::ded) {
    if (asked) error(found, say("HSCLF22C", name(move), shown));
    return;
  }
  if (pool->id == emu::default_pool) return;
  if (!pool->takes_partitions()) return error(found, say("HSCLF0C0", pool->name, move.target.name()));
  u32 taken = pool->reserved_units;
  for (const Lpar& lpar : move.target.lpars) {
    if (!lpar.info.has_resources || !lpar.current()) continue;
    const emu::Capacity has = emu::taken_by(*lpar.current());
    if (has.proc_mode == emu::ProcMode::shared && has.shared_proc_pool == pool->id) taken += has.desired_proc_units;
  }
  if (taken + move.current.desired_proc_units > pool->max_units)
    error(found, say("HSCLF0C1", name(move), units_text(move.current.desired_proc_units), pool->name, move.target.name(),
                     units_text(pool->max_units - std::min(pool->max_units, taken)), units_text(pool->max_units)));
}

void slots_available(const Candidate& move, Findings& found) {
  for (const auto& adapter : move.current.adapters)
    if (adapter.slot >= move.current.max_virtual_slots)
      error(found, say("HSCLF20E", adapter.slot, name(move), move.current.max_virtual_slots));
  std::map<const Lpar*, u32> needed;
  for (const ScsiChoice& choice : move.mapping.scsi)
    if (choice.chosen) ++needed[choice.chosen];
  for (const auto& [vios, count] : needed)
    if (count > vios->vios->free_slots) error(found, say("HSCLF20F", vios->name(), vios->vios->free_slots, count, name(move)));
}

// ---- disks ----

const service::ViosDisk* disk_of(const Lpar& vios, const service::ViosTarget& target) {
  if (!vios.vios) return nullptr;
  const auto& disks = vios.vios->disks;
  const auto found = std::ranges::find_if(
      disks, [&](const auto& disk) { return target.udid.empty() ? disk.name == target.backing : disk.udid == target.udid; });
  return found == disks.end() ? nullptr : &*found;
}

void adapters_are_served(const Candidate& move, Findings& found) {
  for (const ScsiChoice& choice : move.mapping.scsi) {
    if (choice.source_slot) continue;
    const Lpar* vios = move.source.lpar(choice.source_vios_id);
    if (vios && vios->is_vios() && !vios->vios)
      error(found,
            say("HSCLA27C", choice.client_slot, vios->name(), "The Virtual I/O Server is in state " + vios->state() + "."));
    else
      error(found, say("HSCLF222", choice.client_slot, name(move), move.source.name()));
  }
}

// Redbook 3.7, step 4, and 4.1.
void adapters_are_for_this_client(const Candidate& move, Findings& found) {
  for (const ScsiChoice& choice : move.mapping.scsi) {
    const Lpar* vios = move.source.lpar(choice.source_vios_id);
    if (choice.any_client && vios) error(found, say("HSCLF224", choice.source_slot, vios->name(), name(move)));
  }
}

// Redbook 4.1, 5.5.2.
void server_adapters_can_be_removed(const Candidate& move, Findings& found) {
  for (const ScsiChoice& choice : move.mapping.scsi) {
    const Lpar* vios = move.source.lpar(choice.source_vios_id);
    if (!vios) continue;
    for (const auto& adapter : vios->info.adapters)
      if (emu::row_of(adapter.kind).end == emu::End::server && adapter.slot == choice.source_slot && adapter.required)
        error(found, say("HSCLF228", adapter.slot, vios->name(), name(move)));
  }
}

void no_logical_volumes(const Candidate& move, Findings& found) {
  for (const ScsiChoice& choice : move.mapping.scsi) {
    const Lpar* vios = move.source.lpar(choice.source_vios_id);
    const bool copied = !move.active && move.request.copies_storage;
    for (const auto& target : choice.targets)
      if (target.udid.empty() && (!vios || !disk_of(*vios, target)) && !(copied && volume_of(move.source, choice, target)))
        error(found, say("HSCLF212", target.vtd, choice.client_slot, target.backing.starts_with('/') ? "file" : "logical volume",
                         target.backing));
  }
}

// Which server would take it, the mapping tells only if there is one.
void room_for_copies(const Candidate& move, Findings& found) {
  if (!move.request.copies_storage) return;
  for (const ScsiChoice& choice : move.mapping.scsi) {
    std::vector<const service::ViosVolume*> volumes;
    u64 needed = 0;
    for (const service::ViosTarget& target : choice.targets)
      if (const auto* volume = volume_of(move.source, choice, target)) volumes.push_back(volume), needed += volume->size_mb;
    const bool fits =
        std::ranges::any_of(move.target.lpars, [&](const Lpar& vios) { return vios.vios && has_room_for(*vios.vios, volumes); });
    if (!volumes.empty() && !fits) error(found, say("HSCLF241", move.target.name(), needed, choice.client_slot, name(move)));
  }
}

// A running partition would go on writing to what is copied.
void only_off_with_its_storage(const Candidate& move, Findings& found) {
  if (move.request.copies_storage) error(found, say("HSCLF242", name(move)));
}

void no_internal_disks(const Candidate& move, Findings& found) {
  for (const ScsiChoice& choice : move.mapping.scsi) {
    const Lpar* vios = move.source.lpar(choice.source_vios_id);
    if (!vios) continue;
    for (const auto& target : choice.targets) {
      const service::ViosDisk* disk = disk_of(*vios, target);
      if (disk && !disk->on_san) error(found, say("HSCLF213", target.vtd, choice.client_slot, disk->name));
    }
  }
}

void disks_not_reserved(const Candidate& move, Findings& found) {
  for (const ScsiChoice& choice : move.mapping.scsi) {
    for (const auto& target : choice.targets) {
      for (const Lpar* vios : {move.source.lpar(choice.source_vios_id), choice.chosen}) {
        const service::ViosDisk* disk = vios ? disk_of(*vios, target) : nullptr;
        if (!disk || !disk->on_san) continue;
        const auto find = [&](const std::string& cause) {
          error(found, say("HSCLF211", disk->name, choice.client_slot, name(move), cause));
        };
        if (disk->reserve_policy != "no_reserve")
          find("has a reserve_policy on " + vios->name() +
               " that is not no_reserve: set it so on all Virtual I/O Servers that see it");
        else if (!disk->reserved_by.empty())
          find("is reserved, or has a key registered, by " + disk->reserved_by + ": release it");
      }
    }
  }
}

// The rule of the servers themselves, which they follow again when they map. On any of them: the disk would have two users.
void disks_not_in_use(const Candidate& move, Findings& found) {
  std::set<std::pair<std::string, std::string>> told;
  for (const ScsiChoice& choice : move.mapping.scsi)
    for (const auto& target : choice.targets)
      for (const Lpar& vios : move.target.lpars) {
        const service::ViosDisk* disk = target.udid.empty() ? nullptr : disk_of(vios, target);
        if (disk && disk->exported && told.insert({vios.name(), disk->name}).second)
          error(found, say("HSCLF225", disk->name, vios.name()));
      }
}

// Two adapters to one disk are two paths, and one server gives only one. (Redbook 2.4.3, 2.5.3)
void paths_stay_apart(const Candidate& move, Findings& found) {
  const auto& all = move.mapping.scsi;
  for (size_t i = 0; i < all.size(); ++i)
    for (size_t k = i + 1; k < all.size(); ++k) {
      const service::ViosTarget* shared = shared_disk(all[i], all[k]);
      if (shared && all[i].chosen && all[i].chosen == all[k].chosen)
        error(found, say("HSCLF226", all[i].client_slot, all[k].client_slot, shared->backing, all[i].chosen->name()));
    }
}

void mapping_is_complete(const Candidate& move, Findings& found) {
  for (const ScsiChoice& choice : move.mapping.scsi) {
    if (!choice.possible.empty()) continue;
    std::string disks;
    for (const auto& target : choice.targets) disks += (disks.empty() ? " (" : ", ") + target.backing;
    error(found, say("HSCLA24E", choice.client_slot, disks.empty() ? disks : disks + ")"));
  }
}

void vlans_are_bridged(const Candidate& move, Findings& found) {
  for (const VlanChoice& choice : move.mapping.vlans)
    if (choice.possible.empty()) error(found, say("HSCLF214", choice.vlan, choice.client_slot, move.target.name()));
}

// The same of two ways to the network. (Redbook 2.4.3, 2.5.3)
void ways_stay_apart(const Candidate& move, Findings& found) {
  const auto& all = move.mapping.vlans;
  for (size_t i = 0; i < all.size(); ++i)
    for (size_t k = i + 1; k < all.size(); ++k)
      if (all[i].chosen && all[i].chosen == all[k].chosen && ways_apart(all[i], all[k]))
        error(found, say("HSCLF235", all[i].client_slot, all[k].client_slot, all[i].chosen->name()));
}

void layout_is_kept(const Candidate& move, Findings& found) {
  if (!move.mapping.layout_kept) warning(found, say("HSCLA340"));
}

void wishes_can_be_granted(const Candidate& move, Findings& found) {
  for (const Error& complaint : move.mapping.complaints) error(found, complaint);
}

// ---- profiles ----

void profile_will_be_replaced(const Candidate& move, Findings& found) {
  const emu::LparDefinition& definition = move.lpar.info.definition;
  const std::string name = move.request.profile_name.empty() ? definition.curr_profile() : move.request.profile_name;
  if (definition.profile(name)) warning(found, say("HSCLA295", name));
}

// ---- the operating system ----

void operating_system_agrees(const Candidate& move, Findings& found) {
  if (move.os_answer) error(found, *move.os_answer);
}

constexpr Check checks[] = {
    {"systems differ", Applies::both, systems_differ},
    {"console is new enough", Applies::both, console_is_new_enough},
    {"systems answer", Applies::both, systems_answer},
    {"systems are capable", Applies::both, systems_are_capable},
    {"room for another migration", Applies::both, room_for_another_migration},
    {"destination not on battery", Applies::both, not_on_battery},
    {"destination not in maintenance", Applies::both, not_in_maintenance},
    {"destination reads the stream", Applies::active, stream_can_be_read},
    {"same logical memory block size", Applies::both, same_lmb_size},
    {"movers present", Applies::active, movers_present},
    {"movers reach each other", Applies::active, movers_reach_each_other},
    {"movers have room", Applies::active, movers_have_room},
    {"RMC to the partition", Applies::active, rmc_to_partition},
    {"RMC to the Virtual I/O Servers", Applies::both, rmc_to_virtual_io_servers},
    {"Virtual I/O Servers are new enough", Applies::both, virtual_io_servers_are_new_enough},
    {"not a Virtual I/O Server", Applies::both, not_a_virtual_io_server},
    {"not the service partition", Applies::both, not_the_service_partition},
    {"migration is not disabled", Applies::both, may_be_migrated},
    {"state allows it", Applies::both, state_allows_it},
    {"was activated once", Applies::both, was_activated_once},
    {"name is free", Applies::both, name_is_free},
    {"MAC addresses are free", Applies::both, mac_addresses_are_free},
    {"no redundant error path reporting", Applies::both, no_redundant_error_path},
    {"no workload group", Applies::both, no_workload_group},
    {"no barrier synchronization registers", Applies::active, no_bsr},
    {"no huge pages", Applies::active, no_huge_pages},
    {"no physical I/O", Applies::both, no_physical_io},
    {"no host Ethernet adapters", Applies::both, no_host_ethernet},
    {"only default serial adapters", Applies::both, only_default_serial_adapters},
    {"only adapters of clients", Applies::both, only_adapters_of_clients},
    {"compatibility mode known", Applies::both, compat_mode_known},
    {"destination can have such a partition", Applies::both, obeys_rules_of_destination},
    {"memory available", Applies::both, memory_available},
    {"huge pages available", Applies::inactive, huge_pages_available},
    {"processors available", Applies::both, processors_available},
    {"partitions available", Applies::both, partitions_available},
    {"partition ID is free", Applies::both, partition_id_is_free},
    {"shared-processor pool is there", Applies::both, pool_takes_it},
    {"virtual slots available", Applies::both, slots_available},
    {"adapters are served", Applies::both, adapters_are_served},
    {"adapters are for this client", Applies::both, adapters_are_for_this_client},
    {"server adapters can be removed", Applies::both, server_adapters_can_be_removed},
    {"no logical volumes", Applies::both, no_logical_volumes},
    {"room for copies of volumes", Applies::inactive, room_for_copies},
    {"volumes are copied while it is off", Applies::active, only_off_with_its_storage},
    {"no internal disks", Applies::both, no_internal_disks},
    {"disks not reserved", Applies::both, disks_not_reserved},
    {"disks not in use", Applies::both, disks_not_in_use},
    {"mapping is complete", Applies::both, mapping_is_complete},
    {"VLANs are bridged", Applies::both, vlans_are_bridged},
    {"ways to the network stay apart", Applies::both, ways_stay_apart},
    {"paths stay apart", Applies::both, paths_stay_apart},
    {"multipath layout is kept", Applies::both, layout_is_kept},
    {"wishes can be granted", Applies::both, wishes_can_be_granted},
    {"profile will be replaced", Applies::both, profile_will_be_replaced},
    {"operating system agrees", Applies::active, operating_system_agrees},
};

}  // namespace

bool has_errors(const Findings& findings) {
  return std::ranges::any_of(findings, [](const Finding& f) { return f.severity == Severity::error; });
}

std::vector<Check> all_checks() { return {std::begin(checks), std::end(checks)}; }

Findings validate(const Candidate& move) {
  Findings found;
  for (const Check& check : checks)
    if (applies(check.applies, move.active)) check.run(move, found);
  return found;
}

emu::Current current_configuration(const Lpar& lpar) {
  emu::Current current = lpar.current() ? *lpar.current() : emu::Current{};
  current.adapters = lpar.info.adapters;
  return current;
}

}  // namespace hmc
