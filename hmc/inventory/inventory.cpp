// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/inventory/inventory.h"

#include <algorithm>

namespace hmc {

std::string_view name_of(RmcState state) {
  switch (state) {
    case RmcState::none:
      return "none";
    case RmcState::inactive:
      return "inactive";
    case RmcState::active:
      return "active";
  }
  return "none";
}

std::string state_of(const service::LparInfo& lpar) {
  if (lpar.migration_stream == 0) return std::string(name_of(lpar.state));
  // The shell on the destination, and what is left on the source after the hand-over, are Not Available to their hypervisors; to
  // people, they are not activated. (Redbook, figure 6-6)
  const bool runs_nowhere = lpar.state == emu::LparState::not_activated || lpar.state == emu::LparState::not_available;
  return runs_nowhere ? "Migrating - Not Activated" : "Migrating - Running";
}

emu::Capacity Lpar::running() const {
  if (info.has_resources && current()) return *current();
  emu::Capacity nothing;
  nothing.min_mem = nothing.desired_mem = nothing.max_mem = nothing.uncap_weight = 0;
  nothing.min_procs = nothing.desired_procs = nothing.max_procs = 0;
  nothing.min_proc_units = nothing.desired_proc_units = nothing.max_proc_units = 0;
  return nothing;
}

const Lpar* System::lpar(std::string_view name) const {
  const auto found = std::ranges::find_if(lpars, [&](const Lpar& l) { return l.name() == name; });
  return found == lpars.end() ? nullptr : &*found;
}

const Lpar* System::lpar(u32 id) const {
  const auto found = std::ranges::find_if(lpars, [&](const Lpar& l) { return l.id() == id; });
  return found == lpars.end() ? nullptr : &*found;
}

const Lpar* System::with_uuid(std::string_view uuid) const {
  const auto found = std::ranges::find_if(lpars, [&](const Lpar& l) { return l.info.definition.uuid == uuid; });
  return found == lpars.end() ? nullptr : &*found;
}

const System* Inventory::find(std::string_view name_or_mtms) const {
  for (const System& system : systems)
    if (system.name() == name_or_mtms || system.mtms() == name_or_mtms) return &system;
  return nullptr;
}

emu::SystemLimits limits_of(const service::SystemInfo& system) {
  return {system.installed_mem_mb + system.on_demand_memory.inactive,
          system.lmb_mb,
          system.processors + static_cast<u32>(system.on_demand_processors.inactive),
          system.compat_modes,
          system.default_mode,
          system.capabilities};
}

emu::Room room_of(const service::SystemInfo& system) {
  return {system.available_mem_mb, system.lmb_mb, system.available_proc_units, system.available_huge_pages};
}

}  // namespace hmc
